"""Takes somebody new into the registry: a DID with its keys, and the right to issue or to ask."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from did_registry import store
from did_registry.actions.accredit import (
    RootAuthority,
    accredit_issuer,
    issuer_claims,
    register_verifier,
    verifier_claims,
)
from did_registry.actions.admit import check_types
from did_registry.actions.make_did import make_did
from did_registry.actions.root_desk import DidPlan, RootDesk, get_root
from did_registry.errors import ActRefused
from did_registry.root_act import Enrol
from did_registry.webvh.did import Did
from schemas.labels import Label
from web.origin import parse_origin

# The accounts of its staff are called after it, with two digits more.
NEW_CODE: Final = re.compile(r"[A-Z]{2,4}-[A-Z0-9]{1,8}")


def enrol(session: Session, desk: RootDesk, terms: Enrol, *, now: datetime) -> Claims:
    """Make the DID, log its right, and let it sign here; returns the DID and the leaf's index.

    All of it is in this transaction but for the keys: those of an enrolment that was broken off are
    used by the next one. Raises ActRefused, InvalidClaims, KeyCompromised, or what `make_did` and
    the tenants raise.
    """
    check_enrollable(session, terms)
    root = get_root(session, desk, now=now)
    registry = parse_origin(desk.registry_url)
    plan, rule = _plan(desk, terms), desk.did_witnesses
    did = make_did(session, desk.keystore, registry, terms.code, plan, witness=rule, now=now)
    index = _give_right(session, root, terms, did, now)
    asks = terms.asking is not None
    desk.tenants.welcome(session, terms.code, did, asks=asks, now=now)
    return {"did": str(did), "index": index}


def check_enrollable(session: Session, terms: Enrol) -> None:
    """Refuse a code that is taken or no code, and whoever would both issue and ask, or neither: the
    keys of a DID serve one purpose. Raises ActRefused."""
    if not NEW_CODE.fullmatch(terms.code):
        raise ActRefused("a code is 2 to 4 capital letters, a hyphen, 1 to 8 letters or digits")
    if store.find_did_by_code(session, terms.code) is not None:
        raise ActRefused("the registry has a DID with this code already")
    attributes = () if terms.asking is None else terms.asking.attributes
    if bool(terms.types) == bool(attributes):
        raise ActRefused("an enrolment is for one that issues or for one that asks")
    check_types(terms.types, attributes)


def _plan(desk: RootDesk, terms: Enrol) -> DidPlan:
    return desk.tenants.issuing(terms.code) if terms.asking is None else desk.tenants.asking()


def _give_right(
    session: Session, root: RootAuthority, terms: Enrol, did: Did, now: datetime
) -> int:
    name = Label(ko=terms.name_ko, en=terms.name_en)
    if terms.asking is None:
        claims = issuer_claims(did, name, terms.types)
        return accredit_issuer(session, root, claims, subject=did, now=now)
    claims = verifier_claims(did, name, terms.asking)
    return register_verifier(session, root, claims, subject=did, now=now)
