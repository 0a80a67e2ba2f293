"""Lets entitlements be found by whole values, and finds them, by keyed digests only."""

from sqlalchemy.orm import Session

from issuer import desk_store
from issuer.actions.context import IssuerContext
from issuer.entitlement import Entitlement
from issuer.errors import SearchRefused
from issuer.search_terms import MAX_TERM_CHARS, search_term, search_terms
from issuer.secret_macs import SecretKind
from schemas.errors import ResidentNumberBlocked
from schemas.rrn_guard import check_text


def index_entitlement(session: Session, context: IssuerContext, entitlement: Entitlement) -> None:
    """Let the agency find an entitlement by each of its values, its own id, and the person's."""
    terms = {
        *search_terms(entitlement.type, entitlement.claims),
        search_term(entitlement.id),
        search_term(entitlement.person_ref),
    }
    digests = [_digest(context, entitlement.agency, term) for term in sorted(terms)]
    desk_store.add_search_terms(session, entitlement.agency, entitlement.id, digests)


def search_digest(context: IssuerContext, agency: str, text: str) -> bytes | None:
    """What to look for when a clerk enters this; None for nothing.

    Raises SearchRefused for what is too long or looks like a resident registration number.
    """
    if len(text) > MAX_TERM_CHARS:
        raise SearchRefused(f"a search has at most {MAX_TERM_CHARS} characters")
    try:
        check_text(text)
    except ResidentNumberBlocked as error:
        raise SearchRefused("resident registration numbers are not searched for") from error
    term = search_term(text)
    return _digest(context, agency, term) if term else None


def _digest(context: IssuerContext, agency: str, term: str) -> bytes:
    return context.macs.digest(SecretKind.SEARCH_TERM, agency, term)
