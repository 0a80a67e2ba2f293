"""What makes a JSON object a credential or a presentation of the W3C: the rules that need no RDF.

Nothing here is proven: proofs are the securing mechanism's concern. Whether every term is defined
by the contexts needs JSON-LD processing, and is left to the mechanism that does it.
VC Data Model 2.0, https://www.w3.org/TR/vc-data-model-2.0/.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.data_integrity import parse_timestamp
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from credentials.strict_json import MAX_JSON_BYTES, JsonValue
from credentials.validity import Validity
from credentials.vcdm_values import (
    MAX_ITEMS,
    check_nodes,
    check_texts,
    holds,
    identifier,
    is_url,
    one_or_more,
)

BASE_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
CREDENTIAL: Final = "VerifiableCredential"
PRESENTATION: Final = "VerifiablePresentation"
MAX_CONTEXTS: Final = 16

_CONTEXT_1_1: Final = "https://www.w3.org/2018/credentials/v1"
_MEMBERS_1_1: Final = frozenset({"issuanceDate", "expirationDate"})
_ENVELOPED: Final = "EnvelopedVerifiableCredential"

# Objects whose meaning hangs on their type. VCDM 2.0 §4.5, §4.10 to §4.12, §5.4 to §5.6, §5.10.
_TYPED: Final[tuple[str, ...]] = (
    "credentialStatus",
    "credentialSchema",
    "proof",
    "termsOfUse",
    "evidence",
    "refreshService",
    "confidenceMethod",
    "renderMethod",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VcdmCredential:
    """A credential that obeys the data model, read but not proven.

    types: all of them, in order; validity: `validFrom` and `validUntil`.
    """

    document: JsonObject
    types: tuple[str, ...]
    issuer: str
    validity: Validity
    subjects: tuple[JsonObject, ...]
    statuses: tuple[JsonObject, ...]
    schemas: tuple[JsonObject, ...]
    related: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VcdmPresentation:
    """A presentation that obeys the data model, read but not proven.

    enveloped: the `data:` URLs of credentials that are secured by enveloping them.
    """

    types: tuple[str, ...]
    holder: str | None
    credentials: tuple[VcdmCredential, ...]
    enveloped: tuple[str, ...]


def parse_credential(document: JsonObject) -> VcdmCredential:
    """Read a credential by every rule that can be checked without RDF.

    Raises Malformed, or TooLarge beyond a bound. Spec: VCDM 2.0 §4, §5.3 to §5.6.
    """
    _check_context(document)
    types = _types(document, CREDENTIAL)
    if _MEMBERS_1_1 & document.members.keys():
        raise Malformed("issuanceDate and expirationDate belong to the data model 1.1")
    check_nodes(document.members)
    check_texts(document)
    typed = _typed(document)
    return VcdmCredential(
        document=document,
        types=types,
        issuer=_issuer(document),
        validity=_validity(document),
        subjects=_subjects(document),
        statuses=typed.get("credentialStatus", ()),
        schemas=_with_ids(typed.get("credentialSchema", ())),
        related=_related(document),
    )


def parse_presentation(document: JsonObject) -> VcdmPresentation:
    """Read a presentation and the credentials in it, likewise.

    Raises Malformed, or TooLarge beyond a bound. Spec: VCDM 2.0 §4.13.
    """
    _check_context(document)
    types = _types(document, PRESENTATION)
    check_nodes({k: v for k, v in document.members.items() if k != "verifiableCredential"})
    _typed(document)
    inner = one_or_more(document, "verifiableCredential")
    presentation = VcdmPresentation(
        types=types,
        holder=identifier(document, "holder") if "holder" in document else None,
        credentials=tuple(parse_credential(item) for item in inner if not _is_enveloped(item)),
        enveloped=tuple(_enveloped(item) for item in inner if _is_enveloped(item)),
    )
    _check_self_asserted(presentation)
    return presentation


def is_presentation(document: JsonObject) -> bool:
    """Whether a document says that it is a presentation; otherwise it is read as a credential."""
    return holds(document, "type", PRESENTATION)


def contexts_of(document: JsonObject) -> list[JsonValue]:
    """The `@context` of a VCDM 2.0 document: an array that starts with the base context.

    Raises Malformed. Spec: VCDM 2.0 §4.3.
    """
    contexts = document.array("@context", max_items=MAX_CONTEXTS)
    if not contexts or contexts[0] != BASE_CONTEXT:
        raise Malformed(f"@context must start with {BASE_CONTEXT}")
    return contexts


def _check_context(document: JsonObject) -> None:
    contexts = contexts_of(document)
    for context in contexts:
        if not isinstance(context, dict) and not is_url(context):
            raise Malformed("@context must hold URLs and objects")
    if _CONTEXT_1_1 in contexts:
        raise Malformed("@context mixes the data models 1.1 and 2.0")


def _types(document: JsonObject, required: str) -> tuple[str, ...]:
    if isinstance(document.members.get("type"), list):
        types = tuple(document.texts("type", max_items=MAX_ITEMS))
    else:
        types = (document.text("type"),)
    if required not in types:
        raise Malformed(f"type must include {required}")
    return types


def _typed(document: JsonObject) -> dict[str, tuple[JsonObject, ...]]:
    present = [name for name in _TYPED if name in document.members]
    found = {name: one_or_more(document, name) for name in present}
    for name, items in found.items():
        for item in items:
            if "type" not in item.members:
                raise Malformed(f"{name} must have a type")
    return found


def _issuer(document: JsonObject) -> str:
    if isinstance(document.members.get("issuer"), dict):
        check_texts(document.object("issuer"))
    return identifier(document, "issuer")


def _validity(document: JsonObject) -> Validity:
    begins, ends = _moment(document, "validFrom"), _moment(document, "validUntil")
    if begins is not None and ends is not None and ends < begins:
        raise Malformed("validUntil is before validFrom")
    return Validity(begins, ends)


def _moment(document: JsonObject, name: str) -> datetime | None:
    text = document.text_or_none(name, max_chars=40)
    return None if text is None else parse_timestamp(text)


def _subjects(document: JsonObject) -> tuple[JsonObject, ...]:
    subjects = one_or_more(document, "credentialSubject")
    if not subjects:
        raise Malformed("credentialSubject is missing")
    for subject in subjects:
        if not subject.members:
            raise Malformed("credentialSubject must make at least one statement")
    return subjects


def _with_ids(schemas: tuple[JsonObject, ...]) -> tuple[JsonObject, ...]:
    for schema in schemas:
        if "id" not in schema.members:
            raise Malformed("credentialSchema must have an id")
    return schemas


def _related(document: JsonObject) -> tuple[JsonObject, ...]:
    related = one_or_more(document, "relatedResource")
    for item in related:
        if item.text_or_none("digestSRI") is None and item.text_or_none("digestMultibase") is None:
            raise Malformed("relatedResource must have a digest")
    if len({item.text("id") for item in related}) != len(related):
        raise Malformed("relatedResource names a resource twice")
    return related


def _is_enveloped(item: JsonObject) -> bool:
    return holds(item, "type", _ENVELOPED)


def _enveloped(item: JsonObject) -> str:
    """Spec: VCDM 2.0 §4.13.1."""
    if not holds(item, "@context", BASE_CONTEXT):
        raise Malformed("an enveloped credential needs the base context")
    url = item.text("id", max_chars=MAX_JSON_BYTES)
    if not url.startswith("data:"):
        raise Malformed("an enveloped credential is a data: URL")
    return url


def _check_self_asserted(presentation: VcdmPresentation) -> None:
    """A credential without a proof is the holder's own word, and only that. VCDM 2.0 §4.13.3."""
    for credential in presentation.credentials:
        if "proof" not in credential.document and credential.issuer != presentation.holder:
            raise Malformed("a credential without a proof must be issued by the holder")
