"""Turns claims that a clerk approves into an entitlement. CSV rows and forms both end here."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.agency import Agency
from issuer.entitlement import Entitlement, EntitlementState
from issuer.errors import EntitlementExists, TypeNotIssued, UnknownEntitlement, UnknownPerson
from issuer.models import EntitlementRow
from issuer.person import REFERENCE_BYTES, PersonRef, new_person_ref, parse_person_ref
from schemas.catalogue import get
from schemas.claim_checks import parse_entered
from schemas.credential_type import Audience, CredentialType, permission
from schemas.seoul_calendar import day_in_seoul

_ID_BYTES = 16


def approve(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    entered: Claims,
    *,
    person_ref: PersonRef | None,
    now: datetime,
) -> Entitlement:
    """Record that an agency approves these claims about a person.

    person_ref: None for somebody whom the city meets for the first time.
    Raises InvalidClaims, TypeNotIssued, UnknownPerson, or EntitlementExists when the person has
    one of this kind waiting.
    """
    if credential_type.audience is Audience.PUBLIC:
        raise TypeNotIssued("credentials of this type stand in the registry, not in a wallet")
    claims = parse_entered(credential_type, entered, day_in_seoul(now))
    person = _person(session, context, person_ref, now)
    kind = permission(credential_type, claims)
    if store.find_waiting(session, agency.code, kind, person) is not None:
        raise EntitlementExists("the person has one that waits to be fetched")
    row = EntitlementRow(
        id="e_" + encode_base64url(context.entropy(_ID_BYTES)),
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
    return _read(context, row)


def get_entitlement(session: Session, context: IssuerContext, entitlement_id: str) -> Entitlement:
    """The entitlement with this id. Raises UnknownEntitlement, or SealBroken if it was altered."""
    row = store.find_entitlement(session, entitlement_id)
    if row is None:
        raise UnknownEntitlement("there is no entitlement with this id")
    return _read(context, row)


def _insert(session: Session, row: EntitlementRow) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # another clerk was faster; the index saw it, we could not
        raise EntitlementExists("the person has one that waits to be fetched") from error


def _person(
    session: Session, context: IssuerContext, person_ref: PersonRef | None, now: datetime
) -> PersonRef:
    if person_ref is None:
        created = new_person_ref(context.entropy(REFERENCE_BYTES))
        store.add_person(session, created, now)
        return created
    if not store.has_person(session, parse_person_ref(person_ref)):
        raise UnknownPerson("there is no person with this reference")
    return person_ref


def _read(context: IssuerContext, row: EntitlementRow) -> Entitlement:
    claims = context.sealer.unseal(
        row.sealed_claims, table="entitlement", row=row.id, column="claims"
    )
    return Entitlement(
        id=row.id,
        agency=row.agency,
        type=get(row.type_name, row.type_version),
        claims=parse_object(claims).members,
        person_ref=PersonRef(row.person_ref),
        state=EntitlementState(row.state),
        claim_by=row.claim_by,
    )
