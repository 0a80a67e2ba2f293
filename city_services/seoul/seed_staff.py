"""Makes the demo city's staff accounts, with passwords that are drawn and written down once."""

import json
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from credentials.json_object import JsonObject, parse_object
from credentials.strict_json import JsonValue
from staff import store
from staff.account import Role, agency_of
from staff.actions.open_account import open_account
from staff.actions.service import StaffService
from storage.private_files import read_private, replace_private

LOGINS_FILE: Final = "logins.json"
MAX_LOGINS_BYTES: Final = 256 * 1024

# Letters and digits that can't be taken for one another.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_CHARS = 4, 4  # 16 characters of 31: 79 bits


def seed_staff(session: Session, service: StaffService) -> dict[str, JsonValue]:
    """Make the accounts that are missing; returns what to write down of the new ones.

    Closed accounts get a password that nobody knows.
    """
    made: dict[str, JsonValue] = {}
    for reference, row in _rows().items():
        if store.find_staff(session, reference) is not None:
            continue
        roles = [Role(role) for role in row.texts("roles", max_items=len(Role))]
        active = row.boolean_or_none("active") is not False
        password = draw_password(service.entropy)
        open_account(session, service, reference, password, roles, active=active)
        if active:
            made[reference] = {
                "agency": agency_of(reference),
                "password": password,
                "roles": [role.value for role in roles],
            }
    return made


def write_logins(folder: Path, made: dict[str, JsonValue]) -> None:
    """Add new accounts to `logins.json`, which only its owner can read."""
    path = folder / LOGINS_FILE
    known = (
        parse_object(read_private(path, max_bytes=MAX_LOGINS_BYTES)).members
        if path.exists()
        else {}
    )
    text = json.dumps({**known, **made}, ensure_ascii=False, indent=1, sort_keys=True)
    replace_private(path, text.encode() + b"\n")


def draw_password(entropy: Callable[[int], bytes]) -> str:
    """A password that a person can type from a sheet: `k7qd-m2xp-r9tw-h4ns`."""
    groups = []
    for _ in range(_GROUPS):
        drawn = int.from_bytes(entropy(16))
        digits = []
        for _ in range(_GROUP_CHARS):
            drawn, digit = divmod(drawn, len(_ALPHABET))
            digits.append(_ALPHABET[digit])
        groups.append("".join(digits))
    return "-".join(groups)


def _rows() -> dict[str, JsonObject]:
    rows = tomllib.loads((files(__package__) / "staff.toml").read_text("utf-8"))
    return {reference: JsonObject(row, reference) for reference, row in rows.items()}
