"""All pages of the registry's desk, joined to its blueprint by being imported."""

from typing import Final

from city_services.seoul.web.registry_desk import (
    acts,
    admission,
    applications,
    compromise,
    members,
    today,
)
from city_services.seoul.web.registry_desk.room import bp

PAGES: Final = (today, applications, members, compromise, admission, acts)

__all__ = ["PAGES", "bp"]
