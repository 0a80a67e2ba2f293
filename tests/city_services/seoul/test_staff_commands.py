"""Accounts of a member's people: opened once, for those whom the registry knows."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from city_services.seoul.staff_commands import staff_commands
from tests.simulators.city import SimulatedCity
from tests.simulators.desk import Clerk


def run(city: SimulatedCity, *arguments: str, status: int = 0) -> Any:
    """The document of `gwanin staff open`; the code of its refusal for another status."""
    group = staff_commands(lambda: city.city)
    result = CliRunner().invoke(group, ["open", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == status, result.stderr
    if status:
        assert result.stdout == ""
        return result.stderr.partition(":")[0]
    return json.loads(result.stdout)


def test_a_new_clerk_signs_in_with_the_printed_password(city: SimulatedCity) -> None:
    made = run(city, "gu-11620-21", "--role", "approve", "--role", "revoke")
    assert (made["reference"], made["agency"]) == ("GU-11620-21", "GU-11620")
    assert made["roles"] == ["approve", "revoke"]
    clerk = Clerk.signed_in(city, "GU-11620-21", made["password"])
    clerk.page("/desk/approvals")
    assert clerk.get("/desk/drafts").status_code == 403
    again = CliRunner().invoke(
        staff_commands(lambda: city.city), ["open", "GU-11620-22", "--role", "draft"]
    )
    assert "reference: GU-11620-22\n" in again.stdout
    assert "roles: draft\n" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("GU-11620-01", "--role", "draft"), "account-exists"),
        (("GU-99999-01", "--role", "draft"), "unknown-did"),
        (("GU-11620-21", "--role", "root"), "not-permitted"),
        (("somebody", "--role", "draft"), "malformed"),
    ],
)
def test_what_is_refused_opens_nothing(
    city: SimulatedCity, arguments: tuple[str, ...], code: str
) -> None:
    assert run(city, *arguments, status=1) == code
    result = CliRunner().invoke(staff_commands(lambda: city.city), ["open", "GU-11620-21"])
    assert result.exit_code == 2
