"""The table of services that keep a ledger."""

import pytest

from city_services.ledger.errors import UnknownService
from city_services.ledger.services import known_services, parse_services
from credentials.errors import Malformed


def test_a_service_that_is_not_in_the_table_is_refused() -> None:
    services = parse_services('[library]\nko = "도서 대출"\nen = "Lending"\n')
    services.check("library")
    for name in ("Library", "pool", ""):
        with pytest.raises(UnknownService):
            services.check(name)


def test_a_service_has_a_plain_name() -> None:
    with pytest.raises(Malformed):
        parse_services('["The Library"]\nko = "도서 대출"\nen = "Lending"\n')


def test_the_citys_own_table_can_be_read() -> None:
    for label in known_services().labels.values():
        assert label.ko
        assert label.en
