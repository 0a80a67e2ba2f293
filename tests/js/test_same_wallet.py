"""Two wallets before one city: both keep the same credentials and answer the same questions.

A city of Python is the registry and the issuer; our JavaScript reads its published files, as the
web wallet does, and judges what Python's wallet judges.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.jwk import encode_jwk
from credentials.keys import KeyType, PublicKey
from did_registry.definition import is_defined_as_logged
from did_registry.scope import check_scope
from did_registry.tlog.tiles import parse_bundle
from did_registry.view import RegistryView
from issuer.agency import Agency
from issuer.catalogue import issuer_metadata
from openid4vc.dcql import parse_query
from schemas.catalogue import get, type_url
from schemas.claim_checks import verify_claims
from schemas.credential_type import permission
from tests.simulators.cards import make_card
from tests.simulators.city import URL, SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.every_change import every_change
from tests.simulators.forger import CERTIFICATE, RESIDENCY, Forger
from tests.simulators.javascript import Table, data64, moment
from tests.simulators.one_change import REMOVED
from tests.simulators.sd_jwt import ED25519_HOLDER, HOLDER, STRANGER
from wallet.acceptance import accept, find_issuer_did
from wallet.matching import select_cards

GENERIC = "VerifiableCredential"


class World:
    """One city as a stranger sees it: its log, its head, its documents, its trust anchor."""

    def __init__(self, city: SimulatedCity) -> None:
        http, self.now = city.http(), city.clock()
        self.view: RegistryView = city.city.follower.view(self.now)
        size = self.view.checkpoint.size
        full, rest = divmod(size, 256)
        bundles = [(n, 256) for n in range(full)] + ([(full, rest)] if rest else [])
        leaves = [
            leaf
            for number, width in bundles
            for leaf in parse_bundle(http.get(_bundle_path(number, width)).data, width)
        ]
        anchor = city.city.anchor
        self.given = {
            "root": str(anchor.root),
            "leaves": [data64(leaf) for leaf in leaves],
            "note": data64(http.get("/log/checkpoint").data),
            "key": str(anchor.log_key),
            "now": moment(self.now),
        }
        self.documents = {
            path: data64(http.get("/" + path).data)
            for path in self.view.schemas
            if not path.startswith("contexts/")
        }


@pytest.fixture(scope="module")
def city(seeded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCity]:
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("twin") / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


@pytest.fixture(scope="module")
def world(city: SimulatedCity) -> World:
    return World(city)


def test_the_view_of_a_whole_city(world: World) -> None:
    table = Table()
    dids = [(did, world.now) for did in world.view.accreditations]
    dids += [(did, world.now) for did in world.view.registrations]

    def mine() -> Any:
        view = world.view
        registrations = {did: view.find_registration(did, now) for did, now in dids}
        return {
            "size": view.checkpoint.size,
            "issuers": {
                did: [sorted(held.types) for held in view.accreditations_at(did, now)]
                for did, now in dids
            },
            "verifiers": {
                did: found and sorted(found.attributes) for did, found in registrations.items()
            },
            "keys": [],
            "schemas": sorted([path, data64(digest)] for path, digest in view.schemas.items()),
        }

    given = {**world.given, "dids": [(did, moment(now)) for did, now in dids], "keys": []}
    table.add("replica", "all", given, mine)
    assert table.compare() == {"found": 1, "refused": 0}
    assert len(dids) > 3


def test_who_issues_at_an_address(world: World) -> None:
    table = Table()
    addresses = [f"{URL}/issuers/{code}" for code in ("GU-11620", "SEL-HR", "GU-1162", "gu-11620")]
    for address in [*addresses, addresses[0] + "/", "", URL]:
        given = {"world": world.given, "credentialIssuer": address, "now": moment(world.now)}
        table.add(
            "issuer-did", address, given,
            lambda a: find_issuer_did(world.view, a, world.now), address,
        )  # fmt: skip
    assert table.compare() == {"found": 2, "refused": 5}


def test_what_a_wallet_keeps(city: SimulatedCity, world: World) -> None:
    table = Table()
    forger, other = Forger(city), Forger(city, "SEL-HR", "P12", CERTIFICATE)
    credential = forger.issue()
    _add_accept(table, world, forger, "right", credential)
    _add_accept(table, world, other, "a certificate", other.issue())
    _add_accept(table, world, forger, "of another agency", other.issue())
    _add_accept(table, world, forger, "too late", credential, seconds=86400 * 400)
    _add_accept(table, world, forger, "too early", credential, seconds=-61)
    _add_accept(table, world, forger, "for another key", credential, holder=STRANGER.public_key)
    _add_accept(
        table, world, forger, "another kind of key", credential, holder=ED25519_HOLDER.public_key
    )
    _add_accept(
        table, world, forger, "a presentation", forger.present(credential, "residentOfSeoul")
    )
    _add_accept(
        table, world, forger, "signed by a stranger", forger.rewritten(credential, signer=STRANGER)
    )
    _add_accept(table, world, forger, "Ed25519", _by_the_other_key(forger, credential))
    _add_accept(table, world, forger, "altered", credential.replace(".", ".e", 1))
    for name, payload in CHANGED_PAYLOADS.items():
        _add_accept(table, world, forger, name, forger.rewritten(credential, payload))
    for name, header in CHANGED_HEADERS.items():
        changed = forger.rewritten(
            credential, header={"kid": header.format(did=forger.did, other=other.did)}
        )
        _add_accept(table, world, forger, name, changed)
    for name, claims in itertools.islice(every_change(forger.content().claims), 0, None, 9):
        try:
            issued = forger.issue(claims=claims)
        except Exception:  # noqa: BLE001 - what can't be issued is no case
            continue
        _add_accept(table, world, forger, f"claims {name}", issued)
    judged = table.compare()
    assert min(judged.values()) >= 3, judged


def test_which_claims_fit_their_type(world: World, city: SimulatedCity) -> None:
    table = Table()
    people = {RESIDENCY: "P01", CERTIFICATE: "P12", "YouthAllowanceEligibilityCredential": "P01"}
    for type_name, person in people.items():
        agency = "SEL-HR" if type_name == CERTIFICATE else "GU-11620"
        try:
            claims = Forger(city, agency, person, type_name).content().claims
        except AssertionError:
            continue
        for name, changed in every_change(claims):
            _add_claims(table, world, type_name, name, changed)
    judged = table.compare()
    assert min(judged.values()) >= 20, judged


def test_which_questions_are_in_scope(world: World, city: SimulatedCity) -> None:
    table = Table()
    for verifier, registration in [
        (did, world.view.find_registration(did, world.now)) for did in world.view.registrations
    ]:
        assert registration is not None
        by_type: dict[str, list[str]] = {}
        for attribute in sorted(registration.attributes):
            name, _, path = attribute.partition(".")
            by_type.setdefault(name, []).append(path)
        for name, paths in by_type.items():
            for asked in (
                [paths[0]],
                paths,
                [*paths, "residentId"],
                [],
                [f"{paths[0]}.x"],
                ["nameKo"],
            ):
                for is_sd_jwt in (True, False):
                    query = _question(name, asked, is_sd_jwt=is_sd_jwt)
                    given = {
                        "world": world.given, "registryUrl": URL, "query": query,
                        "verifier": verifier, "now": moment(world.now),
                    }  # fmt: skip
                    table.add(
                        "scope", f"{verifier[-8:]} {query}", given,
                        lambda q, r: check_scope(parse_query(q), r, URL), query, registration,
                    )  # fmt: skip
    judged = table.compare()
    assert min(judged.values()) >= 3, judged


def test_which_cards_are_shown(city: SimulatedCity) -> None:
    table = Table()
    forger = Forger(city)
    now, vct = city.clock(), type_url(get(RESIDENCY), URL)
    plain = forger.issue()
    expired = forger.rewritten(plain, {"exp": int(now.timestamp()) - 100})
    early = forger.rewritten(plain, {"nbf": int(now.timestamp()) + 100})
    unbound = forger.rewritten(plain, {"cnf": REMOVED})
    hands = [
        [],
        [plain],
        [expired],
        [early],
        [unbound],
        [plain, plain],
        [plain, expired],
        [expired, early],
    ]
    queries = [
        {"credentials": [_item("one", vct, ["residentOfSeoul"])]},
        {"credentials": [_item("one", vct, ["residentOfSeoul"]), _item("two", vct, ["nothing"])]},
        {"credentials": [_item("one", "other", ["residentOfSeoul"])]},
        {
            "credentials": [_item("one", vct, ["nothing"]), _item("two", vct, ["residentOfSeoul"])],
            "credential_sets": [{"options": [["one"], ["two"]]}],
        },
        {
            "credentials": [_item("one", vct, ["residentOfSeoul"]), _item("two", vct, ["nothing"])],
            "credential_sets": [{"options": [["one"]]}, {"options": [["two"]], "required": False}],
        },
    ]
    for hand, query in itertools.product(hands, queries):
        cards = [make_card(forger, one, number=at) for at, one in enumerate(hand, start=1)]
        key = encode_jwk(forger.signer().public_key)
        given = {"query": query, "credentials": hand, "key": key, "now": moment(now)}
        table.add(
            "cards", f"{len(hand)} cards, {query}", given,
            lambda c, q: [
                [one.query_id, one.card.held.number, one.disclose]
                for one in select_cards(parse_query(q), c, URL, now)
            ], cards, query,
        )  # fmt: skip
    judged = table.compare()
    assert min(judged.values()) >= 5, judged


CHANGED_PAYLOADS: dict[str, dict[str, Any]] = {
    "no status": {"status": REMOVED},
    "no holder": {"cnf": REMOVED},
    "no integrity": {"vct#integrity": REMOVED},
    "another definition": {"vct#integrity": "sha256-" + "A" * 43 + "="},
    "another type": {"vct": f"{URL}/types/{CERTIFICATE}/v1", "vct#integrity": REMOVED},
    "an unknown type": {"vct": f"{URL}/types/Diploma/v1", "vct#integrity": REMOVED},
    "expired": {"exp": 1},
    "not yet": {"nbf": 4102444800},
    "issued in the future": {"iat": 4102444800},
    "issued before the agency was": {"iat": 1},
    "a claim that the type does not have": {"shoeSize": 270},
    "an id": {"id": "did:example:x"},
    "another issuer": {"iss": "did:web:a"},
}  # fmt: skip
CHANGED_HEADERS = {
    "an unlisted key": "{did}#es256-2",
    "the key of another agency": "{other}#es256-1",
    "a DID that is not logged": "did:web:a#es256-1",
}


def _add_accept(
    table: Table, world: World, forger: Forger, name: str, credential: str, *,
    holder: PublicKey = HOLDER.public_key, seconds: int = 0,
) -> None:  # fmt: skip
    agency = Agency(code=forger.agency, did=forger.did, public_url=URL)
    held = {f"{forger.type.name}/{one.code}" for one in forger.type.subtypes} or {forger.type.name}
    metadata = issuer_metadata(agency, held, display=(), registry_url=URL)
    offered = metadata.get_configuration(f"{forger.type.name}.dc+sd-jwt")
    now = world.now.fromtimestamp(world.now.timestamp() + seconds, world.now.tzinfo)

    def mine() -> Any:
        found = accept(
            credential, issuer_did=forger.did, offered=offered, holder=holder,
            view=world.view, registry_url=URL, now=now,
        )  # fmt: skip
        return {
            "claims": found.verified.claims,
            "type": found.type.name,
            "issuer": found.issuer.did,
        }

    given = {
        "world": world.given, "registryUrl": URL, "documents": world.documents,
        "credential": credential, "offered": {"format": offered.format.value, "vct": offered.vct},
        "issuerDid": forger.did, "holder": encode_jwk(holder), "now": moment(now),
    }  # fmt: skip
    table.add("accept", name, given, mine)


def _add_claims(table: Table, world: World, type_name: str, name: str, claims: Any) -> None:
    found = get(type_name)

    def mine() -> Any:
        assert is_defined_as_logged(found, {}, world.view, URL)
        verify_claims(found, claims)
        return permission(found, claims)

    given = {
        "world": world.given, "registryUrl": URL, "documents": world.documents,
        "typeUrl": type_url(found, URL), "claims": claims,
    }  # fmt: skip
    table.add("type-claims", f"{type_name} {name}", given, mine)


def _question(type_name: str, paths: list[str], *, is_sd_jwt: bool) -> Any:
    vct = type_url(get(type_name), URL)
    prefix = [] if is_sd_jwt else ["credentialSubject"]
    item: Any = {
        "id": "asked",
        "format": "dc+sd-jwt" if is_sd_jwt else "ldp_vc",
        "meta": {"vct_values": [vct]} if is_sd_jwt else {"type_values": [[GENERIC, vct]]},
        "claims": [{"path": [*prefix, *path.split(".")]} for path in paths],
    }  # fmt: skip
    if not paths:
        del item["claims"]
    return {"credentials": [item]}


def _item(query_id: str, vct: str, claims: list[str]) -> Any:
    return {
        "id": query_id,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [vct]},
        "claims": [{"path": [claim]} for claim in claims],
    }


def _by_the_other_key(forger: Forger, credential: str) -> str:
    signer = forger.signer(KeyType.ED25519)
    return forger.rewritten(
        credential, header={"kid": forger.key_id(KeyType.ED25519)}, signer=signer
    )


def _bundle_path(number: int, width: int) -> str:
    return f"/log/tile/entries/{number:03d}" + ("" if width == 256 else f".p/{width}")
