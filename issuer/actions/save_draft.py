"""Saves what a clerk prepares: a new draft, or a correction of one of theirs."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.jcs import canonicalize
from issuer import desk_store, store
from issuer.actions.context import IssuerContext
from issuer.actions.drafts import lock_draft, read_draft
from issuer.agency import Agency
from issuer.draft import ID_BYTES, Draft, DraftEvent, DraftState, advance, check_drafter, new_id
from issuer.errors import DraftNotOpen, TypeNotIssued, UnknownPerson
from issuer.models import DraftRow
from issuer.person import PersonRef
from schemas.claim_checks import parse_entered
from schemas.credential_type import Audience, CredentialType, permission
from schemas.seoul_calendar import day_in_seoul


def save_draft(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    entered: Claims,
    *,
    person_ref: PersonRef | None,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> Draft:
    """Keep a new draft, which nobody else sees until it is submitted.

    permissions: what the registry lets the agency issue. clerk: the staff reference.
    Raises InvalidClaims, TypeNotIssued or UnknownPerson.
    """
    claims = check_draft(
        session, credential_type, entered, person_ref=person_ref, permissions=permissions, now=now
    )
    row = new_row(agency, credential_type, person_ref=person_ref, clerk=clerk, now=now)
    row.id = new_id("d", context.entropy(ID_BYTES))
    row.sealed_claims = seal_claims(context, row.id, claims)
    session.add(row)
    session.flush()
    return read_draft(context, row)


def correct_draft(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    draft_id: str,
    entered: Claims,
    *,
    revision: int,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> Draft:
    """Put other claims into a draft of one's own that is not submitted.

    revision: the one that was on the screen. Raises UnknownDraft, NotYourDraft, DraftNotOpen,
    InvalidClaims or TypeNotIssued.
    """
    row = lock_draft(session, agency.code, draft_id)
    draft = read_draft(context, row)
    check_drafter(draft.drafted_by, clerk)
    after = advance(draft.state, DraftEvent.CORRECT)
    claims = check_draft(
        session,
        draft.type,
        entered,
        person_ref=draft.person_ref,
        permissions=permissions,
        now=now,
    )
    values = {
        "revision": draft.revision + 1,
        "sealed_claims": seal_claims(context, row.id, claims),
        "drafted_at": now,
        "sealed_reason": None,
        "reviewed_by": None,
        "reviewed_at": None,
    }
    if revision != draft.revision or not desk_store.move_draft(
        session, agency.code, row, after.value, values
    ):
        raise DraftNotOpen("the draft was changed in the meantime")
    return read_draft(context, row)


def check_draft(
    session: Session,
    credential_type: CredentialType,
    entered: Claims,
    *,
    person_ref: PersonRef | None,
    permissions: Collection[str],
    now: datetime,
) -> Claims:
    """The claims as they will be approved. Raises as `save_draft`."""
    if credential_type.audience is Audience.PUBLIC:
        raise TypeNotIssued("credentials of this type stand in the registry, not in a wallet")
    claims = parse_entered(credential_type, entered, day_in_seoul(now))
    if permission(credential_type, claims) not in permissions:
        raise TypeNotIssued("the registry does not let this agency issue that")
    if person_ref is not None and not store.has_person(session, person_ref):
        raise UnknownPerson("there is no person with this reference")
    return claims


def new_row(
    agency: Agency,
    credential_type: CredentialType,
    *,
    person_ref: PersonRef | None,
    clerk: str,
    now: datetime,
) -> DraftRow:
    """A draft's row without id and claims."""
    return DraftRow(
        agency=agency.code,
        type_name=credential_type.name,
        type_version=credential_type.version,
        person_ref=person_ref,
        state=DraftState.DRAFTED.value,
        revision=1,
        drafted_by=clerk,
        drafted_at=now,
    )


def seal_claims(context: IssuerContext, draft_id: str, claims: Claims) -> bytes:
    """Claims as a draft's row holds them."""
    return context.sealer.seal(canonicalize(claims), table="draft", row=draft_id, column="claims")
