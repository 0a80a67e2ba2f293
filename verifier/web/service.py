"""The verifier as an application holds it: one value, put there by the composition root."""

from flask import current_app

from verifier.actions.service import VerifierService

EXTENSION = "gwanin.verifier"


def verifier_service() -> VerifierService:
    """The verifier of the application that answers this request."""
    service: VerifierService = current_app.extensions[EXTENSION]
    return service
