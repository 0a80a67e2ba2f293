"""Turns claims that a clerk approves into an entitlement. CSV rows and forms both end here."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.jcs import canonicalize
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.actions.entitlements import read_entitlement
from issuer.actions.search import index_entitlement
from issuer.agency import Agency
from issuer.entitlement import ID_BYTES, Entitlement, EntitlementState, new_entitlement_id
from issuer.errors import EntitlementExists, TypeNotIssued, UnknownPerson
from issuer.issuance_session import Event
from issuer.models import EntitlementRow
from issuer.person import REFERENCE_BYTES, PersonRef, new_person_ref, parse_person_ref
from schemas.claim_checks import parse_entered
from schemas.credential_type import Audience, CredentialType, permission
from schemas.seoul_calendar import day_in_seoul


def approve(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    entered: Claims,
    *,
    permissions: Collection[str],
    person_ref: PersonRef | None,
    now: datetime,
) -> Entitlement:
    """Record that an agency approves these claims about a person.

    permissions: what the registry lets the agency issue now; person_ref: None for somebody whom
    the city meets for the first time.
    Raises InvalidClaims, TypeNotIssued, UnknownPerson, or EntitlementExists when the person has
    one of this kind waiting.
    """
    if credential_type.audience is Audience.PUBLIC:
        raise TypeNotIssued("credentials of this type stand in the registry, not in a wallet")
    claims = parse_entered(credential_type, entered, day_in_seoul(now))
    kind = permission(credential_type, claims)
    if kind not in permissions:
        raise TypeNotIssued("the registry does not let this agency issue that")
    if person_ref is None:
        person = _new_person(session, context, now)
    else:
        person = _known_person(session, person_ref)
        _check_none_waits(session, agency, kind, person, now)
    row = EntitlementRow(
        id=new_entitlement_id(context.entropy(ID_BYTES)),
        agency=agency.code,
        type_name=credential_type.name,
        type_version=credential_type.version,
        permission=kind,
        person_ref=person,
        sealed_claims=b"",
        state=EntitlementState.WAITING.value,
        claim_by=now + timedelta(days=credential_type.claim_by_days),
        created=now,
    )
    row.sealed_claims = context.sealer.seal(
        canonicalize(claims), table="entitlement", row=row.id, column="claims"
    )
    _insert(session, row)
    made = read_entitlement(context, row)
    index_entitlement(session, context, made)
    return made


def _check_none_waits(
    session: Session, agency: Agency, kind: str, person: PersonRef, now: datetime
) -> None:
    waiting = store.lock_waiting(session, agency.code, kind, person)
    if waiting is None:
        return
    if now < waiting.claim_by:
        raise EntitlementExists("the person has one that waits to be fetched")
    # Nobody can fetch it any more, so it must not stand in the way of a new one.
    store.move_entitlement(session, waiting.id, EntitlementState.EXPIRED)
    offer = store.lock_live_offer(session, waiting.id)
    if offer is not None:
        store.move_offer(session, offer, Event.EXPIRE)


def _insert(session: Session, row: EntitlementRow) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # another clerk was faster; the index saw it, we could not
        raise EntitlementExists("the person has one that waits to be fetched") from error


def _new_person(session: Session, context: IssuerContext, now: datetime) -> PersonRef:
    created = new_person_ref(context.entropy(REFERENCE_BYTES))
    store.add_person(session, created, now)
    return created


def _known_person(session: Session, person_ref: PersonRef) -> PersonRef:
    if not store.has_person(session, parse_person_ref(person_ref)):
        raise UnknownPerson("there is no person with this reference")
    return person_ref
