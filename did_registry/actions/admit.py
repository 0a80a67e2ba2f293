"""Logs that somebody from elsewhere may issue or ask here, and that he may no more."""

from datetime import datetime

from sqlalchemy.orm import Session

from credentials.certificates import check_anchor
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from credentials.json_object import JsonObject
from did_registry import store
from did_registry.accreditation import Accreditation, VerifierRegistration, ended
from did_registry.actions.accredit import ACCREDITED_FOR, REGISTERED_FOR
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.root_desk import RootDesk, get_root
from did_registry.admission import (
    Admission,
    EndOfAdmission,
    anchor_name,
    check_foreign_did,
    read_admission,
    read_end,
)
from did_registry.errors import ActRefused
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.notice import NoticeKind, sign_notice
from did_registry.root_act import Admit, EndAdmission
from schemas.catalogue import get
from schemas.errors import UnknownType


def admit(session: Session, desk: RootDesk, terms: Admit, *, now: datetime) -> Claims:
    """Log the admission: as long as an accreditation, or as a registration if it may ask.

    Returns the leaf's index and the end. Raises ActRefused.
    """
    check_admissible(session, terms, now)
    life = ACCREDITED_FOR if terms.asking is None else REGISTERED_FOR
    admission = Admission(
        did=terms.did,
        name_ko=terms.name_ko,
        name_en=terms.name_en,
        until=now.replace(microsecond=0) + life,
        types=terms.types,
        asking=terms.asking,
        anchor=terms.anchor,
    )
    index = _log(session, desk, admission, now)
    return {"did": terms.did, "index": index, "until": format_timestamp(admission.until)}


def end_admission(
    session: Session, desk: RootDesk, terms: EndAdmission, *, now: datetime
) -> Claims:
    """Log that what an admission gave ends. Returns the leaf's index. Raises ActRefused."""
    check_endable(session, terms)
    end = EndOfAdmission(did=terms.did, since=terms.since.replace(microsecond=0))
    index = _log(session, desk, end, now)
    return {"did": terms.did, "index": index, "since": format_timestamp(end.since)}


def _log(
    session: Session, desk: RootDesk, notice: Admission | EndOfAdmission, now: datetime
) -> int:
    root = get_root(session, desk, now=now)
    statement = sign_notice(
        notice, root=str(root.did), key_id=root.key_id, signer=root.signer, now=now
    )
    draft = LeafDraft(kind=LeafKind.NOTICE, subject=notice.did, body={"statement": statement})
    (index,) = append(session, [draft], now=now)
    return index


def check_endable(session: Session, terms: EndAdmission) -> None:
    """Refuse the end of what was never given, or is over by then. Raises ActRefused."""
    rights = _rights(session, terms.did)
    if ended(rights, terms.since.replace(microsecond=0)) == rights:
        raise ActRefused("no admission of this DID or anchor holds at that time or later")


def _rights(session: Session, did: str) -> tuple[Accreditation | VerifierRegistration, ...]:
    """What our own log has of somebody's admissions; everybody who follows it verifies it."""
    found: tuple[Accreditation | VerifierRegistration, ...] = ()
    for row in store.leaves_about(session, LeafKind.NOTICE, did):
        leaf = parse_leaf(row.leaf)
        statement = JsonObject(leaf.body["statement"]).members
        unsigned = JsonObject({n: value for n, value in statement.items() if n != "proof"})
        match NoticeKind(unsigned.text("kind")):
            case NoticeKind.ADMISSION:
                admission = read_admission(unsigned, leaf.time)
                given = admission.accreditation(leaf.time), admission.registration(leaf.time)
                found = (*found, *(right for right in given if right is not None))
            case NoticeKind.END_OF_ADMISSION:
                found = ended(found, read_end(unsigned).since)
            case NoticeKind.COMPROMISE:
                pass  # of a key of its own, which takes no right away
    return found


def check_admissible(session: Session, terms: Admit, now: datetime) -> None:
    """Refuse what no replica would take, or no verifier could use. Raises ActRefused."""
    try:
        if terms.anchor is None:
            check_foreign_did(terms.did)
        else:
            check_anchor(terms.anchor, now)
    except Error as error:
        raise ActRefused(f"this can't be admitted: {error.detail}") from error
    if terms.anchor is not None and terms.asking is not None:
        raise ActRefused("a trust anchor is admitted for issuing alone")
    if terms.anchor is not None and terms.did != anchor_name(terms.anchor):
        raise ActRefused("a trust anchor is named by its own fingerprint")
    if any(row.did == terms.did for row in store.all_dids(session)):
        raise ActRefused("a DID of this registry is accredited, not admitted")
    attributes = () if terms.asking is None else terms.asking.attributes
    if not terms.types and not attributes:
        raise ActRefused("an admission lets somebody issue or ask")
    check_types(terms.types, attributes)


def check_types(types: tuple[str, ...], attributes: tuple[str, ...]) -> None:
    """Refuse types that are not in the catalogue, and what is named twice. Raises ActRefused."""
    for named in (types, attributes):
        if len(set(named)) != len(named):
            raise ActRefused("a type or attribute is named twice")
    names = [one.partition("/")[0] for one in types] + [one.partition(".")[0] for one in attributes]
    for name in names:
        try:
            get(name)
        except UnknownType as error:
            raise ActRefused(f"there is no credential type {name}") from error
