"""Credential offers, by value and by reference."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from openid4vc.offer import (
    HAIP_OFFER_SCHEME,
    MAX_OFFER_BYTES,
    OFFER_SCHEME,
    PRE_AUTHORIZED_CODE,
    CredentialOffer,
    InputMode,
    OfferReference,
    PreAuthorizedGrant,
    TxCode,
    build_offer_link,
    parse_offer,
    parse_offer_link,
)
from tests.simulators.one_change import REMOVED, changed

ISSUER = "https://city.example/issuers/GU-11620"
WALLETS = [OFFER_SCHEME, HAIP_OFFER_SCHEME, "https://city.example/wallet"]
OFFER = CredentialOffer(
    credential_issuer=ISSUER,
    configuration_ids=("SeoulResidencyCredential.dc+sd-jwt",),
    pre_authorized=PreAuthorizedGrant(
        code="oaKazRN8I0IbtZ0C7JuMn5",
        tx_code=TxCode(input_mode=InputMode.NUMERIC, length=6, description="문자로 보낸 번호"),
        authorization_server=None,
    ),
)

IDS = ("credential_configuration_ids",)
GRANT = ("grants", PRE_AUTHORIZED_CODE)
REFERENCE = "credential_offer_uri=https%3A%2F%2Fa.example%2Fo"
VALUE = build_offer_link(OFFER, OFFER_SCHEME).partition("?")[2]

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
tx_codes = st.builds(
    TxCode,
    input_mode=st.sampled_from(InputMode),
    length=st.none() | st.integers(1, 64),
    description=st.none() | names,
)
grants = st.builds(
    PreAuthorizedGrant,
    code=names,
    tx_code=st.none() | tx_codes,
    authorization_server=st.sampled_from([None, "https://server.example"]),
)
offers = st.builds(
    CredentialOffer,
    credential_issuer=st.just(ISSUER),
    configuration_ids=st.lists(names, min_size=1, max_size=3, unique=True).map(tuple),
    pre_authorized=st.none() | grants,
)


def _encode(document: object) -> bytes:
    return json.dumps(document).encode()


@settings(max_examples=100)
@given(offers)
def test_what_is_written_is_read_back(offer: CredentialOffer) -> None:
    assert parse_offer(_encode(offer.to_json())) == offer


@pytest.mark.parametrize("wallet", WALLETS)
@given(offers)
@settings(max_examples=40)
def test_an_offer_travels_by_value_in_any_link(wallet: str, offer: CredentialOffer) -> None:
    assert parse_offer_link(build_offer_link(offer, wallet)) == offer


@pytest.mark.parametrize("wallet", WALLETS)
def test_an_offer_travels_by_reference_in_any_link(wallet: str) -> None:
    reference = OfferReference(uri="https://city.example/offers/GkurKxf5T0Y?lang=ko")
    assert parse_offer_link(build_offer_link(reference, wallet)) == reference


def test_writes_the_links_that_phones_and_cameras_open() -> None:
    reference = OfferReference(uri="https://city.example/o/1")
    escaped = "credential_offer_uri=https%3A%2F%2Fcity.example%2Fo%2F1"
    assert build_offer_link(reference, OFFER_SCHEME) == "openid-credential-offer://?" + escaped
    assert build_offer_link(reference, "https://city.example/wallet") == (
        "https://city.example/wallet#" + escaped
    )


def test_reads_the_shape_of_the_specification() -> None:
    document = {
        "credential_issuer": "https://credential-issuer.example.com",
        "credential_configuration_ids": ["UniversityDegree_LDP_VC"],
        "grants": {PRE_AUTHORIZED_CODE: {"pre-authorized_code": "adhjhd", "tx_code": {}}},
    }
    offer = parse_offer(_encode(document))
    assert offer.pre_authorized is not None
    assert offer.pre_authorized.tx_code == TxCode(
        input_mode=InputMode.NUMERIC, length=None, description=None
    )


def test_ignores_members_and_grants_that_it_does_not_know() -> None:
    document = changed(OFFER.to_json(), "grants", "authorization_code", to={"issuer_state": "x"})
    assert parse_offer(_encode(document | {"credential_offer_expires": 1})) == OFFER


def test_an_offer_for_other_grants_only_has_no_code() -> None:
    other = changed(OFFER.to_json(), "grants", to={"authorization_code": {}})
    assert parse_offer(_encode(other)).pre_authorized is None
    none = changed(OFFER.to_json(), "grants", to=REMOVED)
    assert parse_offer(_encode(none)).pre_authorized is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("credential_issuer",), REMOVED, id="no issuer"),
        pytest.param(("credential_issuer",), "http://a.example", id="an issuer by http"),
        pytest.param(("credential_issuer",), ISSUER + "?a=b", id="an issuer with a query"),
        pytest.param(IDS, REMOVED, id="nothing said to be offered"),
        pytest.param(IDS, [], id="nothing offered"),
        pytest.param(IDS, ["a", "a"], id="one thing offered twice"),
        pytest.param(IDS, "a", id="ids not in an array"),
        pytest.param(IDS, [1], id="an id that is no text"),
        pytest.param(IDS, ["a" * 257], id="a long id"),
        pytest.param(IDS, [str(n) for n in range(65)], id="too many ids"),
        pytest.param(("grants",), [], id="grants not an object"),
        pytest.param(GRANT, [], id="the grant not an object"),
        pytest.param((*GRANT, "pre-authorized_code"), REMOVED, id="no code"),
        pytest.param((*GRANT, "pre-authorized_code"), 1, id="a code that is a number"),
        pytest.param((*GRANT, "pre-authorized_code"), "c" * 513, id="a long code"),
        pytest.param((*GRANT, "tx_code"), None, id="tx_code null"),
        pytest.param((*GRANT, "tx_code"), True, id="tx_code true"),
        pytest.param((*GRANT, "tx_code", "input_mode"), "pin", id="an unknown input mode"),
        pytest.param((*GRANT, "tx_code", "length"), 0, id="length zero"),
        pytest.param((*GRANT, "tx_code", "length"), 65, id="a length that nobody types"),
        pytest.param((*GRANT, "tx_code", "length"), "6", id="a length that is a text"),
        pytest.param((*GRANT, "tx_code", "description"), "x" * 301, id="a long description"),
        pytest.param((*GRANT, "authorization_server"), "server", id="a server that is no URL"),
    ],
)
def test_refuses_an_offer_with_one_defect(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(Malformed):
        parse_offer(_encode(changed(OFFER.to_json(), *path, to=value)))


def test_refuses_an_offer_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_offer(b" " * (MAX_OFFER_BYTES + 1))


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="neither"),
        pytest.param("credential_offer=", id="a value that is empty"),
        pytest.param(
            "credential_offer_uri=https%3A%2F%2Fa.example&credential_offer=%7B%7D", id="both"
        ),
        pytest.param("credential_offer_uri=http%3A%2F%2Fa.example%2Fo", id="a reference by http"),
        pytest.param("credential_offer_uri=https%3A%2F%2Fa.example%2F%23x", id="a fragment"),
        pytest.param("credential_offer=%7B%7D", id="a value that is no offer"),
        pytest.param("credential_offer=nonsense", id="a value that is not JSON"),
    ],
)
def test_refuses_a_link_without_exactly_one_offer(query: str) -> None:
    assert parse_offer_link("openid-credential-offer://?" + VALUE) == OFFER
    assert parse_offer_link("openid-credential-offer://?" + REFERENCE)
    with pytest.raises(Malformed):
        parse_offer_link("openid-credential-offer://?" + query)


def test_refuses_a_link_for_another_message() -> None:
    reference = OfferReference(uri="https://city.example/o/1")
    with pytest.raises(Malformed):
        parse_offer_link(build_offer_link(reference, "openid4vp"))


@settings(max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_offer_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_offer(data)
