"""Reads an entry that an agency offers for its own DID, as far as it can be judged before its turn.

Everything but one thing is decided here, strictly: whether another entry was faster is for the
sequencer alone.
"""

import hashlib
import re
from datetime import datetime
from typing import Final

from credentials.errors import Malformed
from did_registry.actions.append import LeafDraft, check_draft
from did_registry.errors import (
    ActRefused,
    PreRotationRequired,
    VersionConflict,
    VersionNotFound,
)
from did_registry.inbox import Submission
from did_registry.leaf import LeafKind
from did_registry.webvh.entry import Entry, parse_entry
from did_registry.webvh.history import History

_KEY: Final = re.compile(r"[!-~]{1,128}")


def submission_key(code: str, sender_key: str) -> bytes:
    """The key of a submission: what its sender calls it, and which agency that is.

    sender_key: 1 to 128 visible ASCII characters, his `Idempotency-Key`. Raises Malformed.
    """
    if _KEY.fullmatch(sender_key) is None:
        raise Malformed("Idempotency-Key is 1 to 128 visible ASCII characters")
    return hashlib.sha256(f"{code}\0{sender_key}".encode()).digest()


def offer_entry(
    history: History, code: str, line: bytes, *, expected: str, key: bytes, now: datetime
) -> Submission:
    """The submission of one line of did.jsonl.

    history: of the DID that is served under `code`; expected: the versionId that the line follows.
    Raises VersionConflict when that is not the last version, unless this very entry
    followed it, which has its place then; a leaf of LogInvalid; PreRotationRequired or ActRefused
    for what the log does not take from an agency alone; and TooLarge.
    """
    before = _version_before(history, expected)
    entry = parse_entry(line, number=before.latest.number + 1)
    if before.latest is not history.latest and not _is_known(history, entry):
        raise VersionConflict("the DID has changed", current=history.latest.version_id)
    version = before.advance(entry, now).latest
    if version.parameters.deactivated:
        raise ActRefused("a DID is ended by two people of the registry's root")
    if not version.parameters.next_key_hashes:
        raise PreRotationRequired("every entry commits to the keys of the next one")
    if version.parameters.witness != before.latest.parameters.witness:
        raise ActRefused("a DID's witnesses are chosen by the registry's root")
    submission = Submission(
        key=key,
        code=code,
        kind=LeafKind.DID,
        subject=history.scid,
        body={"entry": entry.members},
        expected=expected,
        witnessed=version.witnesses is not None,
    )
    check_draft(LeafDraft(kind=LeafKind.DID, subject=history.scid, body=submission.body), now=now)
    return submission


def _version_before(history: History, expected: str) -> History:
    """The history as it was when `expected` was its last version."""
    try:
        version = history.version(expected)
    except VersionNotFound as error:
        raise VersionConflict(
            "the DID never had this version", current=history.latest.version_id
        ) from error
    return History(versions=history.versions[: version.number])


def _is_known(history: History, entry: Entry) -> bool:
    return history.versions[entry.number - 1].version_id == entry.version_id
