"""The wallet and those whose DIDs stand elsewhere: verifiers that ask, issuers of its cards."""

import os
from dataclasses import replace
from typing import Literal

import pytest

from credentials.claims import Claims
from credentials.errors import SignatureInvalid
from credentials.jws import sign_claims
from credentials.keys import KeyType
from did_registry.actions.connect import Connection
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.document import Purpose
from did_registry.errors import DidUnavailable, OverAsking
from openid4vc.authorization_request import client_id_of_did
from openid4vc.offer import CredentialOffer, PreAuthorizedGrant, build_offer_link
from openid4vc.request_uri import RequestLink, RequestUriMethod, build_request_link
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import RESIDENCY, Forger, signed_as
from tests.simulators.judge import ASKED
from tests.simulators.root_line import Root
from tests.simulators.sd_jwt import STRANGER
from wallet.actions.open_cards import open_card, open_cards
from wallet.actions.present import Prepared, prepare
from wallet.actions.receive import receive
from wallet.errors import IssuerNotTrusted, VerifierNotTrusted
from wallet.held_credential import HeldCredential

METHODS: list[Literal["web", "webvh"]] = ["web", "webvh"]
NAMES = ("--name-ko", "부산도서관", "--name-en", "Busan Library")
ASKING = (
    *("--attributes", f"{RESIDENCY}.{ASKED}", "--purpose-ko", "회원 확인"),
    *("--purpose-en", "To check members", "--legal-basis", "조례", "--retention-days", "1"),
)
REQUEST_URI = f"{URL}/abroad/request"


class Scene:
    """P01 with a card of GU-11620, a server in between, and somebody of another city."""

    def __init__(self, city: SimulatedCity, method: Literal["web", "webvh"], **of_did: str) -> None:
        self.city, self.host, self.server = city, DidHost(), DishonestServer(city)
        self.forger = Forger(city)
        self.abroad = Abroad(
            self.host,
            city.clock,
            method,
            purposes=(Purpose.AUTHENTICATION, Purpose.ASSERTION),
            **of_did,
        )
        self.connection: Connection = replace(
            self.server.connection(), elsewhere=ForeignDids(self.host)
        )

    def admit(self, *rights: str) -> None:
        Root(self.city).do("admit", "--did", self.abroad.did, *NAMES, *rights)

    def held(self, credential: str, number: int = 1) -> HeldCredential:
        return HeldCredential(
            number=number,
            serialized=credential,
            key_type=KeyType.P256,
            key_secret=bytes([2]) * 32,
            received_at=self.city.clock(),
        )

    def foreign_card(self) -> str:
        abroad = self.abroad
        return signed_as(self.forger, abroad.did, abroad.key_id.partition("#")[2], abroad.signer)

    def prepare(self, *claims: str, forged: bool = False) -> Prepared:
        """What the wallet makes of a request of theirs for these claims."""
        now, client_id = self.city.clock(), client_id_of_did(self.abroad.did)
        request: Claims = {
            "iss": client_id,
            "aud": "https://self-issued.me/v2",
            "client_id": client_id,
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "response_uri": f"{URL}/abroad/response",
            "nonce": "n" * 32,
            "state": "s" * 32,
            "dcql_query": self.city.query(RESIDENCY, *claims).to_json(),
            "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}},
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + 300,
        }
        header = {"typ": "oauth-authz-req+jwt", "kid": self.abroad.key_id}
        signed = sign_claims(header, request, STRANGER if forged else self.abroad.signer)
        media_type = "application/oauth-authz-req+jwt"
        self.server.answer("/abroad/request", 200, signed.encode(), media_type)
        link = build_request_link(
            RequestLink(client_id=client_id, request_uri=REQUEST_URI, method=RequestUriMethod.GET),
            "openid4vp",
        )
        held = [self.held(self.forger.issue())]
        cards = open_cards(held, self.connection, now)
        return prepare(link, cards, self.connection, entropy=os.urandom, now=now)


@pytest.fixture(params=METHODS)
def scene(request: pytest.FixtureRequest, city: SimulatedCity) -> Scene:
    return Scene(city, request.param)


def test_an_admitted_verifier_may_ask_what_it_was_admitted_for(scene: Scene) -> None:
    with pytest.raises(VerifierNotTrusted):
        scene.prepare(ASKED)
    assert scene.host.asked == []
    scene.admit(*ASKING)
    prepared = scene.prepare(ASKED)
    assert prepared.registration.name_en == "Busan Library"
    assert prepared.selections[0].disclose == ((ASKED,),)
    with pytest.raises(OverAsking):
        scene.prepare(ASKED, "birthDate")
    with pytest.raises(SignatureInvalid):
        scene.prepare(ASKED, forged=True)


def test_a_verifier_whose_host_is_away_is_neither_trusted_nor_refused(scene: Scene) -> None:
    scene.admit(*ASKING)
    scene.host.served[scene.abroad.url] = 503
    with pytest.raises(DidUnavailable):
        scene.prepare(ASKED)


def test_a_verifier_that_lists_its_key_for_something_else_is_refused(scene: Scene) -> None:
    scene.admit(*ASKING)
    if scene.abroad.did.startswith("did:web:"):
        document = scene.host.served[scene.abroad.url]
        assert isinstance(document, bytes)
        changed = document.replace(b'"authentication"', b'"keyAgreement"')
        scene.host.served[scene.abroad.url] = changed
    else:
        scene.abroad.show({"key-9": STRANGER.public_key})
    with pytest.raises(VerifierNotTrusted):
        scene.prepare(ASKED)


def test_an_issuer_that_may_not_ask_is_no_verifier(scene: Scene) -> None:
    scene.admit("--types", RESIDENCY)
    with pytest.raises(VerifierNotTrusted, match="not registered"):
        scene.prepare(ASKED)


def test_a_card_that_can_not_be_read_now_hides_no_other(scene: Scene) -> None:
    scene.admit("--types", RESIDENCY)
    now = scene.city.clock()
    kept = [scene.held(scene.foreign_card()), scene.held(scene.forger.issue(), 2)]
    both = open_cards(kept, scene.connection, now)
    assert [card.verified.issuer for card in both] == [scene.abroad.did, scene.forger.did]
    scene.city.clock.advance(minutes=6)
    scene.host.served[scene.abroad.url] = 503
    (one,) = open_cards(kept, scene.connection, scene.city.clock())
    assert one.held is kept[1]
    with pytest.raises(DidUnavailable):
        open_card(kept[0], scene.connection, scene.city.clock())


def _receive(scene: Scene) -> None:
    """An offer of Busan's issuer, which our own server would serve if there were one."""
    offer = CredentialOffer(
        credential_issuer=f"{URL}/issuers/BUSAN",
        configuration_ids=(f"{RESIDENCY}.dc+sd-jwt",),
        pre_authorized=PreAuthorizedGrant(code="c" * 32, tx_code=None, authorization_server=None),
    )
    receive(
        build_offer_link(offer, "openid-credential-offer"),
        scene.connection,
        ask_tx_code=lambda _: "",
        entropy=os.urandom,
        now=scene.city.clock(),
    )


def test_an_offer_makes_the_wallet_ask_the_did_at_its_own_origin(city: SimulatedCity) -> None:
    issuer = f"{URL}/issuers/BUSAN"
    scene = Scene(city, "web", domain="gwanin.example", issuer=issuer)
    with pytest.raises(IssuerNotTrusted):
        _receive(scene)
    assert (scene.host.asked, scene.server.asked) == ([], [])
    scene.admit("--types", RESIDENCY)
    with pytest.raises(Exception, match="404") as refusal:
        _receive(scene)
    assert not isinstance(refusal.value, IssuerNotTrusted)
    assert scene.host.asked == [scene.abroad.url]
    assert scene.server.asked == [("GET", "/.well-known/openid-credential-issuer/issuers/BUSAN")]
    scene.city.clock.advance(minutes=6)
    scene.host.served[scene.abroad.url] = 503
    with pytest.raises(DidUnavailable):
        _receive(scene)


def test_an_offer_makes_the_wallet_ask_nobody_else(city: SimulatedCity) -> None:
    scene = Scene(city, "web", issuer=f"{URL}/issuers/BUSAN")  # at busan.example
    scene.admit("--types", RESIDENCY)
    with pytest.raises(IssuerNotTrusted):
        _receive(scene)
    assert (scene.host.asked, scene.server.asked) == ([], [])
