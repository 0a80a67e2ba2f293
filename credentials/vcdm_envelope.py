"""Our content in the W3C data model, and back: which member holds the type, the status, the schema.

The same for every mechanism that signs a VCDM 2.0 document. Addresses follow from the type's:
`https://h/types/T/v1` has its context at `https://h/contexts/T/v1` and its schema at
`https://h/types/T/v1/schema.json`; a status list has `/revocation` and `/suspension` below it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.did_key import encode_did_key
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.model import Content, StatusPurpose, StatusReference
from credentials.strict_json import JsonValue
from credentials.vcdm import BASE_CONTEXT, CREDENTIAL, VcdmCredential
from credentials.vcdm_values import holds, is_url

STATUS_ENTRY: Final = "BitstringStatusListEntry"

_TYPES: Final = "/types/"
_SCHEMA: Final = "/schema.json"
_PURPOSES: Final = MappingProxyType(
    {purpose.value: purpose for purpose in (StatusPurpose.REVOCATION, StatusPurpose.SUSPENSION)}
)
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")  # ten digits are beyond any list we would inflate


def build_credential(content: Content) -> Claims:
    """Write content as a VCDM 2.0 credential without a proof.

    Nothing can be withheld from this document, so `content.disclosure` has no effect on it.
    Raises Malformed for a type address without one `/types/`, or half a status reference.
    """
    credential: Claims = {
        "@context": [BASE_CONTEXT, _context_url(content.type_url)],
        "type": [CREDENTIAL, content.type_name],
        "issuer": content.issuer,
        "validFrom": format_timestamp(content.validity.not_before or content.issued_at),
        "credentialSubject": _subject(content),
        "credentialSchema": _schema(content),
    }
    if content.validity.not_after is not None:
        credential["validUntil"] = format_timestamp(content.validity.not_after)
    if content.status_uri is not None or content.status_index is not None:
        credential["credentialStatus"] = _statuses(content)
    return credential


def list_url(status_uri: str, purpose: StatusPurpose) -> str:
    """The address of the Bitstring list for one purpose, below the token list's address."""
    return f"{status_uri}/{purpose.value}"


def read_statuses(credential: VcdmCredential) -> tuple[StatusReference, ...]:
    """The status lists to look at: every one that the credential names.

    Raises Unsupported for a status of another kind, since a status that is skipped would count as
    valid; Malformed for an entry that is not one. Spec: Bitstring Status List 1.0 §2.1.
    """
    return tuple(_reference(entry) for entry in credential.statuses)


def read_type_url(signed: JsonObject, credential: VcdmCredential) -> str | None:
    """The type's address, if a schema and a signed context both follow from one; else None."""
    for schema in credential.schemas:
        type_url = schema.text("id").removesuffix(_SCHEMA)
        follows = schema.text("id") == type_url + _SCHEMA and type_url.count(_TYPES) == 1
        if follows and holds(signed, "@context", _context_url(type_url)):
            return type_url
    return None


def read_integrity(credential: VcdmCredential) -> Mapping[str, str]:
    """Address of a document → its SRI digest, for schemas and related resources that state one.

    Raises Malformed when two statements about one document differ. Spec: VCDM 2.0 §5.3.
    """
    digests: dict[str, str] = {}
    for item in (*credential.schemas, *credential.related):
        digest = item.text_or_none("digestSRI")
        if digest is not None and digests.setdefault(item.text("id"), digest) != digest:
            raise Malformed("a document is given two different digests")
    return digests


def _context_url(type_url: str) -> str:
    if type_url.count(_TYPES) != 1:
        raise Malformed("the type's address must have one /types/ in it")
    return type_url.replace(_TYPES, "/contexts/")


def _subject(content: Content) -> Claims:
    if content.holder is None:
        return content.claims
    if "id" in content.claims:
        raise Malformed("the subject of a bound credential is its holder's key")
    return {"id": encode_did_key(content.holder), **content.claims}


def _schema(content: Content) -> Claims:
    url = content.type_url + _SCHEMA
    schema: Claims = {"id": url, "type": "JsonSchema"}
    if url in content.integrity:
        schema["digestSRI"] = content.integrity[url]
    return schema


def _statuses(content: Content) -> list[JsonValue]:
    uri, index = content.status_uri, content.status_index
    if uri is None or index is None or index < 0:
        raise Malformed("a status needs a list and a place in it")
    return [_entry(list_url(uri, purpose), index, purpose) for purpose in _PURPOSES.values()]


def _entry(url: str, index: int, purpose: StatusPurpose) -> Claims:
    return {
        "id": f"{url}#{index}",
        "type": STATUS_ENTRY,
        "statusPurpose": purpose.value,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def _reference(entry: JsonObject) -> StatusReference:
    if not holds(entry, "type", STATUS_ENTRY):
        raise Unsupported("the credential's status is of a kind that is not understood here")
    if entry.integer_or_none("statusSize") not in (None, 1):
        raise Unsupported("a status of more than one bit is not understood here")
    url, index = entry.text("statusListCredential"), entry.text("statusListIndex")
    if not is_url(url) or entry.members.get("id") == url:
        raise Malformed("statusListCredential must be a URL other than the entry's own id")
    if not _INDEX.fullmatch(index):
        raise Malformed("statusListIndex must be a number in decimal text")
    purpose = _PURPOSES.get(entry.text("statusPurpose"))
    if purpose is None:
        raise Unsupported("the status has a purpose that is not understood here")
    return StatusReference(uri=url, index=int(index), purpose=purpose)
