"""SD-JWT VCs go to other people's software and come from it, with and without a holder's signature.

openvc-core verifies and issues; PyPI sd-jwt makes good tokens and reads ours, but it accepts what
RFC 9901 refuses, so its verdict on bad tokens is not asked. openvc reads the real clock for `exp`
and `iat`, so the tokens here are long past issue and far from expiry.
"""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from openvc.errors import OpenvcError
from openvc.keys import Ed25519SigningKey, P256SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.common import SDObj  # type: ignore[import-untyped]
from sd_jwt.holder import SDJWTHolder  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from credentials.claims import ClaimPath, Claims
from credentials.encoding import encode_base64url
from credentials.errors import Error
from credentials.jwk import encode_jwk
from credentials.keys import KeyType, Signer, signer_from_secret
from credentials.model import Content, Disclosure, HolderBinding, Verified
from credentials.securing.mechanism import BindingRequest
from credentials.securing.sd_jwt_vc import MECHANISM
from credentials.validity import Validity
from tests.simulators.sd_jwt import digest, disclosure, key_binding, sd_jwt

DID: Final = "did:webvh:QmSpecimenScid:registry.gwanin.example:dids:GU-11620"
KEY_ID: Final = DID + "#key-1"
TYPE: Final = "https://registry.gwanin.example/types/SeoulResidencyCredential/v1"
ISSUED: Final = datetime(2024, 3, 10, 3, 0, tzinfo=UTC)
UNTIL: Final = datetime(2124, 3, 10, 3, 0, tzinfo=UTC)
REQUEST: Final = BindingRequest(audience="x509_hash:library", nonce="nonce-1", now=ISSUED)

CLAIMS: Final[Claims] = {
    "name": "김시범",
    "birthDate": "2000-01-02",
    "residentOfGu": {"11620": True, "11110": False},
    "cities": ["서울", "부산"],
    "country": "KR",
}
PATHS: Final[frozenset[ClaimPath]] = frozenset(
    {
        ("name",),
        ("birthDate",),
        ("residentOfGu",),
        ("residentOfGu", "11620"),
        ("residentOfGu", "11110"),
        ("cities", 0),
        ("cities", 1),
    }
)
ISSUER_SECRET: Final = bytes([1]) * 32
HOLDER_SECRET: Final = bytes([2]) * 32
EACH_KEY_TYPE: Final = pytest.mark.parametrize("key_type", KeyType)

OPENVC: Final = SdJwtVcProofSuite()


def issuer(key_type: KeyType = KeyType.P256) -> Signer:
    return signer_from_secret(key_type, ISSUER_SECRET)


def holder(key_type: KeyType = KeyType.P256) -> Signer:
    return signer_from_secret(key_type, HOLDER_SECRET)


def private_jwk(signer: Signer, secret: bytes) -> dict[str, Any]:
    return {**encode_jwk(signer.public_key), "d": encode_base64url(secret)}


def foreign_key(signer: Signer, secret: bytes, key_id: str) -> Ed25519SigningKey | P256SigningKey:
    kind = Ed25519SigningKey if signer.public_key.type is KeyType.ED25519 else P256SigningKey
    return kind.from_jwk(private_jwk(signer, secret), key_id)


def ours(key_type: KeyType = KeyType.P256, *, bound: bool = True) -> str:
    content = Content(
        type_url=TYPE,
        type_name="SeoulResidencyCredential",
        integrity={TYPE: "sha256-WRL5ca/xGgX3c1VLmXfh+9cLlJNXN+TsMk+PmKjZ5t0="},
        issuer=DID,
        issued_at=ISSUED,
        validity=Validity(ISSUED, UNTIL),
        claims=CLAIMS,
        disclosure=Disclosure(paths=PATHS, digests={(): 6, ("residentOfGu",): 25}),
        holder=holder(key_type).public_key if bound else None,
        status_uri="https://registry.gwanin.example/status/7",
        status_index=41,
    )
    token = MECHANISM.secure(content, signer=issuer(key_type), key_id=KEY_ID, entropy=os.urandom)
    assert isinstance(token, str)
    return token


def presented(token: str, disclose: Sequence[ClaimPath], key_type: KeyType = KeyType.P256) -> str:
    text = MECHANISM.present(token, disclose=disclose, holder=holder(key_type), request=REQUEST)
    assert isinstance(text, str)
    return text


def read(text: str, key_type: KeyType = KeyType.P256) -> tuple[Verified, HolderBinding | None]:
    unverified = MECHANISM.parse(text)
    verified = MECHANISM.verify(unverified, issuer(key_type).public_key)
    return verified, MECHANISM.verify_holder(unverified, verified)


def among(found: dict[str, Any]) -> dict[str, Any]:
    """The subject's claims among all that a foreign verifier returns."""
    return {name: found[name] for name in CLAIMS if name in found}


@EACH_KEY_TYPE
def test_openvc_accepts_our_credential(key_type: KeyType) -> None:
    found = OPENVC.verify(
        ours(key_type), public_key_jwk=encode_jwk(issuer(key_type).public_key), expected_vct=TYPE
    )
    assert (found.issuer, found.key_bound, among(found.claims)) == (DID, False, CLAIMS)


@EACH_KEY_TYPE
def test_openvc_accepts_our_presentation(key_type: KeyType) -> None:
    text = presented(ours(key_type), [("name",), ("residentOfGu", "11620")], key_type)
    found = OPENVC.verify(
        text,
        public_key_jwk=encode_jwk(issuer(key_type).public_key),
        audience=REQUEST.audience,
        nonce=REQUEST.nonce,
        require_key_binding=True,
        now=ISSUED,
    )
    assert found.key_bound
    assert among(found.claims) == {
        "name": "김시범",
        "residentOfGu": {"11620": True},
        "cities": [],
        "country": "KR",
    }


def from_openvc(key_type: KeyType, *, bound: bool) -> str:
    return OPENVC.issue(
        {
            "iss": DID,
            "iat": int(ISSUED.timestamp()),
            "exp": int(UNTIL.timestamp()),
            "status": {"status_list": {"idx": 41, "uri": "https://registry.gwanin.example/s"}},
            **CLAIMS,
        },
        signing_key=foreign_key(issuer(key_type), ISSUER_SECRET, KEY_ID),
        disclosable=["name", "birthDate", "residentOfGu"],
        holder_jwk=encode_jwk(holder(key_type).public_key) if bound else None,
        vct=TYPE,
        decoys=3,
    )


@EACH_KEY_TYPE
@pytest.mark.parametrize("bound", [True, False], ids=["bound", "unbound"])
def test_we_accept_the_credential_of_openvc(key_type: KeyType, bound: bool) -> None:
    verified, binding = read(from_openvc(key_type, bound=bound), key_type)
    assert (verified.claims, verified.type_url, binding) == (CLAIMS, TYPE, None)
    assert verified.validity == Validity(None, UNTIL)
    assert verified.holder == (holder(key_type).public_key if bound else None)


@EACH_KEY_TYPE
def test_we_accept_the_presentation_of_openvc(key_type: KeyType) -> None:
    text = OPENVC.create_presentation(
        from_openvc(key_type, bound=True),
        holder_key=foreign_key(holder(key_type), HOLDER_SECRET, "holder"),
        audience="x509_hash:library",
        nonce="nonce-1",
    )
    verified, binding = read(text, key_type)
    assert verified.claims == CLAIMS
    assert binding is not None
    assert (binding.audience, binding.nonce) == ("x509_hash:library", "nonce-1")


def test_we_present_a_credential_of_openvc_to_openvc() -> None:
    text = presented(from_openvc(KeyType.P256, bound=True), [("birthDate",)])
    found = OPENVC.verify(
        text,
        public_key_jwk=encode_jwk(issuer().public_key),
        audience=REQUEST.audience,
        nonce=REQUEST.nonce,
        require_key_binding=True,
        now=ISSUED,
    )
    assert set(among(found.claims)) == {"birthDate", "cities", "country"}


def issuer_jwk() -> JWK:
    return JWK.from_json(json.dumps(private_jwk(issuer(), ISSUER_SECRET)))


def holder_jwk() -> JWK:
    return JWK.from_json(json.dumps(private_jwk(holder(), HOLDER_SECRET)))


def read_by_sd_jwt(text: str, *request: str) -> dict[str, Any]:
    found: dict[str, Any] = SDJWTVerifier(
        text, lambda _issuer, _header: issuer_jwk(), *request
    ).get_verified_payload()
    return among(found)


@pytest.mark.parametrize("bound", [True, False], ids=["bound", "unbound"])
def test_sd_jwt_reads_our_credential(bound: bool) -> None:
    assert read_by_sd_jwt(ours(bound=bound)) == CLAIMS


def test_sd_jwt_reads_our_presentation() -> None:
    text = presented(ours(), [("residentOfGu",), ("cities", 1)])
    assert read_by_sd_jwt(text, REQUEST.audience, REQUEST.nonce) == {
        "residentOfGu": CLAIMS["residentOfGu"],
        "cities": ["부산"],
        "country": "KR",
    }


def test_sd_jwt_presents_our_credential() -> None:
    wallet = SDJWTHolder(ours())
    wallet.create_presentation(
        {"name": True, "residentOfGu": {"11620": True}, "cities": [False, True]},
        "nonce-1",
        "x509_hash:library",
        holder_jwk(),
    )
    verified, binding = read(wallet.sd_jwt_presentation)
    assert verified.claims == {
        "name": "김시범",
        "residentOfGu": {"11620": True},
        "cities": ["부산"],
        "country": "KR",
    }
    assert binding is not None
    assert (binding.audience, binding.nonce) == ("x509_hash:library", "nonce-1")


@pytest.mark.parametrize("bound", [True, False], ids=["bound", "unbound"])
def test_we_accept_the_credential_and_presentation_of_sd_jwt(bound: bool) -> None:
    claims = {
        "iss": DID,
        "iat": int(ISSUED.timestamp()),
        "vct": TYPE,
        SDObj("name"): "김시범",
        SDObj("birthDate"): "2000-01-02",
        SDObj("residentOfGu"): {SDObj("11620"): True, SDObj("11110"): False},
        "cities": [SDObj("서울"), SDObj("부산")],
        "country": "KR",
    }
    made = SDJWTIssuer(
        claims,
        issuer_jwk(),
        holder_jwk() if bound else None,
        add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": KEY_ID},
    )
    assert read(made.sd_jwt_issuance)[0].claims == CLAIMS
    wallet = SDJWTHolder(made.sd_jwt_issuance)
    request = ("nonce-1", "x509_hash:library", holder_jwk()) if bound else ()
    wallet.create_presentation({"residentOfGu": {"11620": True}, "cities": [True]}, *request)
    verified, binding = read(wallet.sd_jwt_presentation)
    assert verified.claims == {
        "residentOfGu": {"11620": True},
        "cities": ["서울"],
        "country": "KR",
    }
    assert (binding is not None) is bound


NAME: Final = disclosure("salt-1", "name", "김시범")
AGE: Final = disclosure("salt-2", "age", 26)
HEADER: Final[Claims] = {"typ": "dc+sd-jwt", "kid": KEY_ID}
PAYLOAD: Final[Claims] = {
    "iss": DID,
    "iat": int(ISSUED.timestamp()),
    "vct": TYPE,
    "cnf": {"jwk": encode_jwk(holder().public_key)},
    "_sd": [digest(NAME)],
}


def by_hand(payload: Claims, *texts: str, header: Claims = HEADER) -> str:
    token = sd_jwt({**PAYLOAD, **payload}, *texts, header=header, signer=issuer())
    return token + key_binding(token, {"aud": "a", "nonce": "n"}, signer=holder())


GOOD: Final = by_hand({}, NAME)


# PyPI sd-jwt 0.10.4 accepts the first five of these.
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(by_hand({}, NAME, AGE), id="unreferenced-disclosure"),
        pytest.param(
            by_hand({"_sd": [digest(disclosure("s", "_sd", []))]}, disclosure("s", "_sd", [])),
            id="named-_sd",
        ),
        pytest.param(
            by_hand({"_sd": [digest(disclosure("s", "...", ""))]}, disclosure("s", "...", "")),
            id="named-...",
        ),
        pytest.param(by_hand({"list": [{"...": digest("x"), "y": 1}]}, NAME), id="extra-member"),
        pytest.param(sd_jwt(PAYLOAD, NAME, header=HEADER, signer=issuer())[:-1], id="no-last-~"),
        pytest.param(by_hand({}, NAME, NAME), id="disclosure-twice"),
        pytest.param(by_hand({"_sd": [digest(NAME)] * 2}, NAME), id="digest-twice"),
        pytest.param(by_hand({"name": "박견본"}, NAME), id="name-is-there"),
        pytest.param(by_hand({"_sd": [1]}), id="digest-is-a-number"),
        pytest.param(by_hand({"_sd_alg": "md5"}, NAME), id="weak-hash"),
        pytest.param(by_hand({}, NAME, header={**HEADER, "typ": "jwt"}), id="another-typ"),
        pytest.param(GOOD[:-2] + ("AA" if GOOD[-2:] != "AA" else "BB"), id="signature"),
        pytest.param(GOOD.replace(NAME + "~", ""), id="disclosure-removed-after-binding"),
    ],
)
def test_openvc_and_we_refuse_the_same(text: str) -> None:
    jwk = encode_jwk(issuer().public_key)
    binding: dict[str, Any] = {"audience": "a", "nonce": "n", "require_key_binding": True}
    now = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    assert OPENVC.verify(GOOD, public_key_jwk=jwk, now=now, **binding).key_bound
    assert read(GOOD)[1] is not None
    with pytest.raises(OpenvcError):
        OPENVC.verify(text, public_key_jwk=jwk, now=now, **binding)
    with pytest.raises(Error):
        read(text)
