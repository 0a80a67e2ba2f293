"""did:webvh identifiers and the addresses of their files. did:webvh 1.0, "Method-Specific
Identifier" and "The DID to HTTPS Transformation".

One DID has one spelling here: hosts in lower case and as A-labels, percent-encoding in capitals
and only where it is needed. Names are compared as text, so a second spelling would be a second
identity with the same address.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from did_registry.errors import DidInvalid

MAX_DID_CHARS: Final = 1024
MAX_PATH_SEGMENTS: Final = 16
MAX_PORT: Final = 65535
SCID_PLACEHOLDER: Final = "{SCID}"

_PREFIX: Final = "did:webvh:"
_SCID: Final = re.compile("Qm[1-9A-HJ-NP-Za-km-z]{44}")  # base58 of 12 20 and 32 bytes: SHA-256
_LABEL: Final = re.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAX_HOST: Final = 253
# A last label like this makes URL parsers read the whole host as an IPv4 address (WHATWG §3.5).
_NUMERIC: Final = re.compile("[0-9]+|0x[0-9a-f]*")
_HOST_AND_PORT: Final = re.compile("([^%]*)(?:%3A([1-9][0-9]{0,4}))?")
_SEGMENT: Final = re.compile("(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+")
_PLAIN: Final = re.compile("[A-Za-z0-9._-]+")
_LOOPBACK: Final = "localhost"
_WELL_KNOWN: Final = ".well-known"
_REMEMBERED: Final = 512  # every credential of an agency names the same DID, several times


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A did:webvh DID, taken apart. Built by `parse_did` only.

    host: a domain name in lower case; path: the segments as they stand in the DID.
    """

    scid: str
    host: str
    port: int | None
    path: tuple[str, ...]

    def __str__(self) -> str:
        return _PREFIX + self.scid + ":" + ":".join((_authority(self.host, self.port), *self.path))


@lru_cache(maxsize=_REMEMBERED)
def parse_did(text: str) -> Did:
    """Read a bare did:webvh DID, without path, query or fragment. Raises DidInvalid.

    Refused beyond the specification: upper-case hosts, U-labels, `%3a`, needless escapes. Accepted
    beyond it: the host `localhost`, which has one label only, for a registry on one's own desk.
    """
    if len(text) > MAX_DID_CHARS or not text.startswith(_PREFIX):
        raise DidInvalid("not a did:webvh DID")
    scid, *rest = text[len(_PREFIX) :].split(":")
    require_scid(scid)
    if not 1 <= len(rest) <= 1 + MAX_PATH_SEGMENTS:
        raise DidInvalid(f"the DID needs a host and at most {MAX_PATH_SEGMENTS} path segments")
    host, port = _parse_authority(rest[0])
    for segment in rest[1:]:
        _check_segment(segment)
    return Did(scid=scid, host=host, port=port, path=tuple(rest[1:]))


def require_scid(text: str) -> None:
    """Raise DidInvalid unless the text can be an SCID; whether it is one, its log will show."""
    if not _SCID.fullmatch(text):
        raise DidInvalid("an SCID has the 46 base58 characters of a SHA-256 multihash")


def placeholder_did(host: str, port: int | None, path: tuple[str, ...]) -> str:
    """The DID as it stands in a first document before its SCID is known. Raises DidInvalid."""
    template = ":".join((_PREFIX + SCID_PLACEHOLDER, _authority(host, port), *path))
    parse_did(template.replace(SCID_PLACEHOLDER, "Qm" + "1" * 44))
    return template


def is_loopback(did: Did) -> bool:
    """Whether the host is `localhost` or below it, and so this very machine (RFC 6761 §6.3)."""
    return did.host == _LOOPBACK or did.host.endswith("." + _LOOPBACK)


def log_url(did: Did, *, unsafe_http_loopback: bool) -> str:
    """The address of did.jsonl; https, but http for a loopback host if the caller allows it."""
    return _log_folder(did, unsafe_http_loopback=unsafe_http_loopback) + "did.jsonl"


def witness_url(did: Did, *, unsafe_http_loopback: bool) -> str:
    """The address of did-witness.json, beside did.jsonl."""
    return _log_folder(did, unsafe_http_loopback=unsafe_http_loopback) + "did-witness.json"


def folder_path(did: Did) -> str:
    """Below which path of its host, or of a mirror of it, the two files stand; ends in `/`."""
    return "/".join(("", *(_path(did) or [_WELL_KNOWN]), ""))


def files_url(did: Did) -> str:
    """The address below which the paths of DID URLs are looked up: always https, ends in `/`."""
    return _folder("https", did, _path(did))


def _log_folder(did: Did, *, unsafe_http_loopback: bool) -> str:
    scheme = "http" if unsafe_http_loopback and is_loopback(did) else "https"
    return _folder(scheme, did, _path(did) or [_WELL_KNOWN])


def _folder(scheme: str, did: Did, path: list[str]) -> str:
    port = "" if did.port is None else f":{did.port}"
    return "/".join((f"{scheme}://{did.host}{port}", *path, ""))


def _path(did: Did) -> list[str]:
    return [quote(unquote_to_bytes(segment), safe="") for segment in did.path]


def _authority(host: str, port: int | None) -> str:
    return host if port is None else f"{host}%3A{port}"


def _parse_authority(text: str) -> tuple[str, int | None]:
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None:
        raise DidInvalid("the host has an escape, or a port that is not %3A and its number")
    host, port = match[1], match[2]
    labels = host.split(".")
    if len(host) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise DidInvalid("the host is not a domain name in lower-case letters, digits and hyphens")
    if len(labels) < 2 and host != _LOOPBACK:
        raise DidInvalid("the host is not a fully qualified domain name")
    if _NUMERIC.fullmatch(labels[-1]):
        raise DidInvalid("the host is an IP address")
    if port is not None and int(port) > MAX_PORT:
        raise DidInvalid("the port is beyond 65535")
    return host, None if port is None else int(port)


def _check_segment(segment: str) -> None:
    """Refuse what could lead out of its folder, or be written in two ways."""
    if not _SEGMENT.fullmatch(segment):
        raise DidInvalid("a path segment is empty or has a character that must be escaped")
    try:
        name = unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DidInvalid("a path segment's escapes are not UTF-8") from error
    if name in {".", ".."} or "/" in name or "\\" in name:
        raise DidInvalid("a path segment leads to another folder")
    if not name.isprintable() or name != name.strip():
        raise DidInvalid("a path segment has control characters or begins or ends with a space")
    if segment != _escape(name):
        raise DidInvalid("a path segment has an escape that it does not need")


def _escape(name: str) -> str:
    """Percent-encode all but the characters that a DID may hold as they are. DID Core §3.1."""
    return "".join(
        character
        if _PLAIN.fullmatch(character)
        else "".join(f"%{byte:02X}" for byte in character.encode("utf-8"))
        for character in name
    )
