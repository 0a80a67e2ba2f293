"""Where what stays off the log is checked against its roots in it: services' events, records of
acts."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from city_services.ledger.cli import LedgerOffice
from city_services.ledger.services import known_services
from city_services.seoul.city import City
from city_services.staff_record.cli import RecordOffice
from did_registry.actions.connect import read_trust_file
from did_registry.actions.follow import replay_over_http
from did_registry.view import RegistryView


def ledger_office(city: City) -> LedgerOffice:
    """For the events of the city's services."""
    return LedgerOffice(
        services=known_services(),
        database=city.database,
        own_view=city.replay,
        view_at=partial(_view_at, city),
    )


def record_office(city: City) -> RecordOffice:
    """For the records of what agencies' staff did."""
    return RecordOffice(
        database=city.database, own_view=city.replay, view_at=partial(_view_at, city)
    )


def _view_at(city: City, url: str, trust_file: Path | None) -> RegistryView:
    """The log as it is served at an address, followed from nothing."""
    anchor = city.anchor if trust_file is None else read_trust_file(trust_file)
    served = replace(anchor, registry_url=url.removesuffix("/"))
    return replay_over_http(served, city.outbound, city.clock())
