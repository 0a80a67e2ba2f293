"""An issuer of two agencies without a city around it: its actions over one database, and a wallet.

office = IssuingOffice(database, keystore)
made = office.offer(office.approve("P01"))          # approved and offered by GU-11620
token = office.token(made)                          # the offer fetched, the code redeemed
(credential,) = office.issue(token, office.request(holder(1)))
office.change(made.entitlement_id, StatusChange.REVOKE, "R02")
with refused(office, InvalidToken): …               # and nothing that is stored has changed
"""

import copy
import os
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from city_services.seoul.data import CityData, load_city
from credentials.claims import Claims
from credentials.errors import Error
from credentials.keys import P256Signer, Signer
from credentials.model import Serialized
from credentials.securing.mechanism import Entropy
from issuer import models
from issuer.actions.approve import approve
from issuer.actions.change_status import Changed, StatusChange, change_status
from issuer.actions.context import NO_LOG, IssuerContext
from issuer.actions.entitlements import get_entitlement
from issuer.actions.fetch_offer import fetch_offer
from issuer.actions.issue_credential import issue_credential
from issuer.actions.make_offer import MadeOffer, make_offer
from issuer.actions.open_agency import open_agency
from issuer.actions.redeem_code import Refused, redeem_code
from issuer.agency import KEY_FRAGMENTS, Agency
from issuer.catalogue import configuration_id, get_mechanism
from issuer.entitlement import Entitlement
from issuer.person import PersonRef
from issuer.secret_macs import SecretMacs
from issuer.settings import IssuerSettings
from openid4vc.access_token import TokenRequest
from openid4vc.credential_request import CredentialRequest
from openid4vc.key_proof import build_key_proof
from openid4vc.offer import CredentialOffer
from schemas.catalogue import get
from storage.base import Base
from storage.engine import build_engine
from storage.key_file import KeyPurpose
from storage.keystore import Keystore, create_keystore
from storage.master_key import Cost
from storage.sealed import Sealer
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock

URL: Final = "https://gwanin.example"
GU: Final = "GU-11620"
LABOR: Final = "SEL-LABOR"
RESIDENCY: Final = "SeoulResidencyCredential"
CERTIFICATE: Final = "CityCertificateCredential"
PERMISSIONS: Final = frozenset({RESIDENCY, f"{CERTIFICATE}/career"})
TABLES: Final = (
    models.AgencyRow,
    models.PersonRow,
    models.EntitlementRow,
    models.ImportedRow,
    models.OfferRow,
    models.UsedNonce,
    models.StatusListRow,
    models.StatusEntryRow,
    models.PublishedList,
    models.BatchRow,
    models.DraftRow,
    models.SearchTerm,
    models.RevocationRow,
    models.RevocationItem,
    models.IssuanceBatch,
    models.IssuedCredential,
)

_CHEAP: Final = Cost(passes=2, memory_bytes=19 * 1024 * 1024)


def office_keystore(folder: Path) -> Keystore:
    """A keystore with the signing keys of both agencies."""
    keystore = create_keystore(folder / "keystore", b"a passphrase for tests only", _CHEAP)
    for code in (GU, LABOR):
        for key_type, fragment in KEY_FRAGMENTS.items():
            keystore.generate(f"{code}/{fragment}", KeyPurpose.ASSERTION, key_type)
    return keystore


def holder(number: int) -> P256Signer:
    """A wallet's key; each number from 1 to 255 is another."""
    return P256Signer(bytes([number]) * 32)


def persona(code: str, type_name: str = RESIDENCY) -> Claims:
    """What a clerk enters for a persona, in the personas' own calendar."""
    claims = _city().people[code].claims(type_name)
    assert claims is not None
    return copy.deepcopy(claims)


@cache
def _city() -> CityData:
    return load_city()


@dataclass(slots=True)
class IssuingOffice:
    """Both agencies are open from the clock's start on. Each call is one transaction."""

    database: Database
    context: IssuerContext
    clock: SimulatedClock

    @classmethod
    def open(
        cls, database: Database, keystore: Keystore, entropy: Entropy = os.urandom
    ) -> "IssuingOffice":
        """An office with new tables' worth of nothing but its two agencies."""
        context = IssuerContext(
            settings=IssuerSettings(public_url=URL, registry_url=URL),
            keystore=keystore,
            entropy=entropy,
            macs=SecretMacs(bytes(32)),
            sealer=Sealer({1: bytes(32)}, current=1),
            epoch=0,
            log=NO_LOG,
        )
        office = cls(database, context, SimulatedClock())
        for code in (GU, LABOR):
            with database.writing() as session:
                open_agency(session, context, code, office.agency(code).did, now=office.clock())
        return office

    def agency(self, code: str = GU) -> Agency:
        """One of the two."""
        did = f"did:webvh:QmSimulated:gwanin.example:dids:{code}"
        return Agency(code=code, did=did, public_url=URL)

    def approve(
        self,
        claims: str | Claims,
        *,
        agency: str = GU,
        type_name: str = RESIDENCY,
        permissions: Collection[str] = PERMISSIONS,
        person_ref: PersonRef | None = None,
    ) -> Entitlement:
        """Approve claims, or those of a persona."""
        entered = persona(claims, type_name) if isinstance(claims, str) else claims
        with self.database.writing() as session:
            return approve(
                session,
                self.context,
                self.agency(agency),
                get(type_name),
                entered,
                permissions=permissions,
                person_ref=person_ref,
                now=self.clock(),
            )

    def offer(
        self,
        entitlement: Entitlement,
        *,
        agency: str | None = None,
        credential_format: str | None = None,
        needs_tx_code: bool = True,
    ) -> MadeOffer:
        """Offer what was approved."""
        with self.database.writing() as session:
            return make_offer(
                session,
                self.context,
                self.agency(agency or entitlement.agency),
                entitlement,
                get_mechanism(entitlement.type, credential_format),
                needs_tx_code=needs_tx_code,
                now=self.clock(),
            )

    def offer_again(self, entitlement_id: str) -> MadeOffer:
        """Offer what was approved before, in the type's first format."""
        with self.database.reading() as session:
            entitlement = get_entitlement(session, self.context, entitlement_id)
        return self.offer(entitlement)

    def fetch(self, made: MadeOffer, agency: str = GU) -> CredentialOffer:
        """Open the link."""
        secret = made.offer_uri.rpartition("/")[2]
        with self.database.writing() as session:
            return fetch_offer(session, self.context, self.agency(agency), secret, now=self.clock())

    def code(self, made: MadeOffer, agency: str = GU) -> str:
        """Open the link for its code."""
        grant = self.fetch(made, agency).pre_authorized
        assert grant is not None
        return grant.code

    def redeem(
        self,
        code: str,
        tx_code: str | None,
        *,
        agency: str = GU,
        client_id: str | None = None,
    ) -> str:
        """Redeem a code for a token; a refusal that was counted is raised after the commit."""
        request = TokenRequest(code=code, tx_code=tx_code, client_id=client_id)
        with self.database.writing() as session:
            answer = redeem_code(session, self.context, self.agency(agency), request, self.clock())
        if isinstance(answer, Refused):
            raise answer.error
        return answer.access_token

    def token(self, made: MadeOffer, agency: str = GU) -> str:
        """Open the link and redeem its code."""
        return self.redeem(self.code(made, agency), made.tx_code, agency=agency)

    def nonce(self, agency: str = GU) -> str:
        """A fresh nonce."""
        audience = self.agency(agency).credential_issuer
        return self.context.macs.new_nonce(audience, os.urandom(16), self.clock())

    def proof(
        self,
        signer: Signer,
        *,
        nonce: str | None = None,
        agency: str = GU,
        key_id: str | None = None,
        issued_at: datetime | None = None,
    ) -> str:
        """A key proof, with a nonce of its own unless one is given."""
        return build_key_proof(
            signer,
            audience=self.agency(agency).credential_issuer,
            nonce=nonce or self.nonce(agency),
            issued_at=issued_at or self.clock(),
            key_id=key_id,
        )

    def request(
        self, *signers: Signer, agency: str = GU, type_name: str = RESIDENCY
    ) -> CredentialRequest:
        """A request for one SD-JWT VC for each key, with one fresh nonce."""
        nonce = self.nonce(agency)
        return CredentialRequest(
            configuration_id=configuration_id(get(type_name), get_mechanism(get(type_name), None)),
            identifier=None,
            proofs=tuple(self.proof(signer, nonce=nonce, agency=agency) for signer in signers),
        )

    def issue(
        self,
        token: str,
        request: CredentialRequest,
        *,
        agency: str = GU,
        permissions: frozenset[str] = PERMISSIONS,
    ) -> tuple[Serialized, ...]:
        """Ask for credentials."""
        with self.database.writing() as session:
            return issue_credential(
                session,
                self.context,
                self.agency(agency),
                token,
                request,
                permissions=permissions,
                now=self.clock(),
            ).credentials

    def issued(self, claims: str | Claims, *, copies: int = 1) -> MadeOffer:
        """Approve, offer and issue a residency credential, in so many copies."""
        made = self.offer(self.approve(claims))
        signers = [holder(number) for number in range(1, copies + 1)]
        self.issue(self.token(made), self.request(*signers))
        return made

    def change(
        self,
        entitlement_id: str,
        change: StatusChange,
        reason: str | None,
        *,
        agency: str = GU,
    ) -> Changed:
        """Suspend, reinstate or revoke."""
        with self.database.writing() as session:
            return change_status(
                session,
                self.context,
                self.agency(agency),
                entitlement_id,
                change,
                reason=reason,
                now=self.clock(),
            )

    def count_states(self, entitlement_id: str) -> Counter[str]:
        """How many copies are in each state."""
        states = select(models.StatusEntryRow.state).where(
            models.StatusEntryRow.entitlement_id == entitlement_id
        )
        with self.database.reading() as session:
            return Counter(session.scalars(states))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that is stored, by table."""
        with self.database.reading() as session:
            return {table.__tablename__: _rows(session, table) for table in TABLES}

    def count(self, table: type[Base]) -> int:
        """How many rows a table has."""
        return len(self.rows()[table.__tablename__])


@contextmanager
def opened(url: str, keystore: Keystore) -> Iterator[IssuingOffice]:
    """An office over the database at a URL, whose tables are made if they are missing."""
    database = Database(build_engine(url))
    database.create_tables(Base.metadata)
    yield IssuingOffice.open(database, keystore)
    database.close()


@contextmanager
def refused(office: IssuingOffice, refusal: type[Error]) -> Iterator[None]:
    """The block is refused with exactly this error, and nothing that is stored has changed."""
    before = office.rows()
    with pytest.raises(refusal) as caught:
        yield
    assert type(caught.value) is refusal
    assert office.rows() == before


def with_entropy(office: IssuingOffice, entropy: Entropy) -> IssuingOffice:
    """The same office, drawing its randomness from elsewhere."""
    context = replace(office.context, entropy=entropy)
    return replace(office, context=context)


def _rows(session: Session, table: type[Base]) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in session.execute(select(table.__table__))), key=repr)
