"""DCQL queries, read strictly."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed
from credentials.strict_json import JsonValue
from openid4vc.dcql import (
    ClaimsQuery,
    CredentialQuery,
    CredentialSetQuery,
    Query,
    TrustedAuthority,
    parse_query,
)
from tests.simulators.one_change import REMOVED, changed

VCT = "https://city.example/types/SeoulResidencyCredential/v1"
FULL = Query(
    credentials=(
        CredentialQuery(
            id="residency",
            format="dc+sd-jwt",
            vct_values=(VCT,),
            claims=(
                ClaimsQuery(id="seoul", path=("residentOfSeoul",), values=(True,)),
                ClaimsQuery(id="gu", path=("residentOfGu", "11620"), values=("a", 1, False)),
                ClaimsQuery(id="all", path=("degrees", None, "type"), values=()),
                ClaimsQuery(id="unused", path=("name",), values=()),
            ),
            claim_sets=(("seoul",), ("gu", "all")),
            multiple=True,
            require_holder_binding=False,
            trusted_authorities=(TrustedAuthority(type="aki", values=("s9tIpPmhxdiu",)),),
        ),
        CredentialQuery(
            id="card",
            format="ldp_vc",
            type_values=(("https://a.example#Card", "X"), ("Y",)),
            claims=(ClaimsQuery(id=None, path=("credentialSubject", "member"), values=()),),
        ),
        CredentialQuery(id="jwt", format="jwt_vc_json", type_values=(("Z",),)),
    ),
    credential_sets=(
        CredentialSetQuery(options=(("residency",), ("card", "jwt"))),
        CredentialSetQuery(options=(("jwt",),), required=False),
    ),
)
PLAIN = FULL.to_json()
FIRST = ("credentials", 0)
ids = st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=10)
paths = st.tuples(texts) | st.tuples(texts, st.none() | texts | st.integers(0, 9))
claim_queries = st.builds(
    ClaimsQuery,
    id=st.none() | ids,
    path=paths,
    values=st.lists(texts | st.integers(-9, 9) | st.booleans(), max_size=3).map(tuple),
)
credential_queries = st.builds(
    CredentialQuery,
    id=ids,
    format=st.just("dc+sd-jwt"),
    vct_values=st.lists(texts, min_size=1, max_size=3).map(tuple),
    claims=st.lists(
        claim_queries, max_size=3, unique_by=(lambda it: it.path, lambda it: it.id)
    ).map(tuple),
    multiple=st.booleans(),
    require_holder_binding=st.booleans(),
)
queries = st.builds(
    Query,
    credentials=st.lists(
        credential_queries, min_size=1, max_size=3, unique_by=lambda it: it.id
    ).map(tuple),
)


@settings(max_examples=60)
@given(queries)
def test_what_is_written_is_read_back(query: Query) -> None:
    assert parse_query(query.to_json()) == query


def test_a_query_with_everything_is_read_back() -> None:
    assert parse_query(PLAIN) == FULL


def test_reads_the_shape_of_the_specification() -> None:
    query = parse_query(
        {
            "credentials": [
                {
                    "id": "my_credential",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": ["https://credentials.example.com/identity_credential"]},
                    "claims": [{"path": ["last_name"]}, {"path": ["address", "street_address"]}],
                }
            ]
        }
    )
    (credential,) = query.credentials
    assert not credential.multiple
    assert credential.require_holder_binding
    assert query.sets() == (CredentialSetQuery(options=(("my_credential",),), required=True),)
    assert credential.options() == (credential.claims,)


def test_options_are_the_claim_sets_in_the_verifiers_order() -> None:
    seoul, gu, everything, _ = FULL.credentials[0].claims
    assert FULL.credentials[0].options() == ((seoul,), (gu, everything))


def test_ignores_members_that_it_does_not_know() -> None:
    document = changed(PLAIN, *FIRST, "purpose", to="x") | {"version": 2}
    document = changed(document, *FIRST, "claims", 0, "intent_to_retain", to=True)
    assert parse_query(document) == FULL


def test_reads_a_query_for_a_format_that_it_does_not_know() -> None:
    mdoc: Claims = {"id": "mdl", "format": "mso_mdoc", "meta": {"doctype_value": "x"}}
    query = parse_query({"credentials": [mdoc]})
    assert query.credentials == (CredentialQuery(id="mdl", format="mso_mdoc"),)
    assert query.credentials[0].to_json() == {"id": "mdl", "format": "mso_mdoc", "meta": {}}


@pytest.mark.parametrize("value", [None, [], "x", {}, {"credentials": {}}])
def test_refuses_what_is_no_query(value: Claims) -> None:
    with pytest.raises(Malformed):
        parse_query(value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentials",), []),
        (("credentials",), [{"id": str(n), "format": "x", "meta": {}} for n in range(33)]),
        (("credential_sets",), []),
        (FIRST, "residency"),
        ((*FIRST, "id"), REMOVED),
        ((*FIRST, "id"), ""),
        ((*FIRST, "format"), REMOVED),
        ((*FIRST, "meta"), REMOVED),
        ((*FIRST, "meta"), []),
        ((*FIRST, "meta", "vct_values"), REMOVED),
        ((*FIRST, "meta", "vct_values"), []),
        ((*FIRST, "meta", "vct_values"), [1]),
        ((*FIRST, "meta", "vct_values"), VCT),
        (("credentials", 1, "meta", "type_values"), REMOVED),
        (("credentials", 1, "meta", "type_values"), []),
        (("credentials", 1, "meta", "type_values"), [[]]),
        (("credentials", 1, "meta", "type_values"), ["VerifiableCredential"]),
        (("credentials", 2, "meta", "type_values"), REMOVED),
        ((*FIRST, "multiple"), "true"),
        ((*FIRST, "multiple"), None),
        ((*FIRST, "require_cryptographic_holder_binding"), 0),
        ((*FIRST, "claims"), []),
        ((*FIRST, "claims"), REMOVED),
        ((*FIRST, "claims", 0, "id"), REMOVED),
        ((*FIRST, "claims", 0, "path"), REMOVED),
        ((*FIRST, "claims", 0, "path"), []),
        ((*FIRST, "claims", 0, "path"), "residentOfSeoul"),
        ((*FIRST, "claims", 0, "path"), ["residentOfGu", "11620"]),
        ((*FIRST, "claims", 0, "values"), []),
        ((*FIRST, "claims", 0, "values"), True),
        ((*FIRST, "claims", 0, "values"), [1.5]),
        ((*FIRST, "claims", 0, "values"), [None]),
        ((*FIRST, "claims", 0, "values"), [{}]),
        ((*FIRST, "claims", 0, "values"), ["a"] * 65),
        ((*FIRST, "claim_sets"), []),
        ((*FIRST, "claim_sets"), [[]]),
        ((*FIRST, "claim_sets"), [["unknown"]]),
        ((*FIRST, "claim_sets"), [["gu", "gu"]]),
        ((*FIRST, "claim_sets"), [["gu"]] * 33),
        ((*FIRST, "claim_sets"), ["gu"]),
        ((*FIRST, "trusted_authorities"), []),
        ((*FIRST, "trusted_authorities", 0, "type"), REMOVED),
        ((*FIRST, "trusted_authorities", 0, "values"), []),
        (("credential_sets", 0, "options"), REMOVED),
        (("credential_sets", 0, "options"), []),
        (("credential_sets", 0, "options"), [[]]),
        (("credential_sets", 0, "options"), [["unknown"]]),
        (("credential_sets", 0, "options"), [["card", "card"]]),
        (("credential_sets", 0, "required"), "yes"),
    ],
)
def test_refuses_a_query_with_one_defect(path: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(Malformed):
        parse_query(changed(PLAIN, *path, to=value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param((*FIRST, "id"), "with space", id="a credential's id with a space"),
        pytest.param((*FIRST, "id"), "a\n", id="a credential's id with a line end"),
        pytest.param((*FIRST, "id"), "a" * 129, id="a credential's id too long"),
        pytest.param((*FIRST, "id"), "card", id="one id for two credentials"),
        pytest.param((*FIRST, "claims", 0, "id"), "with space", id="a claim's id with a space"),
        pytest.param((*FIRST, "claims", 0, "id"), "gu", id="one id for two claims"),
    ],
)
def test_refuses_an_id_that_nothing_refers_to_all_the_same(
    path: tuple[str | int, ...], value: str
) -> None:
    loose = changed(changed(PLAIN, "credential_sets", to=REMOVED), *FIRST, "claim_sets", to=REMOVED)
    assert parse_query(loose)
    with pytest.raises(Malformed):
        parse_query(changed(loose, *path, to=value))


def test_with_claim_sets_a_claim_has_an_id_even_if_no_set_names_it() -> None:
    with pytest.raises(Malformed):
        parse_query(changed(PLAIN, *FIRST, "claims", 3, "id", to=REMOVED))


def test_refuses_more_claims_than_the_bound() -> None:
    claims: list[JsonValue] = [{"path": [str(number)]} for number in range(65)]
    document: Claims = {"id": "a", "format": "x", "meta": {}, "claims": claims}
    with pytest.raises(Malformed):
        parse_query({"credentials": [document]})
    document["claims"] = claims[:64]
    assert parse_query({"credentials": [document]})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.sampled_from(sorted(PLAIN)) | st.none(), st.data())
def test_any_value_is_a_query_or_refused(name: str | None, data: st.DataObject) -> None:
    value = data.draw(json_values)
    with suppress(Error):
        parse_query(value if name is None else changed(PLAIN, name, to=value))


@settings(max_examples=200)
@given(st.sampled_from(sorted(FULL.credentials[0].to_json())), json_values)
def test_any_value_inside_a_credential_query_is_read_or_refused(name: str, value: object) -> None:
    with suppress(Error):
        parse_query(changed(PLAIN, *FIRST, name, to=value))
