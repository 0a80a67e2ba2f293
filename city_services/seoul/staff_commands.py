"""`gwanin staff`: accounts for the people of an agency or a verifier, by who runs the machine."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import click

from city_services.seoul.seed import ROOT
from city_services.seoul.seed_staff import draw_password
from console.commands import RefusingGroup
from console.output import emit, json_option, member_lines
from did_registry.errors import UnknownDid
from did_registry.store import find_did_by_code
from staff import store
from staff.account import Role, agency_of, parse_staff_reference
from staff.actions.open_account import open_account
from staff.actions.service import StaffService
from staff.errors import AccountExists, NotPermitted

# What somebody at an agency or a verifier may be; who acts for the root works at its own agency.
_ROLES: Final = tuple(role.value for role in Role)


class City(Protocol):
    """What the commands need of the composition root's city."""

    @property
    def staff(self) -> StaffService: ...


def staff_commands(open_city: Callable[[], City]) -> click.Group:
    """`gwanin staff`."""

    @click.group("staff", cls=RefusingGroup)
    def group() -> None:
        """Accounts of the people who act for an agency or a verifier."""

    @group.command("open")
    @click.argument("reference")
    @click.option(
        "--role",
        "roles",
        type=click.Choice(_ROLES),
        multiple=True,
        required=True,
        help="What the person may do; several times for several roles.",
    )
    @json_option
    def open_command(*, reference: str, roles: tuple[str, ...], as_json: bool) -> None:
        """Open an account such as GU-11215-01, and print its password: this once.

        The agency or verifier must stand in the registry.
        """
        document = _open(open_city().staff, reference, [Role(role) for role in roles])
        emit(document, member_lines({**document, "roles": ", ".join(roles)}), as_json=as_json)

    return group


def _open(service: StaffService, text: str, roles: Sequence[Role]) -> dict[str, object]:
    """Raises Malformed, UnknownDid, AccountExists, or NotPermitted for the role root elsewhere."""
    reference = parse_staff_reference(text)
    agency, password = agency_of(reference), draw_password(service.entropy)
    if Role.ROOT in roles and agency != ROOT:
        raise NotPermitted(f"the role root is for people of {ROOT}")
    with service.database.writing() as session:
        if find_did_by_code(session, agency) is None:
            raise UnknownDid("the registry has nobody with this code")
        if store.find_staff(session, reference) is not None:
            raise AccountExists("there is an account with this reference")
        open_account(session, service, reference, password, roles, active=True)
    return {
        "reference": reference,
        "agency": agency,
        "roles": [role.value for role in roles],
        "password": password,
    }
