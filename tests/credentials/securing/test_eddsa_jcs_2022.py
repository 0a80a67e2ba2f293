"""The mechanism eddsa-jcs-2022: issuing, verifying, presenting, and every way to be refused."""

import hashlib
import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.did_key import did_key_method, encode_did_jwk, encode_did_key
from credentials.encoding import encode_base58, encode_multibase
from credentials.errors import (
    BindingInvalid,
    Error,
    KeyMismatch,
    Malformed,
    SignatureInvalid,
    Unsupported,
)
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import Ed25519Signer, KeyType, P256Signer, PublicKey
from credentials.model import HolderBinding, Unverified, Verified
from credentials.multikey import parse_multikey
from credentials.securing.eddsa_jcs_2022 import MECHANISM
from credentials.securing.mechanism import Mechanism
from credentials.validity import Validity
from credentials.vcdm_envelope import list_url
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.w3c_credentials import (
    CLAIMS,
    CONTEXT_URL,
    DIGEST,
    HOLDER,
    HOLDER_DID,
    ISSUER,
    ISSUER_DID,
    ISSUER_KEY_ID,
    LEEWAY,
    NONCE,
    NOW,
    SCHEMA_URL,
    STATUS_URI,
    STRANGER,
    TYPE_URL,
    VERIFIER,
    content,
    credential,
    presentation,
    request,
    resigned,
)

VECTORS = Path(__file__).parents[2] / "vectors" / "w3c-vc-di-eddsa"


def verify(document: Any, key: PublicKey = ISSUER.public_key) -> Verified:
    return MECHANISM.verify(MECHANISM.parse(document), key)


def verify_holder(document: Any) -> HolderBinding | None:
    parsed = MECHANISM.parse(document)
    return MECHANISM.verify_holder(parsed, MECHANISM.verify(parsed, ISSUER.public_key))


def rebound(shown: Claims, signer: Ed25519Signer = HOLDER) -> Claims:
    """A presentation signed again after a change."""
    return resigned(shown, signer)


def bound_to(subject_id: str | None) -> Claims:
    """A credential about another subject, signed again."""
    to = REMOVED if subject_id is None else subject_id
    return resigned(changed(credential(), "credentialSubject", "id", to=to))


def test_keeps_the_contract() -> None:
    mechanism: Mechanism = MECHANISM
    assert (mechanism.name, mechanism.format) == ("eddsa-jcs-2022", "ldp_vc")
    assert mechanism.key_types == mechanism.holder_key_types == (KeyType.ED25519,)


# Issuing


def test_signs_what_the_issuer_states() -> None:
    signed = credential()
    assert signed["proof"] == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-03-13T03:04:05Z",
        "verificationMethod": ISSUER_KEY_ID,
        "proofPurpose": "assertionMethod",
        "@context": signed["@context"],
        "proofValue": signed["proof"]["proofValue"],  # type: ignore[index,call-overload]
    }


def test_the_same_content_gives_the_same_credential() -> None:
    assert credential() == credential()


def test_refuses_to_sign_with_a_key_of_another_issuer() -> None:
    key_id = did_key_method(encode_did_key(STRANGER.public_key))
    with pytest.raises(KeyMismatch):
        MECHANISM.secure(content(), signer=STRANGER, key_id=key_id, entropy=bytes)


def test_refuses_to_sign_with_p256() -> None:
    with pytest.raises(KeyMismatch):
        MECHANISM.secure(
            content(), signer=P256Signer(b"\1" * 32), key_id=ISSUER_KEY_ID, entropy=bytes
        )


def test_refuses_to_bind_to_p256() -> None:
    with pytest.raises(KeyMismatch):
        credential(holder=P256Signer(b"\1" * 32).public_key)


@pytest.mark.parametrize(
    "changes",
    [
        {"claims": {}, "holder": None},
        {"claims": {"degree": {"id": "7"}}},
        {"claims": {"x": 2**53}},
        {"issuer": "관악구"},
        {"validity": Validity(NOW, NOW - timedelta(seconds=1))},
    ],
    ids=["no claims", "an id that is no URL", "a number beyond JCS", "no URL", "ends at once"],
)
def test_does_not_sign_what_no_verifier_would_accept(changes: dict[str, Any]) -> None:
    key_id = changes.get("issuer", ISSUER_DID) + "#k"
    with pytest.raises(Malformed):
        MECHANISM.secure(content(**changes), signer=ISSUER, key_id=key_id, entropy=bytes)


# Verifying


def test_what_is_issued_verifies() -> None:
    parsed = MECHANISM.parse(credential())
    assert parsed.mechanism == "eddsa-jcs-2022"
    assert (parsed.issuer, parsed.key_id) == (ISSUER_DID, ISSUER_KEY_ID)
    assert parsed.issued_at == NOW
    verified = MECHANISM.verify(parsed, ISSUER.public_key)
    assert verified.issuer == ISSUER_DID
    assert verified.key_id == ISSUER_KEY_ID
    assert verified.issued_at == NOW
    assert verified.validity == Validity(NOW, NOW + timedelta(days=365))
    assert verified.type_url == TYPE_URL
    assert verified.type_names == ("SeoulResidencyCredential",)
    assert verified.integrity == {SCHEMA_URL: DIGEST}
    assert verified.claims == CLAIMS
    assert verified.holder == HOLDER.public_key
    uris = [list_url(STATUS_URI, reference.purpose) for reference in verified.status]
    assert [reference.uri for reference in verified.status] == uris
    assert {reference.index for reference in verified.status} == {94567}


def test_what_is_issued_to_nobody_verifies() -> None:
    verified = verify(credential(holder=None, status_uri=None, status_index=None))
    assert verified.holder is None
    assert verified.status == ()
    assert verified.claims == CLAIMS


def test_a_holder_may_be_named_by_did_jwk() -> None:
    assert verify(bound_to(encode_did_jwk(HOLDER.public_key))).holder == HOLDER.public_key


@pytest.mark.parametrize("subject_id", ["did:web:gu-11620.example", "https://a.example/me"])
def test_a_subject_that_is_no_key_is_a_claim(subject_id: str) -> None:
    verified = verify(bound_to(subject_id))
    assert verified.holder is None
    assert verified.claims == {"id": subject_id, **CLAIMS}


def test_does_not_take_a_key_that_it_cannot_read_for_no_key() -> None:
    x25519 = "did:key:z" + encode_base58(b"\xec\x01" + bytes(32))
    with pytest.raises(Unsupported):
        MECHANISM.parse(bound_to(x25519))


def test_the_proofs_own_end_shortens_the_validity() -> None:
    signed = changed(credential(), "proof", "expires", to="2026-03-14T00:00:00Z")
    verified = verify(resigned(signed))
    assert verified.validity.not_after is not None
    assert verified.validity.not_after.isoformat() == "2026-03-14T00:00:00+00:00"


@pytest.mark.parametrize(
    "path",
    [
        ("credentialSubject", "birthDate"),
        ("credentialSubject", "residentOfGu", "11620"),
        ("credentialSubject", "ageOver", 1),
        ("credentialStatus", 0, "statusListIndex"),
        ("type", 1),
        ("issuer",),
        ("validUntil",),
        ("credentialSchema", "digestSRI"),
    ],
    ids=str,
)
def test_every_member_is_signed(path: tuple[str | int, ...]) -> None:
    values = {"validUntil": "2030-01-01T00:00:00Z", "statusListIndex": "1", "issuer": ISSUER_DID}
    name = path[-1] if isinstance(path[-1], str) else ""
    signed = changed(credential(), *path, to=values.get(name, "변조"))
    if path == ("issuer",):
        signed["issuer"] = {"id": ISSUER_DID, "name": "변조"}
    with pytest.raises(SignatureInvalid):
        verify(signed)


@pytest.mark.parametrize("member", ["credentialStatus", "validUntil", "credentialSchema"])
def test_no_member_can_be_taken_away(member: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(changed(credential(), member, to=REMOVED))


def test_refuses_another_issuers_key() -> None:
    with pytest.raises(SignatureInvalid):
        verify(credential(), STRANGER.public_key)
    with pytest.raises(KeyMismatch):
        verify(credential(), P256Signer(b"\1" * 32).public_key)


def test_refuses_a_proof_by_somebody_else_than_the_issuer() -> None:
    forger = did_key_method(encode_did_key(STRANGER.public_key))
    signed = resigned(changed(credential(), "proof", "verificationMethod", to=forger), STRANGER)
    with pytest.raises(KeyMismatch):
        verify(signed, STRANGER.public_key)


def test_refuses_the_holders_authentication_as_the_issuers_assertion() -> None:
    signed = resigned(changed(credential(), "proof", "proofPurpose", to="authentication"))
    with pytest.raises(Malformed):
        MECHANISM.parse(signed)


def test_refuses_a_proof_without_its_time() -> None:
    with pytest.raises(Malformed):
        MECHANISM.parse(resigned(changed(credential(), "proof", "created", to=REMOVED)))


def test_accepts_a_list_of_one_proof_and_no_longer_list() -> None:
    signed = credential()
    verify({**signed, "proof": [signed["proof"]]})
    with pytest.raises(Unsupported):
        MECHANISM.parse({**signed, "proof": [signed["proof"], signed["proof"]]})


def test_a_context_that_was_appended_after_signing_counts_for_nothing() -> None:
    signed = resigned(changed(credential(), "@context", 1, to="https://a.example/c"))
    grown = deepcopy(signed)
    grown["@context"] = [*grown["@context"], CONTEXT_URL]  # type: ignore[misc]
    assert verify(signed).type_url is None
    assert verify(grown).type_url is None


def test_refuses_several_subjects() -> None:
    subjects = [{"id": "did:example:a"}, {"id": "did:example:b"}]
    with pytest.raises(Unsupported):
        MECHANISM.parse(resigned(changed(credential(), "credentialSubject", to=subjects)))


def test_does_not_skip_a_status_of_another_kind() -> None:
    status = {"id": "urn:x:1", "type": "StatusList2021Entry"}
    with pytest.raises(Unsupported):
        MECHANISM.parse(resigned(changed(credential(), "credentialStatus", to=status)))


def test_refuses_the_rules_of_the_data_model_even_when_signed() -> None:
    signed = resigned(changed(credential(), "validFrom", to="2028-01-01T00:00:00Z"))
    with pytest.raises(Malformed):
        MECHANISM.parse(signed)


def test_refuses_what_another_mechanism_parsed() -> None:
    foreign = Unverified(mechanism="x", issuer=ISSUER_DID, key_id=ISSUER_KEY_ID, issued_at=NOW)
    with pytest.raises(Malformed):
        MECHANISM.verify(foreign, ISSUER.public_key)
    with pytest.raises(Malformed):
        MECHANISM.verify_holder(foreign, verify(credential()))


@pytest.mark.parametrize("serialized", ["eyJ.e30.x~", "", "verifiableCredential", {}], ids=repr)
def test_refuses_what_is_no_credential(serialized: Any) -> None:
    assert not MECHANISM.recognises(serialized)
    with pytest.raises(Malformed):
        MECHANISM.parse(serialized)


def test_recognises_its_credentials_bare_or_presented() -> None:
    signed = credential()
    assert MECHANISM.recognises(signed)
    assert MECHANISM.recognises({**signed, "proof": [signed["proof"]]})
    assert MECHANISM.recognises(presentation(signed))
    assert not MECHANISM.recognises(changed(signed, "proof", "cryptosuite", to="eddsa-rdfc-2022"))
    assert not MECHANISM.recognises({"verifiableCredential": [], "proof": signed["proof"]})


def test_w3c_vector_signedJCS_is_refused_since_its_issuer_is_not_its_key() -> None:  # noqa: N802
    # The vector's signature is right (see test_data_integrity); its issuer is an https URL, and
    # its key a did:key that nothing ties to it.
    document = json.loads((VECTORS / "eddsa-jcs-2022" / "signedJCS.json").read_text())
    key = parse_multikey(json.loads((VECTORS / "keyPair.json").read_text())["publicKeyMultibase"])
    with pytest.raises(KeyMismatch):
        verify(document, key)
    did = document["proof"]["verificationMethod"].partition("#")[0]
    with pytest.raises(SignatureInvalid):
        verify({**document, "issuer": did}, key)


# Presenting


def test_a_presentation_proves_issuer_and_holder() -> None:
    parsed = MECHANISM.parse(presentation(credential()))
    verified = MECHANISM.verify(parsed, ISSUER.public_key)
    assert verified == verify(credential())
    binding = MECHANISM.verify_holder(parsed, verified)
    assert binding == HolderBinding(audience=VERIFIER, nonce=NONCE, issued_at=NOW)
    binding.check(audience=VERIFIER, nonce=NONCE, now=NOW, leeway=LEEWAY)


def test_a_presentation_by_did_jwk_proves_its_holder() -> None:
    did = encode_did_jwk(HOLDER.public_key)
    shown = presentation(bound_to(did))
    assert JsonObject(shown).object("proof").text("verificationMethod") == f"{did}#0"
    assert verify_holder(shown) is not None


def test_a_bare_credential_bears_no_holders_signature() -> None:
    assert verify_holder(credential()) is None


def test_a_presentation_may_hold_its_credential_without_a_list() -> None:
    shown = presentation(credential())
    single = changed(shown, "verifiableCredential", to=credential())
    assert verify_holder(rebound(single)) is not None


def test_does_not_present_less_than_everything() -> None:
    with pytest.raises(Unsupported):
        MECHANISM.present(
            credential(), disclose=[("familyName",)], holder=HOLDER, request=request()
        )


def test_does_not_present_a_claim_that_there_is_not() -> None:
    paths = [*((name,) for name in CLAIMS), ("nickname",)]
    with pytest.raises(Malformed):
        MECHANISM.present(credential(), disclose=paths, holder=HOLDER, request=request())


def test_does_not_present_another_holders_credential() -> None:
    paths = [(name,) for name in CLAIMS]
    with pytest.raises(KeyMismatch):
        MECHANISM.present(credential(), disclose=paths, holder=STRANGER, request=request())


@pytest.mark.parametrize("document", [credential(holder=None), presentation(credential())])
def test_presents_only_bound_credentials(document: Claims) -> None:
    paths = [(name,) for name in CLAIMS]
    with pytest.raises(Malformed):
        MECHANISM.present(document, disclose=paths, holder=HOLDER, request=request())


@pytest.mark.parametrize("member", ["domain", "challenge", "created"])
def test_the_binding_is_signed(member: str) -> None:
    value = "2026-03-13T03:04:06Z" if member == "created" else "other"
    with pytest.raises(SignatureInvalid):
        verify_holder(changed(presentation(credential()), "proof", member, to=value))


def test_the_credential_inside_is_signed_by_the_holder() -> None:
    other = credential(status_index=1)
    with pytest.raises(SignatureInvalid):
        verify_holder(changed(presentation(credential()), "verifiableCredential", 0, to=other))


def test_the_credential_inside_is_proven_on_its_own() -> None:
    path = ("verifiableCredential", 0, "credentialSubject", "birthDate")
    shown = rebound(changed(presentation(credential()), *path, to="2000-01-01"))
    with pytest.raises(SignatureInvalid):
        verify(shown)


def test_refuses_a_presentation_signed_by_another_key() -> None:
    with pytest.raises(SignatureInvalid):
        verify_holder(rebound(presentation(credential()), STRANGER))


def test_refuses_a_presentation_by_somebody_else() -> None:
    thief = encode_did_key(STRANGER.public_key)
    shown = changed(presentation(credential()), "holder", to=thief)
    shown = changed(shown, "proof", "verificationMethod", to=did_key_method(thief))
    with pytest.raises(BindingInvalid):
        verify_holder(rebound(shown, STRANGER))


@pytest.mark.parametrize(
    "method",
    [did_key_method(encode_did_key(STRANGER.public_key)), HOLDER_DID, f"{HOLDER_DID}#0"],
    ids=["another key", "no fragment", "another fragment"],
)
def test_refuses_a_presentation_by_a_method_that_the_holder_does_not_have(method: str) -> None:
    shown = changed(presentation(credential()), "proof", "verificationMethod", to=method)
    with pytest.raises(KeyMismatch):
        verify_holder(rebound(shown))


def test_refuses_a_presentation_of_a_credential_that_is_bound_to_nobody() -> None:
    shown = presentation(credential())
    unbound = bound_to("did:web:a.example")
    shown = rebound(changed(shown, "verifiableCredential", 0, to=unbound))
    with pytest.raises(BindingInvalid):
        verify_holder(shown)
    shown = rebound(changed(shown, "verifiableCredential", 0, to=bound_to(None)))
    with pytest.raises(BindingInvalid):
        verify_holder(shown)


def test_refuses_a_holder_whose_did_is_no_key() -> None:
    did = "did:web:a.example"
    shown = changed(presentation(credential()), "verifiableCredential", 0, to=bound_to(did))
    shown = changed(changed(shown, "holder", to=did), "proof", "verificationMethod", to=f"{did}#0")
    with pytest.raises(BindingInvalid):
        verify_holder(rebound(shown))


def test_refuses_a_holder_who_was_verified_for_another_credential() -> None:
    parsed = MECHANISM.parse(presentation(credential()))
    verified = MECHANISM.verify(parsed, ISSUER.public_key)
    with pytest.raises(BindingInvalid):
        MECHANISM.verify_holder(parsed, replace(verified, holder=STRANGER.public_key))


def test_a_binding_that_names_no_request_answers_none() -> None:
    shown = presentation(credential())
    for member in ("domain", "challenge"):
        shown = changed(shown, "proof", member, to=REMOVED)
    binding = verify_holder(rebound(shown))
    assert binding == HolderBinding(audience=None, nonce=None, issued_at=NOW)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("proof",), REMOVED, Malformed),
        (("proof", "proofPurpose"), "assertionMethod", Malformed),
        (("proof", "created"), REMOVED, Malformed),
        (("holder",), REMOVED, Malformed),
        (("verifiableCredential",), REMOVED, Unsupported),
        (("verifiableCredential",), [credential(), credential()], Unsupported),
        (("verifiableCredential", 0, "proof"), REMOVED, Malformed),
        (("proof", "domain"), [VERIFIER, "b.example"], Unsupported),
        (("proof", "expires"), "2026-03-13T03:04:06Z", Unsupported),
    ],
    ids=["no proof", "purpose", "time", "holder", "none", "two", "unsigned", "domains", "expires"],
)
def test_refuses_a_presentation_with_one_thing_wrong(
    path: tuple[str | int, ...], value: object, error: type[Error]
) -> None:
    with pytest.raises(error):
        MECHANISM.parse(changed(presentation(credential()), *path, to=value))


def test_refuses_a_presentation_that_also_holds_an_enveloped_credential() -> None:
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": "data:application/vc+jwt,eyJ",
        "type": "EnvelopedVerifiableCredential",
    }
    shown = presentation(credential())
    both = [credential(), envelope]
    with pytest.raises(Unsupported):
        MECHANISM.parse(changed(shown, "verifiableCredential", to=both))


# Anything

CLAIM_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("가aZ_\U00010000", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(st.dictionaries(st.text("가aZ_", min_size=1, max_size=4), CLAIM_VALUES, min_size=1))
def test_any_claims_survive_issuing_presenting_and_verifying(claims: Claims) -> None:
    signed = credential(claims=claims)
    shown = MECHANISM.present(
        signed, disclose=[(name,) for name in claims], holder=HOLDER, request=request()
    )
    arrived = json.loads(json.dumps(shown))
    parsed = MECHANISM.parse(arrived)
    verified = MECHANISM.verify(parsed, ISSUER.public_key)
    assert verified.claims == claims
    assert MECHANISM.verify_holder(parsed, verified) is not None


@settings(max_examples=150)
@given(st.data())
def test_any_value_anywhere_gives_our_error_or_what_was_signed(data: st.DataObject) -> None:
    signed = json.loads(json.dumps(presentation(credential())))
    path: list[Any] = []
    node: Any = signed
    while isinstance(node, dict | list) and node and (not path or data.draw(st.booleans())):
        path.append(data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else [0])))
        node = node[path[-1]]
    value: Any = data.draw(
        st.sampled_from([None, 0, True, "", "x", "did:key:z", [], {}, [None], [[]]])
    )
    hostile = changed(signed, *path, to=value)
    MECHANISM.recognises(hostile)
    try:
        parsed = MECHANISM.parse(hostile)
        verified = MECHANISM.verify(parsed, ISSUER.public_key)
        binding = MECHANISM.verify_holder(parsed, verified)
    except Error:
        return
    assert binding is None or hostile == signed


def test_a_forged_value_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verify(changed(credential(), "proof", "proofValue", to=encode_multibase(bytes(64))))


def test_the_digest_of_a_credential_is_that_of_every_presentation_of_it() -> None:
    issued, other = credential(), bound_to(None)
    digest = MECHANISM.issued_digest(MECHANISM.parse(issued))
    assert digest == hashlib.sha256(canonicalize(issued)).digest()
    assert MECHANISM.issued_digest(MECHANISM.parse(presentation(issued))) == digest
    assert MECHANISM.issued_digest(MECHANISM.parse(other)) != digest
