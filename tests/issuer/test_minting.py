"""Minting: the credential that approved claims amount to today, in each envelope alike."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from credentials.claims import Claims
from credentials.errors import Expired, KeyMismatch
from credentials.jws import peek_claims
from credentials.keys import Ed25519Signer, KeyType, P256Signer, PublicKey, Signer
from credentials.model import Serialized, Verified
from credentials.securing import mechanism_of, mechanisms
from credentials.securing.mechanism import Entropy, Mechanism
from credentials.validity import Validity
from issuer.agency import Agency
from issuer.minting import Place, mint
from schemas.catalogue import get, type_url
from schemas.published_documents import integrity
from tests.simulators.issuing_office import CERTIFICATE, RESIDENCY, URL, persona

NOON = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 13, 15, 0, tzinfo=UTC)  # the end of that day in Seoul
AGENCY = Agency(code="GU-11440", did="did:webvh:Qm:gwanin.example:dids:GU-11440", public_url=URL)
SIGNERS: dict[str, Signer] = {
    "sd-jwt-vc": P256Signer(bytes([1]) * 32),
    "eddsa-jcs-2022": Ed25519Signer(bytes([2]) * 32),
}
HOLDERS: dict[str, PublicKey] = {
    "sd-jwt-vc": P256Signer(bytes([3]) * 32).public_key,
    "eddsa-jcs-2022": Ed25519Signer(bytes([4]) * 32).public_key,
}
PLACE = Place(uri=AGENCY.status_uri(), index=42)
every_envelope = pytest.mark.parametrize("mechanism", mechanisms().values(), ids=mechanisms())


def counting() -> Entropy:
    """Randomness that is the same each time it is begun, and does not repeat until then."""
    numbers = itertools.count()
    return lambda size: hashlib.shake_256(str(next(numbers)).encode()).digest(size)


def minted(
    claims: Claims,
    mechanism: Mechanism,
    *,
    now: datetime = NOON,
    type_name: str = RESIDENCY,
    place: Place | None = PLACE,
    signer: Signer | None = None,
) -> Serialized:
    return mint(
        get(type_name),
        claims,
        agency=AGENCY,
        registry_url=URL,
        holder=HOLDERS[mechanism.name],
        place=place,
        mechanism=mechanism,
        signer=signer or SIGNERS[mechanism.name],
        entropy=counting(),
        now=now,
    )


def verified(serialized: Serialized) -> Verified:
    mechanism = mechanism_of(serialized)
    return mechanism.verify(mechanism.parse(serialized), SIGNERS[mechanism.name].public_key)


def predicates(person: str, mechanism: Mechanism, now: datetime = NOON) -> set[str]:
    claims = verified(minted(persona(person), mechanism, now=now)).claims
    return {name for name, value in claims.items() if value is True}


@every_envelope
def test_the_same_arguments_give_the_same_content(mechanism: Mechanism) -> None:
    first, second = (minted(persona("P01"), mechanism) for _ in range(2))
    assert signed_part(first) == signed_part(second)
    assert verified(first) == verified(second)


def signed_part(serialized: Serialized) -> object:
    """All but the signature: ECDSA draws a number for each."""
    if isinstance(serialized, dict):
        return serialized
    jwt, *disclosures = serialized.split("~")
    return jwt.rpartition(".")[0], disclosures


@every_envelope
def test_states_what_it_was_told(mechanism: Mechanism) -> None:
    found = verified(minted(persona("P01"), mechanism))
    assert found.issuer == AGENCY.did
    assert found.key_id == AGENCY.key_id(SIGNERS[mechanism.name].public_key.type)
    assert found.holder == HOLDERS[mechanism.name]
    assert found.issued_at == NOON
    assert {status.index for status in found.status} == {PLACE.index}
    assert all(status.uri.startswith(PLACE.uri) for status in found.status)
    assert persona("P01").items() <= found.claims.items()


@every_envelope
def test_names_its_type_and_the_digests_of_its_documents(mechanism: Mechanism) -> None:
    found = verified(minted(persona("P01"), mechanism))
    if found.type_url is not None:
        assert found.type_url == type_url(get(RESIDENCY), URL)
    else:
        assert RESIDENCY in found.type_names
    assert found.integrity
    assert found.integrity.items() <= integrity(get(RESIDENCY), URL).items()


@every_envelope
def test_a_credential_without_a_place_has_no_status(mechanism: Mechanism) -> None:
    assert verified(minted(persona("P01"), mechanism, place=None)).status == ()


@pytest.mark.parametrize(
    ("person", "type_name"),
    [
        *((person, RESIDENCY) for person in ("P01", "P02", "P04", "P27", "P29", "P40", "P41")),
        *((person, CERTIFICATE) for person in ("P01", "P12", "P29")),
    ],
)
def test_every_envelope_carries_the_same_claims(person: str, type_name: str) -> None:
    claims = persona(person, type_name)
    found = [
        verified(minted(claims, mechanism, type_name=type_name))
        for mechanism in mechanisms().values()
    ]
    assert all(it.claims == found[0].claims and it.claims for it in found)
    assert len({it.validity for it in found}) == 1


@every_envelope
def test_predicates_are_those_of_the_day(mechanism: Mechanism) -> None:
    assert predicates("P02", mechanism) >= {"ageOver14", "ageOver18", "ageOver19", "ageUnder35"}
    assert "ageOver19" not in predicates("P03", mechanism)  # nineteen tomorrow
    assert "ageOver19" in predicates("P03", mechanism, MIDNIGHT)
    assert "ageUnder35" in predicates("P04", mechanism)  # the last day of thirty-four
    assert "ageUnder35" not in predicates("P04", mechanism, MIDNIGHT)


@every_envelope
@pytest.mark.parametrize("person", ["P03", "P04"])
def test_a_credential_ends_with_the_day_before_a_predicate_turns(
    mechanism: Mechanism, person: str
) -> None:
    found = verified(minted(persona(person), mechanism))
    assert found.validity == Validity(NOON, MIDNIGHT)


@every_envelope
def test_otherwise_it_ends_as_its_type_says(mechanism: Mechanism) -> None:
    assert verified(minted(persona("P01"), mechanism)).validity == Validity(
        NOON, NOON + timedelta(days=90)
    )
    career = verified(minted(persona("P01", CERTIFICATE), mechanism, type_name=CERTIFICATE))
    assert career.validity == Validity(NOON, None)


@every_envelope
def test_what_does_not_hold_any_more_is_not_signed(mechanism: Mechanism) -> None:
    youth = "YouthAllowanceEligibilityCredential"
    closed = datetime(2026, 4, 15, 15, 0, tzinfo=UTC)  # the round's close and thirty days
    claims = persona("P01", youth)
    last = verified(minted(claims, mechanism, type_name=youth, now=closed - timedelta(seconds=1)))
    assert last.validity.not_after == closed
    with pytest.raises(Expired):
        minted(claims, mechanism, type_name=youth, now=closed)


def test_the_number_of_digests_does_not_tell_who_has_what() -> None:
    numbers = set()
    for person in ("P01", "P03", "P27"):
        serialized = minted(persona(person), mechanisms()["sd-jwt-vc"])
        assert isinstance(serialized, str)
        payload = peek_claims(serialized.partition("~")[0])
        numbers.add(len(payload.texts("_sd", max_items=64)))
    assert len(numbers) == 1


def test_a_key_of_another_kind_signs_nothing() -> None:
    mechanism = mechanisms()["eddsa-jcs-2022"]
    assert KeyType.P256 not in mechanism.key_types
    with pytest.raises(KeyMismatch):
        minted(persona("P01"), mechanism, signer=SIGNERS["sd-jwt-vc"])
