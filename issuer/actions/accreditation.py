"""What the registry lets an agency issue. A view is had before a transaction begins, because it may
have to be fetched."""

from datetime import datetime

from credentials.errors import Error
from did_registry.document import Purpose
from did_registry.errors import KeyCompromised
from did_registry.view import RegistryView
from issuer.agency import KEY_FRAGMENTS, Agency


def permissions_at(view: RegistryView, agency: Agency, now: datetime) -> frozenset[str]:
    """Every `Type` or `Type/subtype` that the agency is accredited for at a time; nothing for one
    that has ended, or whose key was declared compromised: nobody would accept what it signs."""
    if _is_stopped(view, agency, now):
        return frozenset()
    held = view.accreditations_at(agency.did, now)
    return frozenset().union(*(accreditation.types for accreditation in held))


def _is_stopped(view: RegistryView, agency: Agency, now: datetime) -> bool:
    try:
        for key_type in KEY_FRAGMENTS:
            view.key_at(agency.key_id(key_type), Purpose.ASSERTION, now)
    except KeyCompromised:
        return True
    except Error:
        # A key that is not there yet comes with the next view, if the DID has not ended.
        return view.has_ended(agency.did)
    return False
