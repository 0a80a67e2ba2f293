"""The SD-JWT VC profile: what is written, what is read back, and each rule broken alone."""

import dataclasses
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import ClaimPath, Claims
from credentials.encoding import decode_base64url
from credentials.errors import (
    BindingInvalid,
    Error,
    KeyMismatch,
    Malformed,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.jwk import encode_jwk
from credentials.keys import KeyType, Signer
from credentials.model import (
    Content,
    Disclosure,
    HolderBinding,
    StatusPurpose,
    StatusReference,
    Unverified,
    Verified,
)
from credentials.sd_jwt import MAX_SD_JWT_BYTES
from credentials.securing import mechanism_for_format, mechanism_of, mechanisms
from credentials.securing.mechanism import BindingRequest
from credentials.securing.sd_jwt_vc import MECHANISM
from credentials.validity import Validity
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.sd_jwt import (
    ED25519_HOLDER,
    ED25519_ISSUER,
    HOLDER,
    ISSUER,
    NOW,
    STRANGER,
    digest,
    disclosure,
    key_binding,
    sd_jwt,
)

DID: Final = "did:webvh:QmSpecimenScid:registry.gwanin.example:dids:GU-11620"
KEY_ID: Final = DID + "#key-1"
TYPE: Final = "https://registry.gwanin.example/types/SeoulResidencyCredential/v1"
INTEGRITY: Final = "sha256-WRL5ca/xGgX3c1VLmXfh+9cLlJNXN+TsMk+PmKjZ5t0="
STATUS: Final = "https://registry.gwanin.example/status/7"
UNTIL: Final = datetime(2027, 3, 10, 3, 0, tzinfo=UTC)
REQUEST: Final = BindingRequest(audience="x509_hash:library", nonce="nonce-1", now=NOW)

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
        ("residentOfGu", "11620"),
        ("residentOfGu", "11110"),
        ("cities", 0),
        ("cities", 1),
    }
)
CONTENT: Final = Content(
    type_url=TYPE,
    type_name="SeoulResidencyCredential",
    integrity={TYPE: INTEGRITY, TYPE + "/schema.json": "sha256-other"},
    issuer=DID,
    issued_at=NOW,
    validity=Validity(NOW, UNTIL),
    claims=CLAIMS,
    disclosure=Disclosure(paths=PATHS, digests={(): 4, ("residentOfGu",): 25}),
    holder=HOLDER.public_key,
    status_uri=STATUS,
    status_index=41,
)

HEADER: Final[Claims] = {"typ": "dc+sd-jwt", "kid": KEY_ID}
NAME: Final = disclosure("salt-1", "name", "김시범")
PAYLOAD: Final[Claims] = {
    "iss": DID,
    "iat": 1773111600,
    "exp": 1804647600,
    "vct": TYPE,
    "cnf": {"jwk": encode_jwk(HOLDER.public_key)},
    "status": {"status_list": {"idx": 41, "uri": STATUS}},
    "_sd": [digest(NAME)],
}


def secured(content: Content = CONTENT, signer: Signer = ISSUER) -> str:
    token = MECHANISM.secure(content, signer=signer, key_id=KEY_ID, entropy=os.urandom)
    assert isinstance(token, str)
    return token


def verified(token: Any, signer: Signer = ISSUER) -> Verified:
    return MECHANISM.verify(MECHANISM.parse(token), signer.public_key)


def payload_of(token: str) -> Claims:
    payload: Claims = json.loads(decode_base64url(token.split(".")[1]))
    return payload


def by_hand(payload: Claims = PAYLOAD, *, header: Claims = HEADER) -> str:
    return sd_jwt(payload, NAME, header=header)


def test_is_found_by_its_name_its_format_and_its_shape() -> None:
    assert mechanisms()["sd-jwt-vc"] is MECHANISM
    assert mechanism_for_format("dc+sd-jwt") is MECHANISM
    assert mechanism_of(secured()) is MECHANISM
    assert MECHANISM.key_types == MECHANISM.holder_key_types == (KeyType.P256, KeyType.ED25519)


@pytest.mark.parametrize(
    ("serialized", "expected"),
    [
        (by_hand(), True),
        ("a.b.c~", True),
        ("a.b.c~d.e.f", True),
        ("a.b.c", False),
        ("a.b~", False),
        ("~a.b.c", False),
        ("", False),
        ({"proof": {}}, False),
    ],
)
def test_recognises_the_shape_of_an_sd_jwt(serialized: Any, expected: bool) -> None:
    assert MECHANISM.recognises(serialized) is expected


def test_writes_the_header_and_the_envelope_in_clear_and_conceals_the_claims() -> None:
    token = secured()
    header = json.loads(decode_base64url(token.split(".")[0]))
    assert header == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": KEY_ID}
    payload = payload_of(token)
    digests: Any = payload.pop("_sd")
    gu: Any = payload.pop("residentOfGu")
    cities: Any = payload.pop("cities")
    assert payload == {
        "iss": DID,
        "iat": 1773111600,
        "nbf": 1773111600,
        "exp": 1804647600,
        "vct": TYPE,
        "vct#integrity": INTEGRITY,
        "cnf": {"jwk": encode_jwk(HOLDER.public_key)},
        "status": {"status_list": {"idx": 41, "uri": STATUS}},
        "_sd_alg": "sha-256",
        "country": "KR",
    }
    assert (len(digests), len(gu["_sd"]), list(gu)) == (4, 25, ["_sd"])
    assert [list(city) for city in cities] == [["..."], ["..."]]


def test_writes_no_member_for_what_is_not_stated() -> None:
    bare = dataclasses.replace(
        CONTENT,
        integrity={},
        validity=Validity(None, None),
        holder=None,
        status_uri=None,
        status_index=None,
        disclosure=Disclosure(),
    )
    token = secured(bare)
    assert payload_of(token).keys() == {"iss", "iat", "vct", "_sd_alg", *CLAIMS}
    found = verified(token)
    assert (found.validity, found.status, found.holder) == (Validity(None, None), (), None)
    assert found.integrity == {}


@pytest.mark.parametrize("signer", [ISSUER, ED25519_ISSUER], ids=["ES256", "EdDSA"])
@pytest.mark.parametrize("holder", [HOLDER, ED25519_HOLDER], ids=["P-256", "Ed25519"])
def test_reads_back_what_the_issuer_stated(signer: Signer, holder: Signer) -> None:
    content = dataclasses.replace(CONTENT, holder=holder.public_key)
    assert verified(secured(content, signer), signer) == Verified(
        mechanism="sd-jwt-vc",
        issuer=DID,
        key_id=KEY_ID,
        issued_at=NOW,
        validity=Validity(NOW, UNTIL),
        type_url=TYPE,
        type_names=(),
        integrity={TYPE: INTEGRITY},
        claims=CLAIMS,
        status=(StatusReference(uri=STATUS, index=41, purpose=StatusPurpose.ANY),),
        holder=holder.public_key,
    )


def test_parses_what_is_needed_to_find_the_key() -> None:
    parsed = MECHANISM.parse(secured())
    assert (parsed.mechanism, parsed.issuer, parsed.key_id, parsed.issued_at) == (
        "sd-jwt-vc",
        DID,
        KEY_ID,
        NOW,
    )


def test_is_deterministic_but_for_the_signature() -> None:
    def entropy(size: int) -> bytes:
        return hashlib.shake_128(b"entropy").digest(size)

    content = dataclasses.replace(CONTENT, disclosure=Disclosure(paths=frozenset({("name",)})))
    first, second = (
        MECHANISM.secure(content, signer=ED25519_ISSUER, key_id=KEY_ID, entropy=entropy)
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    "name",
    [
        "iss",
        "iat",
        "nbf",
        "exp",
        "cnf",
        "vct",
        "vct#integrity",
        "aka_vcts",
        "status",
        "aud",
        "_sd",
        "_sd_alg",
        "...",
    ],
)
def test_refuses_to_issue_a_claim_with_a_name_of_the_envelope(name: str) -> None:
    with pytest.raises(Malformed):
        secured(dataclasses.replace(CONTENT, claims={**CLAIMS, name: "x"}))


@pytest.mark.parametrize(
    "path", [("exp",), ("status", "status_list"), ("cnf", "jwk"), ("iat",), ("vct",), ()]
)
def test_refuses_to_make_the_envelope_disclosable(path: ClaimPath) -> None:
    with pytest.raises(Malformed):
        secured(dataclasses.replace(CONTENT, disclosure=Disclosure(paths=frozenset({path}))))


@pytest.mark.parametrize("key_id", ["did:webvh:QmOther:registry.gwanin.example#key-1"])
def test_refuses_to_issue_with_a_key_of_another_issuer(key_id: str) -> None:
    with pytest.raises(KeyMismatch):
        MECHANISM.secure(CONTENT, signer=ISSUER, key_id=key_id, entropy=os.urandom)


@pytest.mark.parametrize(
    "change",
    [
        {"issued_at": NOW + timedelta(microseconds=1)},
        {"validity": Validity(NOW + timedelta(milliseconds=1), None)},
        {"validity": Validity(None, UNTIL + timedelta(milliseconds=1))},
        {"status_index": None},
        {"status_uri": None},
        {"status_index": -1},
        {"disclosure": Disclosure(digests={(): 0}, paths=PATHS)},
        {"claims": {"name": float("inf")}},
    ],
    ids=[
        "issued-between-seconds",
        "valid-from-between-seconds",
        "valid-until-between-seconds",
        "status-without-index",
        "status-without-address",
        "status-before-the-list",
        "fewer-digests-than-claims",
        "claim-outside-json",
    ],
)
def test_refuses_to_issue_what_it_cannot_carry(change: Any) -> None:
    with pytest.raises(Malformed):
        secured(dataclasses.replace(CONTENT, **change))


def test_refuses_to_issue_what_nobody_would_read() -> None:
    with pytest.raises(TooLarge):
        secured(dataclasses.replace(CONTENT, claims={"name": "x" * MAX_SD_JWT_BYTES}))


def test_the_credential_made_by_hand_is_a_good_one() -> None:
    found = verified(by_hand())
    assert found.claims == {"name": "김시범"}
    assert found.holder == HOLDER.public_key


def test_leaves_ordinary_registered_claims_to_the_subject() -> None:
    payload = {**PAYLOAD, "sub": "did:example:1", "jti": "1"}
    assert verified(by_hand(payload)).claims == {
        "sub": "did:example:1",
        "jti": "1",
        "name": "김시범",
    }


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "application/dc+sd-jwt", "DC+SD-JWT", "JWT"])
def test_refuses_another_typ(typ: str) -> None:
    with pytest.raises(Unsupported):
        MECHANISM.parse(by_hand(header={**HEADER, "typ": typ}))


@pytest.mark.parametrize(
    "kid",
    [
        REMOVED,
        42,
        "",
        "key-1",
        "#key-1",
        DID,
        DID + "#",
        DID + "#key-1#key-2",
        DID + "#key 1",
        DID + "/path#key-1",
        DID + "?versionId=1#key-1",
        "https://registry.gwanin.example#key-1",
        "did:WEBVH:x#key-1",
    ],
)
def test_refuses_a_kid_that_is_no_absolute_did_url_of_a_key(kid: Any) -> None:
    with pytest.raises(Malformed):
        MECHANISM.parse(by_hand(header=changed(HEADER, "kid", to=kid)))


def test_refuses_a_kid_of_another_did_than_the_issuers() -> None:
    kid = "did:webvh:QmOther:registry.gwanin.example:dids:GU-11620#key-1"
    with pytest.raises(KeyMismatch):
        verified(by_hand(header={**HEADER, "kid": kid}))


def test_never_takes_a_key_that_the_header_brings_along() -> None:
    header: Claims = {**HEADER, "jwk": encode_jwk(STRANGER.public_key), "x5c": ["MII="]}
    assert verified(by_hand(header=header))
    with pytest.raises(SignatureInvalid):
        verified(sd_jwt(PAYLOAD, NAME, header=header, signer=STRANGER))


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("iss",), REMOVED, Malformed),
        (("iss",), 1, Malformed),
        (("iss",), DID + "x", KeyMismatch),
        (("iat",), REMOVED, Malformed),
        (("iat",), "2026-03-10", Malformed),
        (("iat",), 1773111600.5, Malformed),
        (("exp",), "2027-03-10", Malformed),
        (("exp",), None, Malformed),
        (("nbf",), True, Malformed),
        (("vct",), REMOVED, Malformed),
        (("vct",), "", Malformed),
        (("vct",), [TYPE], Malformed),
        (("vct#integrity",), ["sha256-x"], Malformed),
        (("aka_vcts",), [], Malformed),
        (("aka_vcts",), [TYPE], Malformed),
        (("aka_vcts",), TYPE + "2", Malformed),
        (("aka_vcts",), [TYPE + str(index) for index in range(17)], Malformed),
        (("aud",), "x509_hash:library", Unsupported),
        (("cnf",), None, Malformed),
        (("cnf",), {}, Unsupported),
        (("cnf",), {"kid": "did:example:1#2"}, Unsupported),
        (("cnf", "kid"), "did:example:1#2", Unsupported),
        (("cnf", "jwk"), "text", Malformed),
        (("cnf", "jwk"), {"kty": "RSA", "n": "AQAB", "e": "AQAB"}, Unsupported),
        (("cnf", "jwk", "d"), "AQAB", Malformed),
        (("status",), None, Malformed),
        (("status",), {}, Unsupported),
        (("status",), {"identifier_list": {"id": "1", "uri": STATUS}}, Unsupported),
        (("status", "identifier_list"), {"id": "1", "uri": STATUS}, Unsupported),
        (("status", "status_list"), 1, Malformed),
        (("status", "status_list", "idx"), REMOVED, Malformed),
        (("status", "status_list", "idx"), -1, Malformed),
        (("status", "status_list", "idx"), "41", Malformed),
        (("status", "status_list", "idx"), True, Malformed),
        (("status", "status_list", "uri"), REMOVED, Malformed),
        (("status", "status_list", "uri"), "", Malformed),
        (("_sd_alg",), "sha-512", Unsupported),
        (("name",), "in clear as well", Malformed),
    ],
)  # fmt: skip
def test_refuses_a_payload_with_one_thing_wrong(
    path: tuple[str, ...], value: object, error: type[Error]
) -> None:
    with pytest.raises(error):
        verified(by_hand(changed(PAYLOAD, *path, to=value)))


def test_accepts_other_types_beside_its_own_and_decides_by_its_own() -> None:
    found = verified(by_hand({**PAYLOAD, "aka_vcts": [TYPE + "-base"]}))
    assert (found.type_url, found.claims) == (TYPE, {"name": "김시범"})


def test_issues_and_accepts_the_first_place_of_a_status_list() -> None:
    payload = changed(PAYLOAD, "status", "status_list", "idx", to=0)
    assert verified(by_hand(payload)).status[0].index == 0
    assert verified(secured(dataclasses.replace(CONTENT, status_index=0))).status[0].index == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", DID),
        ("nbf", 1773111600),
        ("nbf", None),
        ("exp", 1804647600),
        ("cnf", {"jwk": encode_jwk(STRANGER.public_key)}),
        ("vct", TYPE),
        ("vct#integrity", INTEGRITY),
        ("aka_vcts", [TYPE + "-base"]),
        ("status", {"status_list": {"idx": 42, "uri": STATUS}}),
        ("iat", 1773111600),
    ],
)
@pytest.mark.parametrize("beside", [True, False], ids=["visible-too", "disclosed-only"])
def test_refuses_a_disclosed_member_of_the_envelope(name: str, value: Any, beside: bool) -> None:
    hidden = disclosure("salt", name, value)
    payload: Claims = {**PAYLOAD, "_sd": [digest(NAME), digest(hidden)]}
    if not beside:
        payload.pop(name, None)
    with pytest.raises(Malformed):
        verified(sd_jwt(payload, NAME, hidden, header=HEADER))


@pytest.mark.parametrize("shown", [True, False], ids=["disclosed", "withheld"])
@pytest.mark.parametrize(
    "path", [("status", "status_list"), ("cnf", "jwk")], ids=["status", "confirmation"]
)
def test_refuses_a_disclosable_part_of_the_envelope(path: tuple[str, str], shown: bool) -> None:
    hidden = disclosure("salt", "extra", 1)
    payload = changed(PAYLOAD, *path, "_sd", to=[digest(hidden)])
    texts = [NAME, hidden] if shown else [NAME]
    with pytest.raises(Malformed):
        verified(sd_jwt(payload, *texts, header=HEADER))


def test_refuses_a_disclosed_audience() -> None:
    hidden = disclosure("salt", "aud", "x509_hash:other")
    payload: Claims = {**PAYLOAD, "_sd": [digest(NAME), digest(hidden)]}
    with pytest.raises(Unsupported):
        verified(sd_jwt(payload, NAME, hidden, header=HEADER))


def test_refuses_another_issuers_signature() -> None:
    with pytest.raises(SignatureInvalid):
        verified(secured(), STRANGER)


def test_refuses_a_key_of_another_type_than_the_header_says() -> None:
    with pytest.raises(KeyMismatch):
        verified(secured(), ED25519_ISSUER)


def test_refuses_a_changed_claim() -> None:
    with pytest.raises(Malformed):
        verified(by_hand().replace(NAME, disclosure("salt-1", "name", "박견본")))


def test_refuses_a_credential_that_is_no_text() -> None:
    with pytest.raises(Malformed):
        MECHANISM.parse({"proof": {}})


def test_refuses_what_another_mechanism_parsed() -> None:
    foreign = Unverified(mechanism="x", issuer=DID, key_id=KEY_ID, issued_at=NOW)
    with pytest.raises(Malformed):
        MECHANISM.verify(foreign, ISSUER.public_key)
    with pytest.raises(Malformed):
        MECHANISM.verify_holder(foreign, verified(secured()))


def presented(
    token: str, *disclose: ClaimPath, holder: Signer = HOLDER, request: BindingRequest = REQUEST
) -> str:
    text = MECHANISM.present(token, disclose=disclose, holder=holder, request=request)
    assert isinstance(text, str)
    return text


def bound(text: str) -> HolderBinding | None:
    unverified = MECHANISM.parse(text)
    return MECHANISM.verify_holder(unverified, MECHANISM.verify(unverified, ISSUER.public_key))


@pytest.mark.parametrize("holder", [HOLDER, ED25519_HOLDER], ids=["P-256", "Ed25519"])
def test_presents_the_chosen_claims_bound_to_the_request(holder: Signer) -> None:
    token = secured(dataclasses.replace(CONTENT, holder=holder.public_key))
    text = presented(token, ("name",), ("residentOfGu", "11620"), ("country",), holder=holder)
    assert verified(text).claims == {
        "name": "김시범",
        "residentOfGu": {"11620": True},
        "cities": [],
        "country": "KR",
    }
    binding = bound(text)
    assert binding == HolderBinding(audience="x509_hash:library", nonce="nonce-1", issued_at=NOW)
    binding.check(
        audience=REQUEST.audience, nonce=REQUEST.nonce, now=NOW, leeway=timedelta(seconds=0)
    )


def test_presents_whole_claims_and_members_of_the_envelope() -> None:
    text = presented(secured(), ("residentOfGu",), ("cities", None), ("vct",))
    assert verified(text).claims == {
        "residentOfGu": CLAIMS["residentOfGu"],
        "cities": CLAIMS["cities"],
        "country": "KR",
    }


def test_presents_in_the_second_of_the_request() -> None:
    request = dataclasses.replace(REQUEST, now=NOW + timedelta(milliseconds=999))
    binding = bound(presented(secured(), request=request))
    assert binding is not None
    assert binding.issued_at == NOW


def test_tells_that_a_credential_as_issued_bears_no_holders_signature() -> None:
    assert bound(secured()) is None


def test_presents_a_credential_of_nobody_without_a_binding() -> None:
    token = secured(dataclasses.replace(CONTENT, holder=None))
    text = presented(token, ("name",))
    assert bound(text) is None
    assert verified(text).claims["name"] == "김시범"
    assert "birthDate" not in verified(text).claims


def test_refuses_a_binding_on_a_credential_of_nobody() -> None:
    token = by_hand(changed(PAYLOAD, "cnf", to=REMOVED))
    with pytest.raises(BindingInvalid):
        bound(token + key_binding(token, {"aud": "a", "nonce": "n"}))


def test_refuses_a_binding_by_another_holder() -> None:
    token = by_hand()
    with pytest.raises(SignatureInvalid):
        bound(token + key_binding(token, {"aud": "a", "nonce": "n"}, signer=STRANGER))
    with pytest.raises(KeyMismatch):
        bound(token + key_binding(token, {"aud": "a", "nonce": "n"}, signer=ED25519_HOLDER))


def test_refuses_a_binding_of_another_presentation() -> None:
    text = presented(secured(), ("name",))
    other = presented(secured(), ("name",))
    with pytest.raises(BindingInvalid):
        bound(text.rpartition("~")[0] + "~" + other.rpartition("~")[2])


def test_refuses_to_present_for_another_holder() -> None:
    with pytest.raises(KeyMismatch):
        presented(secured(), ("name",), holder=STRANGER)


def test_refuses_to_present_a_presentation() -> None:
    with pytest.raises(Malformed):
        presented(presented(secured(), ("name",)), ("name",))


def test_refuses_to_present_a_claim_that_is_not_there() -> None:
    with pytest.raises(Malformed):
        presented(secured(), ("name",), ("phone",))


@settings(max_examples=60)
@given(
    st.binary(max_size=60) | st.text(max_size=60) | st.just(secured()) | st.just(by_hand()),
    st.data(),
)
def test_any_input_gives_a_credential_or_our_error(start: str | bytes, data: st.DataObject) -> None:
    text = start if isinstance(start, str) else start.decode("latin-1")
    at = data.draw(st.integers(0, len(text)))
    mutated = text[:at] + data.draw(st.text("~.ab-", max_size=2)) + text[at:]
    try:
        found = verified(mutated)
    except Error:
        return
    assert mutated == text
    assert found.issuer == DID


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(list(PAYLOAD)),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
        | st.dictionaries(st.sampled_from(["jwk", "status_list", "_sd", "..."]), st.integers()),
        min_size=1,
    )
)  # fmt: skip
def test_any_signed_payload_gives_a_credential_or_our_error(changes: Claims) -> None:
    try:
        verified(by_hand({**PAYLOAD, **changes}))
    except Error:
        return
    assert changes.keys() <= {"iat", "exp", "vct"}


def test_the_digest_of_a_credential_is_that_of_every_presentation_of_it() -> None:
    token = secured()
    digest = MECHANISM.issued_digest(MECHANISM.parse(token))
    assert digest == hashlib.sha256(token.partition("~")[0].encode()).digest()
    assert MECHANISM.issued_digest(MECHANISM.parse(presented(token))) == digest
    assert MECHANISM.issued_digest(MECHANISM.parse(secured())) != digest
