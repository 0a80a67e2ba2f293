"""One line of did.jsonl: an entry, its two hashes, and the log as lines. did:webvh 1.0, "The DID
Log File", "SCID Generation and Verification", "Entry Hash Generation and Verification".

An entry that was parsed is well-formed and nothing more; `history.py` decides whether it holds.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import Proof, parse_proof, parse_timestamp
from credentials.encoding import encode_base58
from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.strict_json import parse_json
from did_registry.errors import LogMalformed, LogProofInvalid, LogTimeInvalid
from did_registry.webvh.did import SCID_PLACEHOLDER

MAX_LOG_BYTES: Final = 2 * 1024 * 1024  # about 1,400 ordinary entries
MAX_ENTRIES: Final = 1000
MAX_ENTRY_BYTES: Final = 65_535  # what one entry of a tile log can carry (C2SP tlog-tiles)
MAX_PROOFS: Final = 4  # each costs a verification; one is usual

_VERSION_ID: Final = re.compile(r"([1-9][0-9]{0,3})-([1-9A-HJ-NP-Za-km-z]{46})")
_SHA256_MULTIHASH: Final = b"\x12\x20"  # code 0x12, length 32: the only algorithm of webvh 1.0
_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A parsed, unverified entry.

    number: from 1; time: aware UTC; unsigned: all members but `proof`; size: its bytes in the log.
    """

    number: int
    version_id: str
    time: datetime
    parameters: Claims
    state: Claims
    proofs: tuple[Proof, ...]
    members: Claims
    unsigned: Claims
    size: int


def split_log(data: bytes) -> list[bytes]:
    """Cut did.jsonl into lines, of which the last may lack its newline (jsonlines.org §3).

    At most 2 MiB and 1,000 lines. Raises LogMalformed.
    """
    text = data.removesuffix(b"\n")
    if len(data) > MAX_LOG_BYTES:
        raise LogMalformed(f"the log is longer than {MAX_LOG_BYTES} bytes", entry=1)
    if text.count(b"\n") >= MAX_ENTRIES:
        raise LogMalformed(f"the log has more than {MAX_ENTRIES} entries", entry=MAX_ENTRIES + 1)
    return text.split(b"\n")


def parse_entry(line: bytes, *, number: int) -> Entry:
    """Read one line of at most 65,535 bytes. number: its place in the log, from 1, for errors.

    Raises LogMalformed, LogTimeInvalid or LogProofInvalid.
    """
    try:
        entry = parse_object(line, max_bytes=MAX_ENTRY_BYTES, where="the line")
    except Malformed as error:
        raise LogMalformed(error.detail, entry=number) from error
    return _read(entry, len(line) + 1, number)


def read_entry(members: Claims, *, number: int) -> Entry:
    """Read an entry that came inside another JSON text, such as a leaf. Raises as `parse_entry`."""
    try:
        line = encode_entry(members)
    except Malformed as error:
        raise LogMalformed(error.detail, entry=number) from error
    return _read(JsonObject(members, "the entry"), len(line), number)


def encode_entry(members: Claims) -> bytes:
    """Write an entry as its line in did.jsonl: canonical JSON and a newline."""
    return canonicalize(members) + b"\n"


def unsigned_text(entry: Entry) -> bytes:
    """The canonical text of an entry without its proof: what was signed. Raises Malformed."""
    return canonicalize(entry.unsigned)


def entry_hash_of(entry: Entry, text: bytes, previous: str) -> str:
    """The same as `entry_hash`, from the text that is there already.

    text: what `unsigned_text` has made of the entry. Its names are sorted, so versionId and
    versionTime stand at its end, and neither holds a character that JSON writes in another way.
    """
    time = entry.members["versionTime"]
    own = f'"versionId":"{entry.version_id}","versionTime":"{time}"}}'.encode()
    if not text.endswith(own):
        raise Malformed("the entry is not written with its versionId and versionTime at the end")
    before = f'"versionId":"{previous}","versionTime":"{time}"}}'.encode()
    return hash_text(text[: -len(own)] + before)


def entry_hash(unsigned: Claims, previous: str) -> str:
    """The hash that chains an entry to its predecessor.

    previous: the predecessor's versionId; the SCID for the first entry. Raises Malformed.
    """
    return hash_text(canonicalize({**unsigned, "versionId": previous}))


def genesis_scid(unsigned: Claims, scid: str) -> str:
    """The SCID that a first entry should have, given the one it claims. Raises Malformed.

    The replacement is one of text, as the specification wants it; it is parsed again because it
    may change the order of member names.
    """
    text = canonicalize({**unsigned, "versionId": SCID_PLACEHOLDER})
    placeholder = SCID_PLACEHOLDER.encode("ascii")
    replaced = text.replace(scid.encode("ascii"), placeholder)
    return hash_text(canonicalize(parse_json(replaced)))


def hash_text(data: bytes) -> str:
    """SHA-256 as a base58btc multihash: 46 characters, beginning with Qm."""
    return encode_base58(_SHA256_MULTIHASH + hashlib.sha256(data).digest())


def _read(entry: JsonObject, size: int, number: int) -> Entry:
    try:
        entry.only("versionId", "versionTime", "parameters", "state", "proof")
        version_id = entry.text("versionId")
        match = _VERSION_ID.fullmatch(version_id)
        if match is None:
            raise Malformed("versionId is not a number, a dash and a SHA-256 multihash")
        return Entry(
            number=int(match[1]),
            version_id=version_id,
            time=_parse_time(entry.text("versionTime"), number),
            parameters=entry.object("parameters").members,
            state=entry.object("state").members,
            proofs=_parse_proofs(entry, number),
            members=entry.members,
            unsigned={name: entry.members[name] for name in entry if name != "proof"},
            size=size,
        )
    except Malformed as error:
        raise LogMalformed(error.detail, entry=number) from error


def _parse_time(text: str, number: int) -> datetime:
    """A UTC time with its zone; a fraction is allowed, to the microseconds that we can compare."""
    if not _UTC.fullmatch(text):
        raise LogTimeInvalid("versionTime is not a UTC date and time", entry=number)
    try:
        return parse_timestamp(text)
    except Malformed as error:
        raise LogTimeInvalid("versionTime is not a date and time", entry=number) from error


def _parse_proofs(entry: JsonObject, number: int) -> tuple[Proof, ...]:
    try:
        proofs = entry.objects("proof", max_items=MAX_PROOFS)
        if not proofs:
            raise Malformed("the entry holds no proof")
        return tuple(parse_proof(proof) for proof in proofs)
    except Error as error:
        raise LogProofInvalid(error.detail, entry=number) from error
