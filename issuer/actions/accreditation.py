"""What the registry lets an agency issue. A view is had before a transaction begins, because it may
have to be fetched."""

from datetime import datetime

from did_registry.view import RegistryView
from issuer.agency import Agency


def permissions_at(view: RegistryView, agency: Agency, now: datetime) -> frozenset[str]:
    """Every `Type` or `Type/subtype` that the agency is accredited for at a time."""
    held = view.accreditations_at(agency.did, now)
    return frozenset().union(*(accreditation.types for accreditation in held))
