from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.data_integrity import format_timestamp
from credentials.errors import Malformed, Unsupported
from did_registry.webvh.did import parse_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import Replayed, begin, replay_prefix
from did_registry.webvh.resolution import Query, Refusal, parse_query, refuse, resolve
from tests.simulators.webvh_log import (
    HOST,
    NOW,
    START,
    Draft,
    Sealed,
    did_of,
    document,
    multikey,
    plain_drafts,
    seal,
    signer,
    to_log,
)

DAY = timedelta(days=1)
ENTRIES = seal(plain_drafts())
IDS = [str(entry["versionId"]) for entry in ENTRIES]
DID = did_of(ENTRIES)
TIMES = [format_timestamp(START + n * DAY) for n in range(3)]


def _replayed(entries: list[Sealed], tail: bytes = b"") -> Replayed:
    did = parse_did(did_of(entries))
    return replay_prefix(to_log(entries) + tail, did=did, now=NOW, witnesses=None)


def _resolve(*options: tuple[str, str], entries: list[Sealed] | None = None) -> Any:
    replayed = _replayed(ENTRIES if entries is None else entries)
    return resolve(replayed.history, options, failure=replayed.failure)


def test_answers_with_the_latest_version() -> None:
    answer = _resolve()
    assert answer.status == HTTPStatus.OK
    assert answer.metadata == {
        "versionId": IDS[2],
        "versionTime": TIMES[2],
        "created": TIMES[0],
        "updated": TIMES[2],
        "scid": ENTRIES[0]["parameters"]["scid"],
        "portable": False,
        "deactivated": False,
        "ttl": "3600",
        "witness": {},
        "watchers": [],
    }
    assert answer.to_json() == {
        "didDocument": answer.document,
        "didDocumentMetadata": answer.metadata,
        "didResolutionMetadata": {"contentType": "application/did"},
    }
    assert answer.to_legacy_json() == answer.to_json()


def test_adds_the_two_implicit_services() -> None:
    resolved = dict(_resolve().document)
    assert resolved.pop("service") == [
        {
            "id": f"{DID}#files",
            "type": ["PathHandler", "PathService"],
            "path": "/",
            "serviceEndpoint": f"https://{HOST}/dids/SEL-DIG/",
        },
        {
            "@context": "https://identity.foundation/linked-vp/contexts/v1",
            "id": f"{DID}#whois",
            "type": ["PathHandler", "PathService", "whois"],
            "path": "/whois",
            "serviceEndpoint": f"https://{HOST}/dids/SEL-DIG/whois.vp",
        },
    ]
    assert resolved == ENTRIES[2]["state"]


@pytest.mark.parametrize("name", ["#files", "{SCID}#files"])
def test_an_explicit_service_takes_the_place_of_the_implicit_one(name: str) -> None:
    drafts = plain_drafts()[:1]
    own = {"id": name.replace("{SCID}", drafts[0].state["id"]), "type": "PathHandler"}
    other = {"id": "#other", "type": "Other"}
    drafts[0].state["service"] = [other, own]
    entries = seal(drafts)
    services = _resolve(entries=entries).document["service"]
    assert services[:2] == entries[0]["state"]["service"]
    assert [service["id"] for service in services[2:]] == [f"{did_of(entries)}#whois"]


@pytest.mark.parametrize("service", [7, [7], [{"type": "no id"}], [{"id": "#a"}] * 129])
def test_a_document_with_unreadable_services_is_no_answer(service: Any) -> None:
    drafts = plain_drafts()[:1]
    drafts[0].state["service"] = service
    answer = _resolve(entries=seal(drafts))
    assert answer.refusal is Refusal.INVALID_DID_DOCUMENT
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize(
    ("option", "number"),
    [
        (("versionId", IDS[0]), 1),
        (("versionNumber", "2"), 2),
        (("versionNumber", "3"), 3),
        (("versionTime", TIMES[1]), 2),
        (("versionTime", "2026-03-15T12:04:04+09:00"), 2),
        (("versionTime", "2099-01-01T00:00:00Z"), 3),
    ],
    ids=str,
)
def test_answers_with_the_version_that_was_asked_for(option: tuple[str, str], number: int) -> None:
    answer = _resolve(option)
    assert answer.status == HTTPStatus.OK
    assert answer.metadata["versionId"] == IDS[number - 1]
    assert answer.metadata["updated"] == TIMES[2]
    assert answer.metadata.get("nextVersionId") == (IDS[number] if number < 3 else None)
    assert answer.metadata.get("nextUpdate") == (TIMES[number] if number < 3 else None)


@pytest.mark.parametrize(
    "option",
    [
        ("versionId", IDS[0][:-1]),
        ("versionId", "1"),
        ("versionId", "1" * 128),
        ("versionNumber", "0"),
        ("versionNumber", "4"),
        ("versionTime", "2026-03-13T03:04:04Z"),
    ],
    ids=str,
)
def test_there_is_no_such_version(option: tuple[str, str]) -> None:
    answer = _resolve(option)
    assert answer.refusal is Refusal.NOT_FOUND
    assert answer.status == HTTPStatus.NOT_FOUND
    assert answer.document is None
    assert answer.metadata == {}


@pytest.mark.parametrize(
    "options",
    [
        [("versionId", IDS[0]), ("versionTime", TIMES[0])],
        [("versionId", IDS[0]), ("versionNumber", "1")],
        [("versionNumber", "1"), ("versionNumber", "1")],
        [("versionId", "")],
        [("versionId", "1" * 129)],
        [("versionTime", "2026-03-13")],
        [("versionTime", "2026-03-13T03:04:05")],
        [("versionNumber", "one")],
        [("versionNumber", "-1")],
        [("versionNumber", "１")],
        [("versionNumber", "1" * 10)],
    ],
    ids=str,
)
def test_refuses_bad_options(options: list[tuple[str, str]]) -> None:
    with pytest.raises(Malformed):
        parse_query(options)
    answer = _resolve(*options)
    assert answer.refusal is Refusal.INVALID_OPTIONS
    assert answer.status == HTTPStatus.BAD_REQUEST


def test_refuses_options_that_are_not_understood() -> None:
    with pytest.raises(Unsupported):
        parse_query([("versionId", IDS[0]), ("expandRelativeUrls", "true")])
    answer = _resolve(("expandRelativeUrls", "true"))
    assert answer.refusal is Refusal.FEATURE_NOT_SUPPORTED
    assert answer.status == HTTPStatus.NOT_IMPLEMENTED


def test_reads_a_query() -> None:
    assert parse_query([]) == Query()
    assert parse_query([("versionTime", "2026-03-13T12:04:05+09:00")]) == Query(version_time=START)


def test_there_is_no_such_did() -> None:
    answer = resolve(None, [], failure=None)
    assert answer.refusal is Refusal.NOT_FOUND


def test_an_invalid_log_is_an_invalid_did() -> None:
    entries = seal(plain_drafts())
    entries[0]["proof"] = []
    answer = _resolve(entries=entries)
    assert answer.refusal is Refusal.INVALID_DID
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert "log-proof-invalid" in answer.detail


@pytest.mark.parametrize(
    ("option", "refusal"),
    [
        (None, Refusal.INVALID_DID),
        (("versionId", IDS[0]), None),
        (("versionId", IDS[1]), None),
        (("versionNumber", "2"), None),
        (("versionTime", TIMES[0]), None),
        (("versionTime", TIMES[1]), Refusal.INVALID_DID),
        (("versionId", IDS[2]), Refusal.INVALID_DID),
        (("versionNumber", "3"), Refusal.INVALID_DID),
        (("versionTime", "2026-03-13T03:04:04Z"), Refusal.NOT_FOUND),
    ],
    ids=str,
)
def test_what_stands_before_a_fault_is_served_by_name(
    option: tuple[str, str] | None, refusal: Refusal | None
) -> None:
    replayed = _replayed(ENTRIES[:2], b"x\n")
    options = [] if option is None else [option]
    assert resolve(replayed.history, options, failure=replayed.failure).refusal is refusal


def _deactivated() -> list[Sealed]:
    drafts = plain_drafts()[:2]
    end = Draft(parameters={"deactivated": True}, time=TIMES[2])
    return seal([*drafts, end])


@pytest.mark.parametrize(
    ("option", "served"),
    [
        (None, False),
        (("versionNumber", "3"), False),
        (("versionTime", TIMES[2]), False),
        (("versionNumber", "2"), True),
        (("versionTime", TIMES[0]), True),
    ],
    ids=str,
)
def test_a_deactivated_did_is_gone_and_its_past_is_not(
    option: tuple[str, str] | None, served: bool
) -> None:
    answer = _resolve(*([] if option is None else [option]), entries=_deactivated())
    assert answer.status == HTTPStatus.GONE
    assert answer.metadata["deactivated"] is True
    assert (answer.document is not None) is served
    assert "error" not in answer.to_json()["didResolutionMetadata"]


def test_metadata_are_those_of_the_whole_did() -> None:
    drafts = plain_drafts()[:2]
    witness = {"threshold": 1, "witnesses": [{"id": f"did:key:{multikey(signer(200))}"}]}
    drafts[0].parameters["portable"] = True
    drafts[1].parameters |= {"ttl": 60, "watchers": ["https://w.example"], "portable": False}
    drafts[1].parameters["witness"] = witness
    first, second = to_log(seal(drafts)).splitlines()
    history = begin(parse_entry(first, number=1), NOW).advance(parse_entry(second, number=2), NOW)
    metadata = resolve(history, [("versionNumber", "1")], failure=None).metadata
    assert metadata["ttl"] == "60"
    assert metadata["watchers"] == ["https://w.example"]
    assert metadata["portable"] is False
    assert metadata["witness"] == {**witness, "threshold": "1"}


def test_every_refusal_has_its_status_and_its_two_spellings() -> None:
    found = {}
    for refusal in Refusal:
        answer = refuse(refusal, "why")
        legacy = answer.to_legacy_json()["didResolutionMetadata"]
        current = answer.to_json()["didResolutionMetadata"]
        assert isinstance(legacy, dict)
        assert isinstance(current, dict)
        assert legacy["problemDetails"] == current["error"]
        assert answer.to_json()["didDocument"] is None
        assert answer.to_json()["didDocumentMetadata"] == {}
        found[refusal.value] = (int(answer.status), legacy["error"])
    assert found == {
        "INVALID_DID": (400, "invalidDid"),
        "INVALID_DID_DOCUMENT": (500, "invalidDidDocument"),
        "NOT_FOUND": (404, "notFound"),
        "INVALID_OPTIONS": (400, "invalidOptions"),
        "FEATURE_NOT_SUPPORTED": (501, "featureNotSupported"),
        "METHOD_NOT_SUPPORTED": (501, "methodNotSupported"),
        "REPRESENTATION_NOT_SUPPORTED": (406, "representationNotSupported"),
        "INTERNAL_ERROR": (500, "internalError"),
    }


def test_an_error_is_an_object_with_type_title_and_detail() -> None:
    error = refuse(Refusal.NOT_FOUND, "there is no such DID").to_json()["didResolutionMetadata"]
    assert error == {
        "error": {
            "type": "https://www.w3.org/ns/did#NOT_FOUND",
            "title": "Not found",
            "detail": "there is no such DID",
        }
    }


_NAMES = st.sampled_from(["versionId", "versionTime", "versionNumber", "x"]) | st.text(max_size=4)
_HISTORY = _replayed(ENTRIES).history


@given(st.lists(st.tuples(_NAMES, st.text(max_size=30)), max_size=2))
def test_any_options_are_answered(options: list[tuple[str, str]]) -> None:
    answer = resolve(_HISTORY, options, failure=None)
    assert (answer.document is None) is (answer.refusal is not None)


def test_the_document_of_a_version_is_never_changed() -> None:
    assert _HISTORY is not None
    resolve(_HISTORY, [], failure=None)
    assert _HISTORY.latest.document.members == ENTRIES[2]["state"]
    assert "service" not in document()
