"""The wallet before a verifier: whom it answers, what it would show, and what it sends."""

import json
import os
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

import pytest

from credentials.errors import (
    Error,
    Expired,
    KeyMismatch,
    Malformed,
    NotYetValid,
    SignatureInvalid,
    Unsupported,
)
from credentials.jws import peek_claims, sign_claims
from credentials.keys import Signer
from did_registry.document import Purpose
from did_registry.errors import OverAsking
from openid4vc.authorization_request import client_id_of_did
from openid4vc.request_uri import RequestLink, RequestUriMethod, build_request_link
from tests.simulators.city import SimulatedCity
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import RESIDENCY, Forger
from tests.simulators.judge import ASKED
from tests.simulators.one_change import REMOVED
from tests.simulators.root import SimulatedRoot
from tests.simulators.sd_jwt import STRANGER
from verifier import store
from verifier.actions.create_request import MadeRequest
from wallet.actions.open_cards import open_cards
from wallet.actions.present import MAX_REQUEST_BYTES, Prepared, decline, prepare, send
from wallet.errors import CounterpartRefused, NothingToShow, VerifierNotTrusted

REQUEST_TYPE = "application/oauth-authz-req+jwt"


class Library:
    """P01 before VER-LIB's desk, and a server between the two."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self.server = DishonestServer(city)
        self.connection = self.server.connection()
        self.made: MadeRequest = city.ask("VER-LIB", city.query(RESIDENCY, ASKED))
        offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
        wallet = city.wallet()
        wallet.receive(offer.link, offer.tx_code)
        self.held = wallet.content.held
        self.secret = self.held[0].key_secret

    def prepare(self, link: str | None = None) -> Prepared:
        now = self.city.clock()
        cards = open_cards(self.held, self.connection, now)
        used = link or self.made.link
        return prepare(used, cards, self.connection, entropy=os.urandom, now=now)

    def send(self, prepared: Prepared) -> str | None:
        return send(prepared, self.connection, now=self.city.clock())

    def result(self) -> Any:
        return self.city.result(self.made.result_id)

    @cached_property
    def request(self) -> dict[str, Any]:
        """What the signed request says."""
        signed = self.city.http().get(self.made.request_uri).get_data(as_text=True)
        return dict(peek_claims(signed).members)

    def link(self, **changes: Any) -> str:
        fields: dict[str, Any] = {
            "client_id": self.made.client_id,
            "request_uri": self.made.request_uri,
            "method": RequestUriMethod.GET,
            **changes,
        }
        return build_request_link(RequestLink(**fields), "openid4vp")

    def serve(self, signer: Signer | None = None, *, header: Any = None, **changes: Any) -> None:
        """Let the verifier serve its request with members replaced or REMOVED, signed by it."""
        claims = {**self.request, **changes}
        kept = {name: value for name, value in claims.items() if value is not REMOVED}
        did = self.made.client_id.removeprefix("decentralized_identifier:")
        signed = sign_claims(
            {"typ": "oauth-authz-req+jwt", "kid": f"{did}#request-1", **(header or {})},
            kept,
            signer or self.city.city.verifier.signer("VER-LIB"),
        )
        end = self.made.request_uri.rpartition("/")[2]
        self.server.answer(end, 200, signed.encode(), REQUEST_TYPE)

    def posted(self) -> list[bytes]:
        """What was posted to the verifier's response_uri."""
        return [body for path, body in self.server.bodies if "/responses/" in path]


@pytest.fixture
def library(city: SimulatedCity) -> Library:
    return Library(city)


@pytest.fixture(scope="module")
def served(still_city: SimulatedCity) -> Library:
    """For tests that change nothing but what the verifier serves, each for itself."""
    return Library(still_city)


# ---- prepare ----


def test_finds_who_asks_for_what_in_the_registry(library: Library) -> None:
    prepared = library.prepare()
    assert prepared.registration.name_ko == "견본구립도서관"
    assert prepared.registration.purpose_en == "To check the membership of a borrower"
    (selection,) = prepared.selections
    assert selection.disclose == ((ASKED,),)
    assert library.posted() == []


def test_what_is_served_again_by_the_verifier_is_taken(served: Library) -> None:
    served.serve()
    assert served.prepare().request.client_id == served.made.client_id


REQUESTS: dict[str, tuple[dict[str, Any], type[Error]]] = {
    "another-key": ({"signer": STRANGER}, SignatureInvalid),
    "another-typ": ({"header": {"typ": "JWT"}}, Malformed),
    "another-client": ({"client_id": "decentralized_identifier:did:web:x.example"}, KeyMismatch),
    "another-audience": ({"aud": "https://gwanin.example/wallet"}, Malformed),
    "expired": ({"exp": 1}, Expired),
    "not-yet": ({"nbf": 4102444800}, NotYetValid),
    "from-the-future": ({"iat": 4102444800}, NotYetValid),
    "another-response-mode": ({"response_mode": "direct_post.jwt"}, Unsupported),
    "in-the-fragment": ({"response_mode": "fragment"}, Unsupported),
    "another-response-type": ({"response_type": "code"}, Unsupported),
    "transaction-data": ({"transaction_data": ["eyJ"]}, Unsupported),
    "a-redirect": ({"redirect_uri": "https://evil.example/"}, Malformed),
    "a-second-request": ({"request_uri": "https://evil.example/"}, Malformed),
    "plain-http": ({"response_uri": "http://library.example/"}, Malformed),
    "no-response-uri": ({"response_uri": REMOVED}, Malformed),
    "no-nonce": ({"nonce": REMOVED}, Malformed),
    "no-question": ({"dcql_query": REMOVED}, Malformed),
    "no-formats": ({"client_metadata": {}}, Malformed),
}


@pytest.mark.parametrize(("changes", "refusal"), REQUESTS.values(), ids=REQUESTS)
def test_refuses_a_request_that_is_not_in_order(
    served: Library, changes: dict[str, Any], refusal: type[Error]
) -> None:
    served.serve(**changes)
    with pytest.raises(refusal):
        served.prepare()
    assert served.posted() == []


@pytest.mark.parametrize("fragment", ["request-2", "es256-1", ""])
def test_refuses_a_key_that_the_verifier_does_not_list(served: Library, fragment: str) -> None:
    did = served.made.client_id.removeprefix("decentralized_identifier:")
    served.serve(header={"kid": f"{did}#{fragment}"})
    with pytest.raises((VerifierNotTrusted, KeyMismatch)):
        served.prepare()


def test_refuses_a_key_that_the_verifier_has_retired(library: Library) -> None:
    SimulatedRoot(library.city).retire("VER-LIB", "request-1")
    with pytest.raises(VerifierNotTrusted):
        library.prepare()


def test_refuses_a_link_to_another_verifiers_request(library: Library) -> None:
    """The link is nobody's word; what counts is who has signed the request."""
    root = SimulatedRoot(library.city)
    other = str(next(iter({root.history("VER-EMP").did})))
    with pytest.raises(KeyMismatch):
        library.prepare(library.link(client_id=client_id_of_did(other)))


@pytest.mark.parametrize(
    ("client_id", "refusal"),
    [
        ("x509_san_dns:library.example", Unsupported),
        ("https://library.example", Unsupported),
        ("decentralized_identifier:", Malformed),
    ],
)
def test_refuses_a_verifier_that_is_not_named_by_a_did(
    served: Library, client_id: str, refusal: type[Error]
) -> None:
    with pytest.raises(refusal):
        served.prepare(served.link(client_id=client_id))


def _strangers_request(library: Library, did: str) -> str:
    """A request in perfect order, from somebody whose DID is in the registry."""
    client_id = client_id_of_did(did)
    library.serve(
        STRANGER,
        header={"kid": f"{did}#request-1"},
        client_id=client_id,
        iss=client_id,
    )
    return library.link(client_id=client_id)


def test_refuses_a_verifier_that_is_in_the_registry_but_not_registered(library: Library) -> None:
    keys = {"request-1": STRANGER.public_key}
    did = SimulatedRoot(library.city).create_agency("VER-X", keys, Purpose.AUTHENTICATION)
    with pytest.raises(VerifierNotTrusted, match="not registered"):
        library.prepare(_strangers_request(library, str(did)))


def test_refuses_a_verifier_that_nobody_knows(library: Library) -> None:
    forger = Forger(library.city)
    nobody = forger.did.replace(forger.did.split(":")[2], "Qm" + "1" * 44)
    with pytest.raises(VerifierNotTrusted, match="does not know the key"):
        library.prepare(_strangers_request(library, nobody))


def test_refuses_a_verifier_whose_registration_is_over(library: Library) -> None:
    library.serve(exp=REMOVED)
    library.city.clock.advance(days=366)
    with pytest.raises(VerifierNotTrusted, match="not registered"):
        library.prepare()


def test_refuses_what_goes_beyond_the_registration_although_the_desk_let_it_through(
    library: Library,
) -> None:
    """A verifier writes its own software; what it may ask is decided in the wallet."""
    with library.city.city.database.writing() as session:
        row = store.find_request(session, library.made.result_id)
        assert row is not None
        row.query = library.city.query(RESIDENCY, ASKED, "birthDate").to_json()
    with pytest.raises(OverAsking, match="birthDate"):
        library.prepare()
    assert library.posted() == []


def test_a_registration_that_was_narrowed_counts_at_once(library: Library) -> None:
    SimulatedRoot(library.city).register("VER-LIB", f"{RESIDENCY}.ageOver19")
    with pytest.raises(OverAsking):
        library.prepare()


def test_says_that_it_has_nothing_to_show_and_sends_nothing(library: Library) -> None:
    library.held = ()
    with pytest.raises(NothingToShow):
        library.prepare()
    assert library.posted() == []


def test_refuses_a_link_that_is_no_request(library: Library) -> None:
    for link in ("nonsense", "openid4vp://?client_id=x", library.made.link.replace("http", "ftp")):
        with pytest.raises(Malformed):
            library.prepare(link)
    assert library.server.asked == []


# ---- how the request is fetched ----


def test_sends_a_nonce_where_the_link_wants_a_post_and_wants_it_back(library: Library) -> None:
    prepared = library.prepare(library.link(method=RequestUriMethod.POST))
    (sent,) = (body for path, body in library.server.bodies if "/requests/" in path)
    (nonce,) = parse_qs(sent.decode())["wallet_nonce"]
    assert prepared.request.wallet_nonce == nonce
    assert len(nonce) == 32


@pytest.mark.parametrize("nonce", [REMOVED, "another"])
def test_refuses_a_request_that_was_signed_for_another_wallet(
    served: Library, nonce: object
) -> None:
    served.serve(wallet_nonce=nonce)
    with pytest.raises(Malformed):
        served.prepare(served.link(method=RequestUriMethod.POST))


@pytest.mark.parametrize("status", [204, 400, 404, 500])
def test_refuses_an_answer_that_is_no_request(served: Library, status: int) -> None:
    end = served.made.request_uri.rpartition("/")[2]
    served.server.answer(end, status, b"", REQUEST_TYPE)
    with pytest.raises(CounterpartRefused, match=str(status)):
        served.prepare()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"eyJ.eyJ.AA", "text/html"),
        (b"a" * (MAX_REQUEST_BYTES + 1), REQUEST_TYPE),
        (b"\xff.\xff.\xff", REQUEST_TYPE),
        (b"", REQUEST_TYPE),
        (b"nonsense", REQUEST_TYPE),
    ],
    ids=["another-type", "too-long", "not-ascii", "empty", "nonsense"],
)
def test_refuses_a_request_object_that_is_none(
    served: Library, body: bytes, content_type: str
) -> None:
    served.server.answer(served.made.request_uri.rpartition("/")[2], 200, body, content_type)
    with pytest.raises(Error):
        served.prepare()


# ---- what is sent ----


def test_sends_what_was_agreed_to_and_no_more(library: Library) -> None:
    assert library.send(library.prepare()) is None
    (body,) = library.posted()
    form = parse_qs(body.decode())
    assert set(form) == {"vp_token", "state"}
    (shown,) = json.loads(form["vp_token"][0])["asked"]
    disclosures = shown.split("~")[1:-1]
    assert len(disclosures) == 1
    assert library.secret.hex() not in body.decode()
    result = library.result()
    assert (result["code"], result["claims"]) == ("OK", {ASKED: True})


def test_what_is_sent_is_signed_when_it_is_sent(library: Library) -> None:
    """A person may think for longer than a signature is good for."""
    prepared = library.prepare()
    library.city.clock.advance(minutes=9)
    library.send(prepared)
    assert library.result()["code"] == "OK"


def test_tells_where_the_verifier_sends_the_person_next(library: Library) -> None:
    prepared = library.prepare()
    end = prepared.request.response_uri.rpartition("/")[2]
    library.server.answer(end, 200, {"redirect_uri": "https://library.example/done#x"})
    assert library.send(prepared) == "https://library.example/done#x"


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://library.example/", 7])
def test_refuses_to_be_sent_just_anywhere(library: Library, uri: Any) -> None:
    prepared = library.prepare()
    end = prepared.request.response_uri.rpartition("/")[2]
    library.server.answer(end, 200, {"redirect_uri": uri})
    with pytest.raises(Error):
        library.send(prepared)


def test_notices_that_the_answer_came_too_late(library: Library) -> None:
    prepared = library.prepare()
    library.city.clock.advance(minutes=10)
    with pytest.raises(CounterpartRefused, match="400: invalid_request"):
        library.send(prepared)
    assert library.result()["state"] == "expired"


def test_declining_says_so_and_nothing_else(library: Library) -> None:
    prepared = library.prepare()
    decline(prepared, library.connection)
    (body,) = library.posted()
    assert parse_qs(body.decode()) == {
        "error": ["access_denied"],
        "state": [prepared.request.state],
    }
    assert library.result()["error"] == "access_denied"
    assert prepared.request.expires_at == library.made.expires_at
    assert library.made.expires_at - library.city.clock() == timedelta(minutes=10)
