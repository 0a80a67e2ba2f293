"""Logs that somebody whose DID stands elsewhere may issue or ask here."""

from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from did_registry import store
from did_registry.actions.accredit import ACCREDITED_FOR, REGISTERED_FOR
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.root_desk import RootDesk, get_root
from did_registry.errors import ActRefused
from did_registry.leaf import LeafKind
from did_registry.notice import Admission, check_foreign_did, sign_notice
from did_registry.root_act import Admit
from schemas.catalogue import get
from schemas.errors import UnknownType


def admit(session: Session, desk: RootDesk, terms: Admit, *, now: datetime) -> Claims:
    """Log the admission: as long as an accreditation, or as a registration if it may ask.

    Returns the leaf's index and the end. Raises ActRefused.
    """
    check_admissible(session, terms)
    life = ACCREDITED_FOR if terms.asking is None else REGISTERED_FOR
    admission = Admission(
        did=terms.did,
        name_ko=terms.name_ko,
        name_en=terms.name_en,
        until=now.replace(microsecond=0) + life,
        types=terms.types,
        asking=terms.asking,
    )
    root = get_root(session, desk, now=now)
    statement = sign_notice(
        admission, root=str(root.did), key_id=root.key_id, signer=root.signer, now=now
    )
    draft = LeafDraft(kind=LeafKind.NOTICE, subject=terms.did, body={"statement": statement})
    (index,) = append(session, [draft], now=now)
    return {"did": terms.did, "index": index, "until": format_timestamp(admission.until)}


def check_admissible(session: Session, terms: Admit) -> None:
    """Refuse what no replica would take, or no verifier could use. Raises ActRefused."""
    try:
        check_foreign_did(terms.did)
    except Error as error:
        raise ActRefused(f"this DID can't be admitted: {error.detail}") from error
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
