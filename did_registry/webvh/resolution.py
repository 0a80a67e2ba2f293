"""What a DID resolver answers: a document, its metadata and an HTTP status, from a History.

    options ── resolve(History | None) ──> Resolution ── to_json / to_legacy_json ──> body

W3C DID Resolution (CR 2026-07-23) §4 and §12.1; did:webvh 1.0, "Read (Resolve)".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from did_registry.errors import LogInvalid, VersionNotFound
from did_registry.webvh.did import files_url
from did_registry.webvh.history import History
from did_registry.webvh.version import Version
from did_registry.webvh.witness import WitnessRule

CONTENT_TYPE: Final = "application/did"
MAX_OPTION_CHARS: Final = 128
MAX_SERVICES: Final = 128

_ERROR_TYPE: Final = "https://www.w3.org/ns/did#"
_VERSION_OPTIONS: Final = frozenset({"versionId", "versionTime", "versionNumber"})
# DID Core §3.1; a DID URL's path, query and fragment are no part of a DID.
_DID: Final = re.compile(
    r"did:[a-z0-9]+:(?:(?:[\w.-]|%[0-9A-Fa-f]{2})*:)*(?:[\w.-]|%[0-9A-Fa-f]{2})+", re.ASCII
)
_MAX_DID_CHARS: Final = 2048
_NUMBER: Final = re.compile("[0-9]{1,9}")
_LINKED_VP: Final = "https://identity.foundation/linked-vp/contexts/v1"


class Refusal(StrEnum):
    """Why there is no document; the value completes the error's `type`. DID Resolution §11."""

    INVALID_DID = "INVALID_DID"
    INVALID_DID_DOCUMENT = "INVALID_DID_DOCUMENT"
    NOT_FOUND = "NOT_FOUND"
    INVALID_OPTIONS = "INVALID_OPTIONS"
    FEATURE_NOT_SUPPORTED = "FEATURE_NOT_SUPPORTED"
    METHOD_NOT_SUPPORTED = "METHOD_NOT_SUPPORTED"
    REPRESENTATION_NOT_SUPPORTED = "REPRESENTATION_NOT_SUPPORTED"
    INTERNAL_ERROR = "INTERNAL_ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One answer. document: None if refused, and for a deactivated DID that is asked for as it is.

    metadata: `didDocumentMetadata`; refusal, detail: set together or not at all.
    """

    document: "Claims | None"
    metadata: Claims
    refusal: Refusal | None
    detail: str

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status. Spec: DID Resolution §12.1, table and the rule for `deactivated`."""
        if self.refusal is not None:
            return _status(self.refusal)
        return HTTPStatus.GONE if self.metadata.get("deactivated") else HTTPStatus.OK

    def to_json(self) -> Claims:
        """The DID resolution result, `application/did-resolution`. Spec: DID Resolution §9."""
        if self.refusal is None:
            return self._result({"contentType": CONTENT_TYPE})
        return self._result({"error": self._problem(self.refusal)})

    def to_legacy_json(self) -> Claims:
        """The same with the error as one word, as did:webvh 1.0 and older clients have it."""
        if self.refusal is None:
            return self.to_json()
        word = _legacy_word(self.refusal)
        return self._result({"error": word, "problemDetails": self._problem(self.refusal)})

    def _result(self, metadata: Claims) -> Claims:
        return {
            "didDocument": self.document,
            "didDocumentMetadata": self.metadata,
            "didResolutionMetadata": metadata,
        }

    def _problem(self, refusal: Refusal) -> Claims:
        title = refusal.replace("_", " ").capitalize()
        return {"type": _ERROR_TYPE + refusal, "title": title, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which version is wanted; at most one is set, and none means the latest."""

    version_id: str | None = None
    version_time: datetime | None = None
    version_number: int | None = None

    @property
    def names_a_version(self) -> bool:
        """Whether one version is meant, whatever stands before or after it."""
        return self.version_id is not None or self.version_number is not None


def is_did(text: str) -> bool:
    """Whether a text has the form of a DID, of whatever method. DID Resolution §4.4 step 1."""
    return len(text) <= _MAX_DID_CHARS and _DID.fullmatch(text) is not None


def parse_query(options: Iterable[tuple[str, str]]) -> Query:
    """Read the resolution options of a request, given as (name, value).

    Raises Unsupported for an option that is not one of versionId, versionTime and versionNumber,
    Malformed for a bad value, an option given twice, and two of them together.
    """
    given = list(options)
    names = [name for name, _ in given]
    if not _VERSION_OPTIONS.issuperset(names):
        raise Unsupported("the only options here are versionId, versionTime and versionNumber")
    if len(given) > 1:
        raise Malformed("a version is named by one option, once")
    if not given:
        return Query()
    name, value = given[0]
    if not 0 < len(value) <= MAX_OPTION_CHARS:
        raise Malformed("the option is empty or too long")
    if name == "versionId":
        return Query(version_id=value)
    if name == "versionTime":
        return Query(version_time=parse_timestamp(value))
    return Query(version_number=_number(value))


def resolve(
    history: History | None, options: Iterable[tuple[str, str]], *, failure: LogInvalid | None
) -> Resolution:
    """Answer a request for a DID; never raises, as whatever is wrong is an answer too.

    history: what is valid of its log, None if nothing is; failure: why the log is not valid to its
    end, None if it is. A DID that does not exist has neither.
    """
    try:
        query = parse_query(options)
    except Unsupported as error:
        return refuse(Refusal.FEATURE_NOT_SUPPORTED, error.detail)
    except Malformed as error:
        return refuse(Refusal.INVALID_OPTIONS, error.detail)
    if history is None:
        if failure is None:
            return refuse(Refusal.NOT_FOUND, "there is no such DID")
        return refuse(Refusal.INVALID_DID, str(failure))
    try:
        version = _select(history, query)
    except VersionNotFound as error:
        if failure is not None and query.version_time is None:
            return refuse(Refusal.INVALID_DID, str(failure))
        return refuse(Refusal.NOT_FOUND, error.detail)
    if failure is not None and version is history.latest and not query.names_a_version:
        # Until when the last valid version holds is what the invalid entry would have said.
        return refuse(Refusal.INVALID_DID, str(failure))
    return _answer(history, version)


def refuse(refusal: Refusal, detail: str) -> Resolution:
    """The answer that there is no document, and why."""
    return Resolution(document=None, metadata={}, refusal=refusal, detail=detail)


def _answer(history: History, version: Version) -> Resolution:
    metadata = _metadata(history, version)
    if version.parameters.deactivated:
        return Resolution(document=None, metadata=metadata, refusal=None, detail="")
    try:
        document = _with_implicit_services(version)
    except Malformed as error:
        return refuse(Refusal.INVALID_DID_DOCUMENT, error.detail)
    return Resolution(document=document, metadata=metadata, refusal=None, detail="")


def _select(history: History, query: Query) -> Version:
    if query.version_id is not None:
        return history.version(query.version_id)
    if query.version_number is not None:
        return history.number(query.version_number)
    if query.version_time is not None:
        return history.version_at(query.version_time)
    return history.latest


def _metadata(history: History, version: Version) -> Claims:
    """`didDocumentMetadata`; numbers as text, as metadata may hold none (DID Resolution §2)."""
    latest = history.latest.parameters
    metadata: Claims = {
        "versionId": version.version_id,
        "versionTime": format_timestamp(version.time),
        "created": format_timestamp(history.versions[0].time),
        "updated": format_timestamp(history.latest.time),
        "scid": history.scid,
        "portable": latest.portable,
        "deactivated": latest.deactivated,
        "ttl": str(latest.ttl),
        "witness": {} if latest.witness is None else _witness_as_text(latest.witness),
        "watchers": list(latest.watchers),
    }
    if version is not history.latest:
        following = history.number(version.number + 1)
        metadata["nextVersionId"] = following.version_id
        metadata["nextUpdate"] = format_timestamp(following.time)
    return metadata


def _witness_as_text(rule: WitnessRule) -> Claims:
    return {**rule.to_json(), "threshold": str(rule.threshold)}


def _with_implicit_services(version: Version) -> Claims:
    """The document with the two services that every did:webvh DID has, unless it has its own.

    Spec: did:webvh 1.0, "Implicit DID URL Path Handler Services". Raises Malformed.
    """
    did, members = version.document.id, version.document.members
    listed = JsonObject(members, "DID document")
    services = listed.objects("service", max_items=MAX_SERVICES) if "service" in listed else []
    taken = {service.text("id").removeprefix(did) for service in services}
    implicit = [one for name, one in _implicit_services(version).items() if name not in taken]
    return {**members, "service": [*(service.members for service in services), *implicit]}


def _implicit_services(version: Version) -> dict[str, Claims]:
    folder = files_url(version.did)
    return {
        "#files": {
            "id": version.document.id + "#files",
            "type": ["PathHandler", "PathService"],
            "path": "/",
            "serviceEndpoint": folder,
        },
        "#whois": {
            "@context": _LINKED_VP,
            "id": version.document.id + "#whois",
            "type": ["PathHandler", "PathService", "whois"],
            "path": "/whois",
            "serviceEndpoint": folder + "whois.vp",
        },
    }


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Malformed("versionNumber is not a number")
    return int(text)


def _status(refusal: Refusal) -> HTTPStatus:
    match refusal:
        case Refusal.INVALID_DID | Refusal.INVALID_OPTIONS:
            return HTTPStatus.BAD_REQUEST
        case Refusal.NOT_FOUND:
            return HTTPStatus.NOT_FOUND
        case Refusal.REPRESENTATION_NOT_SUPPORTED:
            return HTTPStatus.NOT_ACCEPTABLE
        case Refusal.INVALID_DID_DOCUMENT | Refusal.INTERNAL_ERROR:
            return HTTPStatus.INTERNAL_SERVER_ERROR
        case Refusal.METHOD_NOT_SUPPORTED | Refusal.FEATURE_NOT_SUPPORTED:
            return HTTPStatus.NOT_IMPLEMENTED


def _legacy_word(refusal: Refusal) -> str:
    head, *rest = refusal.lower().split("_")
    return head + "".join(word.capitalize() for word in rest)
