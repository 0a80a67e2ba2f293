"""Gives a DID new keys, all of them: those it signs with, and the one that may sign its next entry.

The keys that are retired disappear from the document, and stay in the versions before it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.keys import KeyType, PublicKey, Signer
from did_registry.actions.create_did import log_entry
from did_registry.actions.root_desk import KEY_PURPOSES, NewKeys, generate, get_history, methods
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.errors import ActRefused
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History
from did_registry.webvh.witness import WitnessRule
from did_registry.webvh.writer import build_next, next_key_hash
from storage.key_file import KeyPurpose
from storage.keystore import Keystore

BACKUP: Final = "update-backup"  # in a safe; every entry commits to it, and none is signed with it

_NUMBERED: Final = re.compile(r"([a-z0-9]+)-([1-9][0-9]{0,3})")


def rotate_keys(
    session: Session,
    keystore: Keystore,
    code: str,
    *,
    witnesses: WitnessRule | None,
    now: datetime,
) -> NewKeys:
    """Log an entry with new keys; returns what they are called.

    witnesses: who approves the versions after this one; None changes nothing. This one is approved
    by those that were named before, so exchange them while enough of them are there.

    Raises UnknownDid, ActRefused, KeyNotFound when the next update key is not in the keystore, or a
    leaf of LogInvalid, such as LogTimeInvalid within the second of the entry before.
    """
    history = get_history(session, code, now)
    purpose, old = _signing_methods(history)
    generation = 1 + max(number for _, number in map(_parse_name, old))
    new = {f"{_parse_name(name)[0]}-{generation}": key.type for name, key in old.items()}
    made = {
        name: generate(keystore, f"{code}/{name}", KEY_PURPOSES[purpose], key_type).public_key
        for name, key_type in new.items()
    }
    line = build_next(
        history,
        document=_document(history, made, purpose),
        signer=next_update_key(keystore, code, history),
        next_key_hashes=_next_hashes(keystore, code, history),
        now=now,
        witness=None if witnesses == history.latest.parameters.witness else witnesses,
    )
    version = history.advance(parse_entry(line.rstrip(b"\n"), number=_number(history)), now).latest
    log_entry(session, version, history.latest.version_id, line, now=now)
    return NewKeys(
        code=code,
        version_id=version.version_id,
        generation=generation,
        retired=tuple(sorted(old)),
        current=tuple(sorted(made)),
    )


def next_update_key(keystore: Keystore, code: str, history: History) -> Signer:
    """The key to which the last entry has committed. Raises KeyNotFound."""
    return keystore.signer(f"{code}/{_update_key(_number(history))}", KeyPurpose.DID_UPDATE)


def _next_hashes(keystore: Keystore, code: str, history: History) -> list[str]:
    following = generate(
        keystore,
        f"{code}/{_update_key(_number(history) + 1)}",
        KeyPurpose.DID_UPDATE,
        KeyType.ED25519,
    )
    backup = keystore.public(f"{code}/{BACKUP}")
    return [next_key_hash(key) for key in (following.public_key, backup)]


def _signing_methods(history: History) -> tuple[Purpose, Mapping[str, PublicKey]]:
    """The keys to replace, by their names; every one of ours serves one purpose."""
    for purpose in KEY_PURPOSES:
        found = methods(history, purpose)
        if found:
            return purpose, {name.partition("#")[2]: key for name, key in found.items()}
    raise ActRefused("the DID has no keys to sign with")


def _parse_name(name: str) -> tuple[str, int]:
    found = _NUMBERED.fullmatch(name)
    if found is None:
        raise ActRefused(f"the key {name} is not one that was made here")
    return found[1], int(found[2])


def _document(history: History, keys: Mapping[str, PublicKey], purpose: Purpose) -> Claims:
    """The last document with other keys; whatever else it says stays."""
    made = build_agency_document(
        str(history.did), keys, purposes=(purpose,), credential_issuer=None
    )
    return {**history.latest.document.members, **made}


def _number(history: History) -> int:
    """The number of the entry that comes next."""
    return history.latest.number + 1


def _update_key(number: int) -> str:
    """The name of the key that signs the entry of this number."""
    return f"update-{number}"
