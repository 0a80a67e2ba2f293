"""The data model's rules: the inputs of the W3C test suite by name, then one change at a time."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed, TooLarge
from credentials.json_object import JsonObject
from credentials.vcdm import (
    BASE_CONTEXT,
    MAX_CONTEXTS,
    contexts_of,
    is_presentation,
    parse_credential,
    parse_presentation,
)
from credentials.vcdm_values import MAX_ITEMS
from tests.simulators.one_change import REMOVED, changed

INPUTS = Path(__file__).parents[1] / "vectors" / "w3c-vcdm2-inputs"
NAMES = sorted(str(path.relative_to(INPUTS)) for path in INPUTS.rglob("*.json"))

# Only a JSON-LD processor can tell what these contexts make of a term, so they pass here. The
# mechanism that canonicalizes RDF has to refuse them.
NEED_JSON_LD = {
    "credential-redef-type-fail.json": "an inline context redefines a term of the base context",
    "credential-redef-type2-fail.json": "an inline context redefines a term that another protects",
    "credential-type-mapped-nonurl-fail.json": "an inline context maps a type to what is no URL",
    "credential-type-unmapped-fail.json": "no context defines the type",
}

# The suite's own names for refusals that end in neither -fail nor -ok.
REFUSED_ALSO = {
    "presentation-self-asserted-vc-holder-mismatch.json",
    "presentation-self-asserted-vc-issuer-mismatch.json",
    "presentation-self-asserted-vc-no-holder.json",
}


def arranged(name: str) -> Claims:
    """An input as the suite hands it over: with the members that it fills in itself."""
    document: Any = json.loads((INPUTS / name).read_text())
    if name.startswith("presentation-"):
        if "self-asserted" not in name:
            for credential in document.get("verifiableCredential", []):
                if isinstance(credential, dict):
                    credential["proof"] = {"type": "DataIntegrityProof"}
    else:
        complete(document, only_texts=name.startswith("names-and-descriptions/"))
    assert isinstance(document, dict)
    return document


def complete(document: Any, *, only_texts: bool) -> None:
    """Give a credential its issuer and dates; inputs about texts lack all the rest as well."""
    if only_texts:
        document |= {"type": "VerifiableCredential", "credentialSubject": {"id": "did:example:a"}}
    issuer = document.setdefault("issuer", "did:example:issuer")
    if isinstance(issuer, dict):
        issuer.setdefault("id", "did:example:issuer")
    dates = {"PAST DATE": "2020-01-01T00:00:00Z", "FUTURE DATE": "2120-01-01T00:00:00Z"}
    for member in ("validFrom", "validUntil"):
        if document.get(member) in dates:
            document[member] = dates[document[member]]


def parse(document: Claims) -> object:
    reader = parse_presentation if is_presentation(JsonObject(document)) else parse_credential
    return reader(JsonObject(document))


def is_accepted(name: str) -> bool:
    return name.endswith("-ok.json") or name in NEED_JSON_LD


@pytest.mark.parametrize("name", [name for name in NAMES if is_accepted(name)])
def test_accepts_the_input_of_the_w3c_suite(name: str) -> None:
    parse(arranged(name))


@pytest.mark.parametrize("name", [name for name in NAMES if not is_accepted(name)])
def test_refuses_the_input_of_the_w3c_suite(name: str) -> None:
    assert "-fail" in name or name in REFUSED_ALSO
    with pytest.raises(Malformed):
        parse(arranged(name))


def test_every_input_that_needs_json_ld_is_there() -> None:
    assert set(NAMES) >= NEED_JSON_LD.keys()


CREDENTIAL: Claims = {
    "@context": [BASE_CONTEXT, "https://a.example/context", {"term": "https://a.example/#term"}],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "SeoulResidencyCredential"],
    "name": "주소 증명",
    "description": [{"@value": "Residence", "@language": "en-KR", "@direction": "ltr"}],
    "issuer": {"id": "did:example:issuer", "name": {"@value": "관악구"}},
    "validFrom": "2026-03-13T03:04:05Z",
    "validUntil": "2027-03-13T03:04:05+09:00",
    "credentialSubject": {"id": "did:example:subject", "degree": {"id": "urn:x:1", "type": "D"}},
    "credentialStatus": {"id": "https://a.example/s#1", "type": "S"},
    "credentialSchema": [{"id": "https://a.example/schema.json", "type": "JsonSchema"}],
    "evidence": [{"type": "E"}],
    "termsOfUse": {"type": "T"},
    "refreshService": {"type": "R"},
    "confidenceMethod": {"type": "C"},
    "renderMethod": {"type": "M"},
    "proof": {"type": "P"},
    "relatedResource": [
        {"id": "https://a.example/schema.json", "digestSRI": "sha384-x", "mediaType": "x/y"},
        {"id": "https://a.example/context", "digestMultibase": "ux"},
    ],
}
PRESENTATION: Claims = {
    "@context": [BASE_CONTEXT],
    "id": "urn:uuid:1",
    "type": ["VerifiablePresentation"],
    "holder": {"id": "did:example:subject"},
    "verifiableCredential": [CREDENTIAL],
    "termsOfUse": {"type": "T"},
    "proof": {"type": "P"},
}


def test_reads_what_a_credential_says() -> None:
    credential = parse_credential(JsonObject(CREDENTIAL))
    assert credential.types == ("VerifiableCredential", "SeoulResidencyCredential")
    assert credential.issuer == "did:example:issuer"
    assert credential.validity.not_before == datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
    assert credential.validity.not_after == datetime(2027, 3, 12, 18, 4, 5, tzinfo=UTC)
    assert [subject.text("id") for subject in credential.subjects] == ["did:example:subject"]
    assert [status.text("type") for status in credential.statuses] == ["S"]
    assert [schema.text("type") for schema in credential.schemas] == ["JsonSchema"]
    assert len(credential.related) == 2


def test_reads_what_a_presentation_says() -> None:
    presentation = parse_presentation(JsonObject(PRESENTATION))
    assert presentation.types == ("VerifiablePresentation",)
    assert presentation.holder == "did:example:subject"
    assert [credential.issuer for credential in presentation.credentials] == ["did:example:issuer"]
    assert presentation.enveloped == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), ["@context", REMOVED]),
        ((), ["@context", BASE_CONTEXT]),
        ((), ["@context", []]),
        (("@context", 0), "https://www.w3.org/2018/credentials/v1"),
        (("@context", 1), "https://www.w3.org/2018/credentials/v1"),
        (("@context", 1), "context"),
        (("@context", 1), None),
        ((), ["@context", [BASE_CONTEXT] * (MAX_CONTEXTS + 1)]),
        (("id",), "not a url"),
        (("id",), None),
        (("type",), REMOVED),
        (("type",), "SeoulResidencyCredential"),
        (("type", 1), 1),
        (("type", 1), ""),
        (("name",), 1),
        (("name",), []),
        (("name",), ["text", {"@value": "x"}]),
        (("description", 0, "@value"), 1),
        (("description", 0, "@value"), REMOVED),
        (("description", 0, "@language"), "한국어"),
        (("description", 0, "@language"), 1),
        (("description", 0, "@direction"), "up"),
        (("description", 0, "url"), "https://a.example"),
        (("issuer",), REMOVED),
        (("issuer",), "관악구"),
        (("issuer",), ["did:example:issuer"]),
        (("issuer", "id"), REMOVED),
        (("issuer", "name"), 1),
        (("validFrom",), "2026-03-13"),
        (("validFrom",), "2026-03-13T03:04:05"),
        (("validFrom",), 1),
        (("validUntil",), "2026-03-13T03:04:04Z"),
        (("issuanceDate",), "2026-03-13T03:04:05Z"),
        (("expirationDate",), "2026-03-13T03:04:05Z"),
        (("credentialSubject",), REMOVED),
        (("credentialSubject",), {}),
        (("credentialSubject",), []),
        (("credentialSubject",), [{"id": "did:example:a"}, {}]),
        (("credentialSubject",), "did:example:subject"),
        (("credentialSubject", "id"), "subject"),
        (("credentialSubject", "degree", "id"), "1"),
        (("credentialSubject", "degree", "type"), 1),
        (("credentialSubject", "degree", "type"), []),
        (("credentialSubject", "degree", "type"), ["D", 1]),
        (("credentialSubject", "degree", "type"), ["D", ""]),
        (("credentialSubject", "list"), [[{"id": 1}]]),
        (("credentialStatus", "type"), REMOVED),
        (("credentialStatus", "id"), "1"),
        (("credentialStatus",), "https://a.example/s#1"),
        (("credentialStatus",), []),
        (("credentialSchema", 0, "id"), REMOVED),
        (("credentialSchema", 0, "type"), REMOVED),
        (("evidence", 0, "type"), REMOVED),
        (("termsOfUse", "type"), REMOVED),
        (("refreshService", "type"), REMOVED),
        (("confidenceMethod", "type"), REMOVED),
        (("renderMethod", "type"), REMOVED),
        (("proof", "type"), REMOVED),
        (("proof",), None),
        (("relatedResource",), ["https://a.example/context"]),
        (("relatedResource", 0, "id"), REMOVED),
        (("relatedResource", 0, "id"), "https://a.example/context"),
        (("relatedResource", 0, "digestSRI"), REMOVED),
        (("relatedResource", 0, "digestSRI"), 1),
    ],
    ids=lambda v: ".".join(map(str, v)) if isinstance(v, tuple) else str(v)[:24],
)
def test_refuses_a_credential_with_one_thing_wrong(path: tuple[Any, ...], value: Any) -> None:
    parse_credential(JsonObject(CREDENTIAL))
    if not path:
        path, value = (value[0],), value[1]
    with pytest.raises(Malformed):
        parse_credential(JsonObject(changed(CREDENTIAL, *path, to=value)))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("validFrom", REMOVED),
        ("validUntil", REMOVED),
        ("validUntil", CREDENTIAL["validFrom"]),
        ("@context", [BASE_CONTEXT, {"id": "@id", "type": "@type"}]),
        ("type", "VerifiableCredential"),
        ("issuer", "did:example:issuer"),
    ],
    ids=str,
)
def test_accepts_a_credential_with_one_thing_otherwise(member: str, value: Any) -> None:
    parse_credential(JsonObject(changed(CREDENTIAL, member, to=value)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("@context", 0), "https://a.example/context"),
        (("type",), ["Presentation"]),
        (("id",), "x"),
        (("holder",), "누구"),
        (("holder", "id"), REMOVED),
        (("proof", "type"), REMOVED),
        (("termsOfUse", "type"), REMOVED),
        (("verifiableCredential",), None),
        (("verifiableCredential",), []),
        (("verifiableCredential",), ["eyJ"]),
        (("verifiableCredential", 0, "issuer"), "x"),
        (("verifiableCredential", 0, "proof"), REMOVED),
    ],
    ids=lambda v: ".".join(map(str, v)) if isinstance(v, tuple) else str(v)[:24],
)
def test_refuses_a_presentation_with_one_thing_wrong(path: tuple[Any, ...], value: Any) -> None:
    parse_presentation(JsonObject(PRESENTATION))
    with pytest.raises(Malformed):
        parse_presentation(JsonObject(changed(PRESENTATION, *path, to=value)))


ENVELOPED: Claims = {
    "@context": BASE_CONTEXT,
    "id": "data:application/vc+jwt,eyJ." + "x" * 10_000,
    "type": "EnvelopedVerifiableCredential",
}


def test_reads_an_enveloped_credential_as_its_url() -> None:
    document = changed(PRESENTATION, "verifiableCredential", to=ENVELOPED)
    presentation = parse_presentation(JsonObject(document))
    assert presentation.enveloped == (ENVELOPED["id"],)
    assert presentation.credentials == ()


@pytest.mark.parametrize(
    ("member", "value"),
    [("@context", REMOVED), ("@context", []), ("id", REMOVED), ("id", "https://a.example/vc")],
    ids=str,
)
def test_refuses_an_enveloped_credential_with_one_thing_wrong(member: str, value: Any) -> None:
    envelope = changed(ENVELOPED, member, to=value)
    with pytest.raises(Malformed):
        parse_presentation(JsonObject({**PRESENTATION, "verifiableCredential": [envelope]}))


def test_the_holders_own_word_needs_no_proof() -> None:
    document = changed(PRESENTATION, "verifiableCredential", 0, "proof", to=REMOVED)
    parse_presentation(JsonObject(changed(document, "holder", to="did:example:issuer")))


def test_bounds_the_number_of_subjects() -> None:
    subjects: list[Any] = [{"id": "did:example:subject"}] * MAX_ITEMS
    parse_credential(JsonObject({**CREDENTIAL, "credentialSubject": subjects}))
    with pytest.raises(TooLarge):
        parse_credential(JsonObject({**CREDENTIAL, "credentialSubject": [*subjects, subjects[0]]}))


def test_survives_depth_that_would_exhaust_the_stack() -> None:
    deep: Any = {"id": "x"}
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Malformed):
        parse_credential(JsonObject({**CREDENTIAL, "evidence": {"type": "E", "deep": deep}}))


def test_contexts_start_with_the_base() -> None:
    assert contexts_of(JsonObject(PRESENTATION)) == [BASE_CONTEXT]
    with pytest.raises(Malformed):
        contexts_of(JsonObject({"@context": []}))


@settings(max_examples=200)
@given(
    st.sampled_from(sorted({*CREDENTIAL, *PRESENTATION})),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just(CREDENTIAL),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "type", "@value", "@context", "x"]), inner)
        ),
        max_leaves=8,
    ),
)
def test_any_value_is_read_or_gives_our_error(member: str, value: Any) -> None:
    for document in (CREDENTIAL, PRESENTATION):
        try:
            parse(changed(document, member, to=value))
        except Error:
            continue
