"""did:key and did:jwk: identifiers that are the key itself, used by holders."""

from typing import Final

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.jwk import encode_jwk, parse_jwk
from credentials.keys import PublicKey
from credentials.multikey import encode_multikey, parse_multikey

_MAX_CHARS: Final = 1024
_KEY: Final = "did:key:"
_JWK: Final = "did:jwk:"


def parse_self_describing(did_or_url: str) -> PublicKey:
    """The key of a did:key or did:jwk, or of the one verification method it has.

    A fragment must name that one method (did:key: the key again; did:jwk: `0`).
    Raises Unsupported for another method, Malformed for anything else.
    Spec: did:key §3.1, did:jwk.
    """
    did, _, fragment = did_or_url.partition("#")
    if len(did) > _MAX_CHARS:
        raise Malformed("the DID is too long")
    if did.startswith(_KEY):
        key, method = parse_multikey(did[len(_KEY) :]), did[len(_KEY) :]
    elif did.startswith(_JWK):
        key, method = parse_jwk(parse_object(decode_base64url(did[len(_JWK) :]))), "0"
    else:
        raise Unsupported("a holder is named by did:key or did:jwk")
    if "#" in did_or_url and fragment != method:
        raise Malformed("the DID URL names a verification method that this DID does not have")
    return key


def encode_did_key(key: PublicKey) -> str:
    """The did:key of a public key."""
    return _KEY + encode_multikey(key)


def encode_did_jwk(key: PublicKey) -> str:
    """The did:jwk of a public key, from its JWK in canonical form."""
    return _JWK + encode_base64url(canonicalize(encode_jwk(key)))


def did_key_method(did: str) -> str:
    """The DID URL of a did:key's one verification method."""
    return f"{did}#{did.removeprefix(_KEY)}"
