"""Finds what a verifier is registered for at this moment."""

from datetime import datetime

from did_registry.accreditation import VerifierRegistration
from did_registry.errors import NotAccredited
from verifier import store
from verifier.actions.service import VerifierService
from verifier.errors import UnknownVerifier


def current_registration(
    service: VerifierService, code: str, *, now: datetime
) -> VerifierRegistration:
    """The registration of a verifier that asks from here.

    Raises UnknownVerifier, NotAccredited for one whose registration is over, or what a registry
    raises that is away or can't be believed.
    """
    with service.database.reading() as session:
        row = store.find_verifier(session, code)
    if row is None:
        raise UnknownVerifier("no verifier with this code asks from here")
    registration = service.evidence.registry(now).find_registration(row.did, now)
    if registration is None:
        raise NotAccredited("the verifier has no registration at present")
    return registration
