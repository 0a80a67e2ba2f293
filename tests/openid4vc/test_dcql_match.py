"""Holding queries against credentials: what fits, what is disclosed, and why not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import ClaimPath, Claims
from credentials.strict_json import JsonValue
from openid4vc.dcql import (
    ClaimsQuery,
    CredentialQuery,
    CredentialSetQuery,
    ExpectedValue,
    Query,
    TrustedAuthority,
)
from openid4vc.dcql_match import (
    Candidate,
    Choice,
    Fit,
    Misfit,
    Reason,
    Shortfall,
    WhyNot,
    check_response,
    match,
)

VCT = "https://city.example/types/SeoulResidencyCredential/v1"
CLAIMS: Claims = {
    "residentOfSeoul": True,
    "residentOfGu": {"11620": True},
    "birthDate": "1999-04-02",
    "points": 1,
    "address": {"city": "서울", "gu": "관악구"},
    "degrees": [{"type": "BSc", "year": 2021}, {"type": "MSc", "year": 2023}],
    "nationalities": ["KR", "VN"],
    "mixed": [{"type": "a"}, "b"],
    "nothing": [],
}
RESIDENCY = Candidate(
    id="residency-1",
    format="dc+sd-jwt",
    type_url=VCT,
    type_names=(),
    claims=CLAIMS,
    holder_bound=True,
)
CARD = Candidate(
    id="card-1",
    format="ldp_vc",
    type_url="https://city.example/types/CitizenCard/v1",
    type_names=("SeoulCitizenCard", "https://city.example/contexts#Member"),
    claims={"credentialSubject": {"member": True}},
    holder_bound=True,
)


def _asks(*paths: ClaimPath, values: tuple[ExpectedValue, ...] = ()) -> CredentialQuery:
    claims = tuple(
        ClaimsQuery(id=f"c{number}", path=path, values=values) for number, path in enumerate(paths)
    )
    return CredentialQuery(id="residency", format="dc+sd-jwt", vct_values=(VCT,), claims=claims)


def _fit(query: CredentialQuery, candidate: Candidate = RESIDENCY) -> tuple[ClaimPath, ...]:
    """The paths to disclose of a candidate that fits."""
    (fit,) = match(Query(credentials=(query,)), [candidate]).credentials[query.id].fits
    return fit.disclose


def _why_not(query: CredentialQuery, candidate: Candidate = RESIDENCY) -> list[WhyNot]:
    """The reasons of a candidate that does not fit."""
    found = match(Query(credentials=(query,)), [candidate])
    assert not found.is_answerable
    (misfit,) = found.credentials[query.id].misfits
    return list(misfit.reasons)


def test_without_claims_nothing_is_disclosed() -> None:
    assert _fit(_asks()) == ()


def test_discloses_exactly_the_claims_that_are_asked_for() -> None:
    asked = _asks(("residentOfSeoul",), ("residentOfGu", "11620"))
    assert _fit(asked) == (("residentOfSeoul",), ("residentOfGu", "11620"))


@pytest.mark.parametrize(
    ("path", "disclosed"),
    [
        (("address",), [("address",)]),
        (("address", "gu"), [("address", "gu")]),
        (("degrees", None, "type"), [("degrees", 0, "type"), ("degrees", 1, "type")]),
        (("nationalities", 1), [("nationalities", 1)]),
        (("nationalities", None), [("nationalities", 0), ("nationalities", 1)]),
        (("degrees", 0, "type"), [("degrees", 0, "type")]),
    ],
)
def test_a_path_selects_as_the_specification_says(
    path: ClaimPath, disclosed: list[ClaimPath]
) -> None:
    assert _fit(_asks(path)) == tuple(disclosed)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(("name",), id="no such member"),
        pytest.param(("address", "street"), id="no such member inside"),
        pytest.param(("nationalities", 2), id="beyond the end"),
        pytest.param(("nothing", None), id="all of nothing"),
        pytest.param(("address", None), id="all elements of an object"),
        pytest.param(("address", 0), id="an index into an object"),
        pytest.param(("nationalities", "0"), id="a member of an array"),
        pytest.param(("birthDate", "year"), id="a member of a text"),
        pytest.param(("mixed", None, "type"), id="a step into a value of the wrong kind"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_missing_claim(path: ClaimPath) -> None:
    assert _why_not(_asks(path)) == [WhyNot(reason=Reason.CLAIM_MISSING, path=path)]


def test_one_claim_asked_for_in_two_ways_is_disclosed_once() -> None:
    asked = _asks(("nationalities", None), ("nationalities", 0))
    assert _fit(asked) == (("nationalities", 0), ("nationalities", 1))


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (("birthDate",), ("1999-04-02",)),
        (("residentOfSeoul",), (False, True)),
        (("points",), (1,)),
        (("degrees", 1, "year"), (2022, 2023)),
    ],
)
def test_a_value_fits_if_it_is_one_of_those_expected(
    path: ClaimPath, values: tuple[ExpectedValue, ...]
) -> None:
    assert _fit(_asks(path, values=values)) == (path,)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        pytest.param(("birthDate",), ("1999-04-03",), id="another text"),
        pytest.param(("residentOfSeoul",), (1,), id="true is not 1"),
        pytest.param(("points",), (True,), id="1 is not true"),
        pytest.param(("points",), ("1",), id="1 is not a text"),
        pytest.param(("address",), ("서울",), id="an object is no value"),
    ],
)
def test_a_value_of_another_type_or_content_does_not_fit(
    path: ClaimPath, values: tuple[ExpectedValue, ...]
) -> None:
    assert _why_not(_asks(path, values=values)) == [
        WhyNot(reason=Reason.CLAIM_OTHER_VALUE, path=path)
    ]


def test_a_float_is_no_integer() -> None:
    candidate = replace(RESIDENCY, claims={"points": 1.0})
    assert _why_not(_asks(("points",), values=(1,)), candidate)


def test_of_all_elements_only_those_with_an_expected_value_are_disclosed() -> None:
    assert _fit(_asks(("nationalities", None), values=("VN", "US"))) == (("nationalities", 1),)


def test_the_first_claim_set_that_can_be_satisfied_is_disclosed_and_no_other() -> None:
    asked = _asks(("ageOver19",), ("residentOfSeoul",), ("birthDate",))
    asked = replace(asked, claim_sets=(("c0",), ("c1",), ("c2",)))
    assert _fit(asked) == (("residentOfSeoul",),)


def test_the_verifiers_order_of_claim_sets_counts() -> None:
    asked = replace(_asks(("birthDate",), ("points",)), claim_sets=(("c1",), ("c0",)))
    assert _fit(asked) == (("points",),)


def test_when_no_claim_set_can_be_satisfied_every_claim_that_lacks_is_told_once() -> None:
    asked = replace(
        _asks(("name",), ("points",), ("phone",)), claim_sets=(("c0", "c1"), ("c0", "c2"))
    )
    assert _why_not(asked) == [
        WhyNot(reason=Reason.CLAIM_MISSING, path=("name",)),
        WhyNot(reason=Reason.CLAIM_MISSING, path=("phone",)),
    ]


def test_a_credential_in_another_format_does_not_fit() -> None:
    asked = replace(_asks(), format="mso_mdoc")
    assert _why_not(asked) == [WhyNot(reason=Reason.OTHER_FORMAT)]


def test_a_credential_of_another_type_does_not_fit_whatever_its_claims() -> None:
    other = replace(RESIDENCY, type_url=VCT + "/")
    assert _why_not(_asks(("name",)), other) == [WhyNot(reason=Reason.OTHER_TYPE)]
    assert _why_not(_asks(), replace(RESIDENCY, type_url=None, type_names=(VCT,)))


@pytest.mark.parametrize(
    "types",
    [
        ("SeoulCitizenCard",),
        ("VerifiableCredential", "SeoulCitizenCard"),
        ("https://www.w3.org/2018/credentials#VerifiableCredential",),
        ("https://city.example/contexts#Member", "SeoulCitizenCard"),
        ("https://city.example/types/CitizenCard/v1",),
    ],
)
def test_a_w3c_credential_fits_if_it_has_all_types_of_one_alternative(
    types: tuple[str, ...],
) -> None:
    asked = CredentialQuery(id="card", format="ldp_vc", type_values=(("Other",), types))
    assert _fit(asked, CARD) == ()


@pytest.mark.parametrize("types", [("Other",), ("SeoulCitizenCard", "Other")])
def test_a_w3c_credential_that_lacks_one_type_does_not_fit(types: tuple[str, ...]) -> None:
    asked = CredentialQuery(id="card", format="ldp_vc", type_values=(types,))
    assert _why_not(asked, CARD) == [WhyNot(reason=Reason.OTHER_TYPE)]


def test_paths_of_a_w3c_credential_start_at_its_root() -> None:
    claim = ClaimsQuery(id=None, path=("credentialSubject", "member"), values=(True,))
    asked = CredentialQuery(
        id="card", format="ldp_vc", type_values=(("SeoulCitizenCard",),), claims=(claim,)
    )
    assert _fit(asked, CARD) == (("credentialSubject", "member"),)


def test_a_credential_without_the_holders_key_fits_only_where_none_is_required() -> None:
    bearer = replace(RESIDENCY, holder_bound=False)
    assert _why_not(_asks(("name",)), bearer) == [
        WhyNot(reason=Reason.NOT_HOLDER_BOUND),
        WhyNot(reason=Reason.CLAIM_MISSING, path=("name",)),
    ]
    assert _fit(replace(_asks(), require_holder_binding=False), bearer) == ()


def test_a_trust_framework_that_is_not_known_here_is_a_reason_not_to_send() -> None:
    aki = TrustedAuthority(type="aki", values=("s9tIpPmhxdiu",))
    asked = replace(_asks(), trusted_authorities=(aki,))
    assert _why_not(asked) == [WhyNot(reason=Reason.AUTHORITY_UNKNOWN)]


def test_tells_of_every_credential_whether_it_fits_in_the_order_they_came() -> None:
    second = replace(RESIDENCY, id="residency-2")
    found = match(Query(credentials=(_asks(),)), [second, CARD, RESIDENCY]).credentials["residency"]
    assert found.fits == (
        Fit(candidate=second, disclose=()),
        Fit(candidate=RESIDENCY, disclose=()),
    )
    assert found.misfits == (Misfit(candidate=CARD, reasons=(WhyNot(reason=Reason.OTHER_FORMAT),)),)


CARD_QUERY = CredentialQuery(id="card", format="ldp_vc", type_values=(("SeoulCitizenCard",),))
MDOC_QUERY = CredentialQuery(id="mdl", format="mso_mdoc")
BOTH = (_asks(), CARD_QUERY, MDOC_QUERY)


def _sets(*sets: CredentialSetQuery) -> Query:
    return Query(credentials=BOTH, credential_sets=sets)


def test_without_credential_sets_every_credential_is_needed() -> None:
    query = Query(credentials=BOTH[:2])
    assert match(query, [RESIDENCY, CARD]).choices == (
        Choice(required=True, options=(("residency", "card"),)),
    )
    assert not match(query, [RESIDENCY]).is_answerable
    assert not match(query, []).is_answerable


def test_offers_the_options_that_can_be_delivered_in_the_verifiers_order() -> None:
    query = _sets(CredentialSetQuery(options=(("mdl",), ("card", "residency"), ("residency",))))
    assert match(query, [RESIDENCY, CARD]).choices[0].options == (
        ("card", "residency"),
        ("residency",),
    )
    assert match(query, [RESIDENCY]).choices[0].options == (("residency",),)


def test_a_wish_does_not_stand_in_the_way_but_a_demand_does() -> None:
    wish = CredentialSetQuery(options=(("mdl",),), required=False)
    demand = CredentialSetQuery(options=(("residency",),))
    assert match(_sets(demand, wish), [RESIDENCY]).is_answerable
    assert not match(_sets(replace(demand, options=(("card",),)), wish), [RESIDENCY]).is_answerable


SHOWN = replace(RESIDENCY, claims={"residentOfSeoul": True})
ASKED = Query(credentials=(_asks(("residentOfSeoul",), values=(True,)),))


def test_a_response_with_what_was_asked_has_no_shortfall() -> None:
    assert check_response(ASKED, {"residency": [SHOWN]}) == ()


@pytest.mark.parametrize(
    ("shown", "reason", "path"),
    [
        (replace(SHOWN, format="ldp_vc"), Reason.OTHER_FORMAT, None),
        (replace(SHOWN, type_url="https://evil.example"), Reason.OTHER_TYPE, None),
        (replace(SHOWN, holder_bound=False), Reason.NOT_HOLDER_BOUND, None),
        (replace(SHOWN, claims={}), Reason.CLAIM_MISSING, ("residentOfSeoul",)),
        (
            replace(SHOWN, claims={"residentOfSeoul": False}),
            Reason.CLAIM_OTHER_VALUE,
            ("residentOfSeoul",),
        ),
    ],
)
def test_a_presentation_that_is_not_what_was_asked_is_a_shortfall(
    shown: Candidate, reason: Reason, path: "ClaimPath | None"
) -> None:
    assert check_response(ASKED, {"residency": [shown]}) == (
        Shortfall(query_id="residency", reasons=(WhyNot(reason=reason, path=path),)),
    )


def test_two_presentations_come_only_where_several_may() -> None:
    twice = {"residency": [SHOWN, replace(SHOWN, id="residency-2")]}
    assert check_response(ASKED, twice) == (
        Shortfall(query_id="residency", reasons=(WhyNot(reason=Reason.TOO_MANY),)),
    )
    several = Query(credentials=(replace(ASKED.credentials[0], multiple=True),))
    assert check_response(several, twice) == ()


@settings(max_examples=30)
@given(st.integers(1, 6), st.data())
def test_every_presentation_of_several_is_checked(size: int, data: st.DataObject) -> None:
    several = Query(credentials=(replace(ASKED.credentials[0], multiple=True),))
    shown = [SHOWN] * size
    shown[data.draw(st.integers(0, size - 1))] = replace(SHOWN, claims={})
    (shortfall,) = check_response(several, {"residency": shown})
    assert shortfall.reasons == (WhyNot(reason=Reason.CLAIM_MISSING, path=("residentOfSeoul",)),)


def test_what_nobody_asked_for_is_a_shortfall() -> None:
    extra = {"residency": [SHOWN], "medical": [SHOWN]}
    assert check_response(ASKED, extra) == (
        Shortfall(query_id="medical", reasons=(WhyNot(reason=Reason.NOT_ASKED_FOR),)),
    )


INCOMPLETE = Shortfall(query_id=None, reasons=(WhyNot(reason=Reason.SET_INCOMPLETE),))


@pytest.mark.parametrize("shown", [{}, {"residency": []}])
def test_an_unanswered_query_is_a_shortfall(shown: dict[str, list[Candidate]]) -> None:
    assert check_response(ASKED, shown) == (INCOMPLETE,)


@pytest.mark.parametrize(
    ("answered", "shortfalls"),
    [
        (("residency",), 0),
        (("card",), 1),
        (("residency", "card"), 0),
        ((), 2),
    ],
)
def test_each_required_set_needs_one_whole_option(
    answered: tuple[str, ...], shortfalls: int
) -> None:
    query = _sets(
        CredentialSetQuery(options=(("mdl",), ("residency",))),
        CredentialSetQuery(options=(("card",), ("residency",))),
        CredentialSetQuery(options=(("mdl",),), required=False),
    )
    shown = {"residency": [SHOWN], "card": [CARD]}
    found = check_response(query, {name: shown[name] for name in answered})
    assert found == (INCOMPLETE,) * shortfalls


def test_half_an_option_is_none() -> None:
    query = _sets(CredentialSetQuery(options=(("residency", "card"),)))
    assert check_response(query, {"residency": [SHOWN]}) == (INCOMPLETE,)


json_values = st.recursive(
    st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=10,
)
rest = st.lists(st.sampled_from(["a", "b", "c", 0, 1, None]), max_size=2)
paths = st.tuples(st.sampled_from("abc"), rest).map(lambda drawn: (drawn[0], *drawn[1]))


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from("abc"), json_values),
    st.lists(
        st.builds(lambda first, rest: (first, *rest), st.sampled_from("abc"), paths), min_size=1
    )
    .map(dict.fromkeys)
    .map(tuple),
)
def test_what_is_disclosed_leads_to_claims_and_satisfies_the_verifier(
    claims: dict[str, JsonValue], asked: tuple[ClaimPath, ...]
) -> None:
    query = Query(credentials=(_asks(*asked),))
    found = match(query, [replace(RESIDENCY, claims=claims)]).credentials["residency"]
    for fit in found.fits:
        for path in fit.disclose:
            value: JsonValue = claims
            for step in path:
                value = value[step]  # type: ignore[index]
        assert check_response(query, {"residency": [fit.candidate]}) == ()
    for misfit in found.misfits:
        assert misfit.reasons
        assert check_response(query, {"residency": [misfit.candidate]}) != ()
