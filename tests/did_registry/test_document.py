from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.jwk import encode_jwk
from credentials.keys import P256Signer
from did_registry.document import DidDocument, Purpose, parse_document
from did_registry.errors import UnknownKey
from tests.simulators.webvh_log import document, signer

DID = "did:webvh:QmPBLVBvxN4dCGxE2q9jj46TTf5uX7UmvYjJGDGZysu72F:registry.gwanin.example"
KEY = DID + "#key-0"
P256 = P256Signer(b"\1" * 32)


def _parse(members: dict[str, Any]) -> DidDocument:
    return parse_document(JsonObject(members))


def test_finds_an_ed25519_key_and_a_p256_key_by_purpose() -> None:
    found = _parse(document(DID))
    assert found.method(KEY, Purpose.ASSERTION) == signer(100).public_key
    assert found.method(DID + "#p256", Purpose.AUTHENTICATION) == P256.public_key


def test_lists_the_methods_of_a_purpose_in_order() -> None:
    found = _parse(document(DID, keys=3))
    assert found.methods(Purpose.ASSERTION) == tuple(f"{DID}#key-{n}" for n in range(3))
    assert found.methods(Purpose.CAPABILITY_INVOCATION) == ()


def test_finds_an_embedded_method_only_in_its_purpose() -> None:
    members = document(DID)
    members["capabilityInvocation"] = [{**members["verificationMethod"][0], "id": DID + "#in"}]
    found = _parse(members)
    assert found.method(DID + "#in", Purpose.CAPABILITY_INVOCATION) == signer(100).public_key
    with pytest.raises(UnknownKey):
        found.method(DID + "#in", Purpose.ASSERTION)


def test_relative_ids_mean_the_document_itself() -> None:
    members = document(DID)
    members["verificationMethod"][0]["id"] = "#key-0"
    members["assertionMethod"] = ["#key-0"]
    assert _parse(members).method(KEY, Purpose.ASSERTION) == signer(100).public_key


@pytest.mark.parametrize("key", [signer(100).public_key, P256.public_key], ids=["okp", "ec"])
def test_reads_a_jwk(key: Any) -> None:
    members = document(DID)
    del members["verificationMethod"][0]["publicKeyMultibase"]
    members["verificationMethod"][0] |= {"type": "JsonWebKey", "publicKeyJwk": encode_jwk(key)}
    assert _parse(members).method(KEY, Purpose.ASSERTION) == key


def test_knows_the_other_names() -> None:
    assert _parse(document(DID)).also_known_as == ()
    assert _parse({"id": DID, "alsoKnownAs": ["did:web:a.example"]}).also_known_as == (
        "did:web:a.example",
    )


def test_a_method_that_is_only_defined_serves_no_purpose() -> None:
    with pytest.raises(UnknownKey):
        _parse(document(DID)).method(KEY, Purpose.AUTHENTICATION)


@pytest.mark.parametrize(
    "method_id", ["#key-0", KEY + "x", "key-0", DID, "did:web:a.example#key-0"]
)
def test_a_method_is_asked_for_by_its_absolute_id(method_id: str) -> None:
    with pytest.raises(UnknownKey):
        _parse(document(DID)).method(method_id, Purpose.ASSERTION)


def _without(name: str) -> Any:
    return lambda members: members["verificationMethod"][0].pop(name)


def _set(**changes: Any) -> Any:
    return lambda members: members["verificationMethod"][0].update(changes)


def _listed_twice(members: dict[str, Any]) -> None:
    members["assertionMethod"].append("#key-0")


def _defined_twice(members: dict[str, Any]) -> None:
    other = {**members["verificationMethod"][0], "id": "#key-0"}
    members["verificationMethod"].append(other)


def _not_defined(members: dict[str, Any]) -> None:
    members["verificationMethod"].pop(0)


def _no_methods(members: dict[str, Any]) -> None:
    del members["verificationMethod"]


def _both_forms(members: dict[str, Any]) -> None:
    jwk = encode_jwk(signer(7).public_key)
    members["verificationMethod"][0]["publicKeyJwk"] = jwk


def _jwk_of_another_type(members: dict[str, Any]) -> None:
    _both_forms(members)
    del members["verificationMethod"][0]["publicKeyMultibase"]
    members["verificationMethod"][0]["type"] = "JsonWebKey2020"


def _both_forms_as_jwk(members: dict[str, Any]) -> None:
    _both_forms(members)
    members["verificationMethod"][0]["type"] = "JsonWebKey"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(_set(controller="did:web:a.example"), KeyMismatch, id="another controller"),
        pytest.param(_without("controller"), Malformed, id="no controller"),
        pytest.param(_without("type"), Malformed, id="no type"),
        pytest.param(_without("publicKeyMultibase"), Malformed, id="no key"),
        pytest.param(_without("id"), Malformed, id="no id"),
        pytest.param(_set(type="Ed25519VerificationKey2020"), Unsupported, id="another type"),
        pytest.param(_set(type="JsonWebKey"), Unsupported, id="the other type's key"),
        pytest.param(_set(publicKeyMultibase="z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"),
                     Unsupported, id="a key for agreement"),
        pytest.param(_set(publicKeyMultibase="z6Mk0"), Malformed, id="not base58"),
        pytest.param(_set(revoked="2026-01-01T00:00:00Z"), Unsupported, id="revoked by itself"),
        pytest.param(_set(expires="2036-01-01T00:00:00Z"), Unsupported, id="expires by itself"),
        pytest.param(_listed_twice, Malformed, id="listed twice"),
        pytest.param(_defined_twice, Malformed, id="defined twice"),
        pytest.param(_not_defined, Malformed, id="listed and not defined"),
        pytest.param(_no_methods, Malformed, id="no methods at all"),
        pytest.param(_both_forms, Unsupported, id="two keys in a Multikey"),
        pytest.param(_both_forms_as_jwk, Unsupported, id="two keys in a JsonWebKey"),
        pytest.param(_jwk_of_another_type, Unsupported, id="a JWK of another type"),
        pytest.param(lambda m: m.update(assertionMethod=KEY), Malformed, id="not a list"),
        pytest.param(lambda m: m["assertionMethod"].append(7), Malformed, id="not a reference"),
        pytest.param(lambda m: m["assertionMethod"].extend(map(str, range(128))), Malformed,
                     id="too many references"),
    ],
)  # fmt: skip
def test_refuses_a_method_that_is_not_plain(change: Any, error: type[Error]) -> None:
    members = document(DID)
    change(members)
    with pytest.raises(error):
        _parse(members).method(KEY, Purpose.ASSERTION)


def test_a_method_that_cannot_be_read_hides_no_other() -> None:
    members = document(DID, keys=2)
    members["verificationMethod"][1]["type"] = "BeyondUs2030"
    assert _parse(members).method(KEY, Purpose.ASSERTION) == signer(100).public_key


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"id": 7},
        {"id": ""},
        {"id": DID, "alsoKnownAs": "did:web:a.example"},
        {"id": DID, "alsoKnownAs": [7]},
        {"id": DID, "alsoKnownAs": ["a:b"] * 65},
    ],
)
def test_refuses_a_document_without_a_name(members: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        _parse(members)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("#key-0"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.sampled_from(["verificationMethod", "assertionMethod", "controller"]), _JSON)
def test_whatever_stands_in_a_document_is_a_key_or_our_error(name: str, value: Any) -> None:
    found = _parse({**document(DID), name: value})
    try:
        assert found.method(KEY, Purpose.ASSERTION) == signer(100).public_key
    except Error:
        return
