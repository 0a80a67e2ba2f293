"""Our content in the W3C data model, and what is read back from it."""

from datetime import timedelta
from typing import Any

import pytest

from credentials.claims import Claims
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.model import StatusPurpose, StatusReference
from credentials.validity import Validity
from credentials.vcdm import VcdmCredential, parse_credential
from credentials.vcdm_envelope import (
    build_credential,
    list_url,
    read_integrity,
    read_statuses,
    read_type_url,
)
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.w3c_credentials import (
    CLAIMS,
    CONTEXT_URL,
    DIGEST,
    HOLDER_DID,
    ISSUER_DID,
    NOW,
    SCHEMA_URL,
    STATUS_URI,
    TYPE_URL,
    content,
)


def built(**changes: Any) -> Claims:
    return build_credential(content(**changes))


def read(document: Claims) -> VcdmCredential:
    return parse_credential(JsonObject({**document, "issuer": ISSUER_DID}))


def test_writes_the_whole_credential() -> None:
    entry = {"type": "BitstringStatusListEntry", "statusListIndex": "94567"}
    assert built() == {
        "@context": ["https://www.w3.org/ns/credentials/v2", CONTEXT_URL],
        "type": ["VerifiableCredential", "SeoulResidencyCredential"],
        "issuer": ISSUER_DID,
        "validFrom": "2026-03-13T03:04:05Z",
        "validUntil": "2027-03-13T03:04:05Z",
        "credentialSubject": {"id": HOLDER_DID, **CLAIMS},
        "credentialSchema": {"id": SCHEMA_URL, "type": "JsonSchema", "digestSRI": DIGEST},
        "credentialStatus": [
            {
                "id": f"{STATUS_URI}/revocation#94567",
                "statusPurpose": "revocation",
                "statusListCredential": f"{STATUS_URI}/revocation",
                **entry,
            },
            {
                "id": f"{STATUS_URI}/suspension#94567",
                "statusPurpose": "suspension",
                "statusListCredential": f"{STATUS_URI}/suspension",
                **entry,
            },
        ],
    }


def test_leaves_out_what_there_is_not() -> None:
    bare = built(
        holder=None,
        integrity={},
        status_uri=None,
        status_index=None,
        validity=Validity(NOW + timedelta(days=1), None),
    )
    assert bare["validFrom"] == "2026-03-14T03:04:05Z"
    assert bare["credentialSubject"] == CLAIMS
    assert bare["credentialSchema"] == {"id": SCHEMA_URL, "type": "JsonSchema"}
    assert not {"validUntil", "credentialStatus", "proof", "id"} & bare.keys()


def test_a_subject_that_is_no_holder_may_be_named() -> None:
    claims: Claims = {"id": "did:web:gu-11620.example", "role": "issuer"}
    assert built(holder=None, claims=claims)["credentialSubject"] == claims
    with pytest.raises(Malformed):
        built(claims=claims)


@pytest.mark.parametrize(
    "changes",
    [
        {"type_url": "https://registry.gwanin.example/vct/T"},
        {"type_url": "https://registry.gwanin.example/types/a/types/T"},
        {"status_uri": None},
        {"status_index": None},
        {"status_index": -1},
    ],
    ids=str,
)
def test_refuses_content_that_it_cannot_place(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        built(**changes)


def test_reads_back_type_status_and_digest() -> None:
    credential = read(built())
    assert read_type_url(credential.document, credential) == TYPE_URL
    assert read_integrity(credential) == {SCHEMA_URL: DIGEST}
    assert read_statuses(credential) == tuple(
        StatusReference(uri=list_url(STATUS_URI, purpose), index=94567, purpose=purpose)
        for purpose in (StatusPurpose.REVOCATION, StatusPurpose.SUSPENSION)
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentialSchema",), REMOVED),
        (("credentialSchema", "id"), f"{TYPE_URL}/other.json"),
        (("credentialSchema", "id"), TYPE_URL),
        (("credentialSchema", "id"), "https://a.example/schema.json"),
        (("@context", 1), "https://a.example/contexts/Other/v1"),
    ],
    ids=str,
)
def test_a_type_address_follows_from_schema_and_context_or_is_none(
    path: tuple[Any, ...], value: Any
) -> None:
    credential = read(changed(built(), *path, to=value))
    assert read_type_url(credential.document, credential) is None


def test_a_status_index_of_nought_is_read() -> None:
    assert read_statuses(read(built(status_index=0)))[0].index == 0


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("statusListIndex", 94567),
        ("statusListIndex", "-1"),
        ("statusListIndex", "+1"),
        ("statusListIndex", "01"),
        ("statusListIndex", "1.0"),
        ("statusListIndex", "１"),
        ("statusListIndex", "1" * 10),
        ("statusListIndex", REMOVED),
        ("statusListCredential", "status/7"),
        ("statusListCredential", REMOVED),
        ("statusPurpose", REMOVED),
        ("id", f"{STATUS_URI}/revocation"),
    ],
    ids=str,
)
def test_refuses_a_malformed_status(member: str, value: object) -> None:
    credential = read(changed(built(), "credentialStatus", 0, member, to=value))
    with pytest.raises(Malformed):
        read_statuses(credential)


@pytest.mark.parametrize(
    ("member", "value"),
    [("type", "StatusList2021Entry"), ("statusPurpose", "message"), ("statusSize", 2)],
)
def test_does_not_skip_a_status_that_it_does_not_understand(member: str, value: object) -> None:
    credential = read(changed(built(), "credentialStatus", 1, member, to=value))
    with pytest.raises(Unsupported):
        read_statuses(credential)


def test_reads_digests_of_related_resources() -> None:
    related = [{"id": CONTEXT_URL, "digestSRI": DIGEST}, {"id": "urn:x:1", "digestMultibase": "u"}]
    assert read_integrity(read(changed(built(), "relatedResource", to=related))) == {
        SCHEMA_URL: DIGEST,
        CONTEXT_URL: DIGEST,
    }


def test_refuses_two_digests_of_one_document() -> None:
    related = [{"id": SCHEMA_URL, "digestSRI": "sha384-" + "B" * 64}]
    credential = read(changed(built(), "relatedResource", to=related))
    with pytest.raises(Malformed):
        read_integrity(credential)
