"""A district office and a citizen who use W3C credentials; everything is fixed, nothing is stored.

signed = credential()                                     a bound credential, as a JSON object
forged = resigned(changed(signed, "type", to=["X"]))      one thing changed, and signed again
shown = presentation(signed)                              for VERIFIER, in answer to NONCE
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from credentials.claims import Claims
from credentials.data_integrity import sign_document
from credentials.did_key import did_key_method, encode_did_key
from credentials.keys import Ed25519Signer, Signer
from credentials.model import Content, Disclosure
from credentials.securing.eddsa_jcs_2022 import MECHANISM
from credentials.securing.mechanism import BindingRequest
from credentials.validity import Validity

NOW: Final = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
LEEWAY: Final = timedelta(seconds=60)
VERIFIER: Final = "did:web:library.gwanin.example"
NONCE: Final = "n-0S6_WzA2Mj"

ISSUER: Final = Ed25519Signer(b"\x01" * 32)
ISSUER_DID: Final = encode_did_key(ISSUER.public_key)
ISSUER_KEY_ID: Final = did_key_method(ISSUER_DID)
HOLDER: Final = Ed25519Signer(b"\x02" * 32)
HOLDER_DID: Final = encode_did_key(HOLDER.public_key)
STRANGER: Final = Ed25519Signer(b"\x03" * 32)

TYPE_URL: Final = "https://registry.gwanin.example/types/SeoulResidencyCredential/v1"
SCHEMA_URL: Final = f"{TYPE_URL}/schema.json"
CONTEXT_URL: Final = "https://registry.gwanin.example/contexts/SeoulResidencyCredential/v1"
DIGEST: Final = "sha384-" + "A" * 64
STATUS_URI: Final = "https://gu-11620.gwanin.example/status/7"

CLAIMS: Final[Claims] = {
    "familyName": "김",
    "givenName": "시범",
    "birthDate": "1999-05-17",
    "residentOfGu": {"11620": True},
    "ageOver": [19, 34],
}
_CONTENT: Final = Content(
    type_url=TYPE_URL,
    type_name="SeoulResidencyCredential",
    integrity={SCHEMA_URL: DIGEST},
    issuer=ISSUER_DID,
    issued_at=NOW,
    validity=Validity(None, NOW + timedelta(days=365)),
    claims=CLAIMS,
    disclosure=Disclosure(),
    holder=HOLDER.public_key,
    status_uri=STATUS_URI,
    status_index=94567,
)


def content(**changes: Any) -> Content:
    """What the office states about the citizen, with some fields changed."""
    return replace(_CONTENT, **changes)


def credential(**changes: Any) -> Claims:
    """The same, signed by the office."""
    secured = MECHANISM.secure(
        content(**changes), signer=ISSUER, key_id=ISSUER_KEY_ID, entropy=bytes
    )
    assert isinstance(secured, dict)
    return secured


def presentation(signed: Claims) -> Claims:
    """A credential shown whole by the citizen."""
    shown = MECHANISM.present(
        signed, disclose=[(name,) for name in CLAIMS], holder=HOLDER, request=request()
    )
    assert isinstance(shown, dict)
    return shown


def request() -> BindingRequest:
    """What the library asks the citizen to sign."""
    return BindingRequest(audience=VERIFIER, nonce=NONCE, now=NOW)


def resigned(document: Claims, signer: Signer = ISSUER) -> Claims:
    """The same document and proof options under a new signature."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    proof = document["proof"]
    assert isinstance(proof, dict)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    return sign_document(unsecured, options, signer)
