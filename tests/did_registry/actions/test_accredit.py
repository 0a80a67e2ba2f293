from datetime import timedelta

import pytest

from credentials.claims import Claims
from did_registry import store
from did_registry.actions.accredit import (
    ACCREDITED_FOR,
    REGISTERED_FOR,
    accredit_issuer,
    register_verifier,
)
from did_registry.errors import LeafRejected
from did_registry.leaf import LeafKind, parse_leaf
from schemas.errors import InvalidClaims
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry

TYPE = "SeoulResidencyCredential"


@pytest.fixture
def registry(sqlite_database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(sqlite_database)


def test_an_accreditation_holds_for_two_years(registry: SimulatedRegistry) -> None:
    agency = registry.create("GU-11620")
    assert registry.accredit(agency, TYPE) == 2
    registry.publish()
    right = registry.replay().find_accreditation(str(agency), TYPE, registry.clock())
    assert right is not None
    assert right.validity.not_before == registry.clock()
    assert right.validity.not_after == registry.clock() + ACCREDITED_FOR
    assert timedelta(days=730) == ACCREDITED_FOR


def test_a_registration_holds_for_a_year(registry: SimulatedRegistry) -> None:
    library = registry.create("VER-LIB")
    assert registry.register(library, f"{TYPE}.ageOver19") == 2
    registry.publish()
    right = registry.replay().find_registration(str(library), registry.clock())
    assert right is not None
    assert right.validity.not_after == registry.clock() + REGISTERED_FOR
    assert timedelta(days=365) == REGISTERED_FOR


def test_a_leaf_holds_the_credential_and_names_the_did(registry: SimulatedRegistry) -> None:
    agency = registry.create("GU-11620")
    registry.accredit(agency, TYPE)
    leaf = parse_leaf(registry.read(lambda session: store.leaves(session, 2, 3))[0])
    assert (leaf.kind, leaf.subject) == (LeafKind.ACCREDITATION, agency.scid)
    credential = leaf.body["credential"]
    assert isinstance(credential, dict)
    assert credential["issuer"] == str(registry.root)
    assert credential["credentialSchema"]


def test_the_same_decision_in_the_same_second_is_one_leaf(registry: SimulatedRegistry) -> None:
    agency = registry.create("GU-11620")
    first = registry.accredit(agency, TYPE)
    registry.clock.advance(microseconds=1)
    assert registry.accredit(agency, TYPE) == first
    registry.clock.advance(seconds=1)
    assert registry.accredit(agency, TYPE) == first + 1


@pytest.mark.parametrize(
    "change", [{"nameKo": 7}, {"unknown": "x"}, {"allowedTypes": "T"}], ids=str
)
def test_an_agency_is_described_as_its_type_demands(
    registry: SimulatedRegistry, change: Claims
) -> None:
    agency = registry.create("GU-11620")
    claims: Claims = {
        "issuerDid": str(agency),
        "allowedTypes": [TYPE],
        "nameKo": "관악구",
        "nameEn": "Gwanak-gu",
    }
    with pytest.raises(InvalidClaims):
        registry.write(
            lambda session: accredit_issuer(
                session,
                registry.authority,
                {**claims, **change},
                subject=agency,
                now=registry.clock(),
            )
        )
    with pytest.raises(InvalidClaims):
        registry.write(
            lambda session: register_verifier(
                session, registry.authority, claims, subject=agency, now=registry.clock()
            )
        )
    registry.publish()
    assert registry.replay().checkpoint.size == 2


def test_a_decision_about_a_did_that_is_not_in_the_log_stops_every_replica(
    registry: SimulatedRegistry,
) -> None:
    """The action does not know the log; whoever commits replays first, as the seed does."""
    elsewhere = registry.root
    moved = type(elsewhere)(
        scid=elsewhere.scid, host="elsewhere.example", port=None, path=elsewhere.path
    )
    registry.accredit(moved, TYPE)
    registry.publish()
    with pytest.raises(LeafRejected):
        registry.replay()
