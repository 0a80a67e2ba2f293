"""The issuer as an application holds it: one value, put there by the composition root."""

from flask import current_app

from issuer.actions.service import IssuerService

EXTENSION = "gwanin.issuer"


def issuer_service() -> IssuerService:
    """The issuer of the application that answers this request."""
    service: IssuerService = current_app.extensions[EXTENSION]
    return service
