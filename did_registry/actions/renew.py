"""Gives an agency or a verifier another period, on the terms it had or on others."""

from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.json_object import JsonObject
from did_registry import store
from did_registry.actions.accredit import accredit_issuer, register_verifier
from did_registry.actions.admit import check_types
from did_registry.actions.root_desk import RootDesk, get_history, get_root
from did_registry.errors import ActRefused
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.root_act import Accredit, Register


def renew_accreditation(
    session: Session, desk: RootDesk, terms: Accredit, *, now: datetime
) -> Claims:
    """Log another right to issue; the one before stays until it ends. Returns the leaf's index.

    Raises UnknownDid, ActRefused or InvalidClaims.
    """
    check_types(terms.types, ())
    history = get_history(session, terms.code, now)
    claims = _claims_before(session, LeafKind.ACCREDITATION, history.scid)
    if terms.types:
        claims = {**claims, "allowedTypes": list(terms.types)}
    root = get_root(session, desk, now=now)
    index = accredit_issuer(session, root, claims, subject=history.did, now=now)
    return {"did": str(history.did), "index": index}


def renew_registration(
    session: Session, desk: RootDesk, terms: Register, *, now: datetime
) -> Claims:
    """Log another right to ask, which takes the place of the one before. Returns the leaf's index.

    Raises UnknownDid, ActRefused or InvalidClaims.
    """
    check_types((), terms.attributes)
    history = get_history(session, terms.code, now)
    claims = _claims_before(session, LeafKind.VERIFIER, history.scid)
    if terms.attributes:
        claims = {**claims, "attributes": list(terms.attributes)}
    root = get_root(session, desk, now=now)
    index = register_verifier(session, root, claims, subject=history.did, now=now)
    return {"did": str(history.did), "index": index}


def _claims_before(session: Session, kind: LeafKind, scid: str) -> Claims:
    """What the root said last; verified by everybody who follows the log, and by our own replay."""
    rows = store.leaves_about(session, kind, scid)
    if not rows:
        raise ActRefused("nothing was given to this DID that could be renewed")
    credential = JsonObject(parse_leaf(rows[-1].leaf).body["credential"])
    claims = credential.object("credentialSubject").members
    return {name: value for name, value in claims.items() if name != "id"}
