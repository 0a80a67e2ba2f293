"""Credential types as the public pages show them, held against the log. No Flask in here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from did_registry.view import RegistryView
from schemas.catalogue import load_all, type_path
from schemas.claim import Claim
from schemas.credential_type import CredentialType
from schemas.labels import Label
from schemas.published_documents import digests

_KINDS: Final = ("metadata", "schema", "context")  # in the order of `published_documents`


class Logged(StrEnum):
    """What the log says of a document that is served here."""

    SAME = "same"
    DIFFERENT = "different"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One published document. digest: SHA-256 of what is served here, in hexadecimal digits."""

    kind: str
    path: str
    digest: str
    logged: Logged


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeLine:
    """One type in one version."""

    name: str
    version: int
    path: str
    title: Label
    description: Label
    claims: tuple[Claim, ...]
    documents: tuple[DocumentLine, ...]

    def matches(self, words: str) -> bool:
        """Whether every word of a search stands in its names or description."""
        labels = (self.title, self.description)
        text = " ".join((self.name, *(text for one in labels for text in (one.ko, one.en))))
        return all(word in text.casefold() for word in words.casefold().split())


def type_lines(view: RegistryView, registry_url: str) -> list[TypeLine]:
    """Every type of the catalogue, by its number there."""
    found = sorted(load_all().values(), key=lambda one: (one.catalogue, one.name, one.version))
    return [_line(view, one, registry_url) for one in found]


def _line(view: RegistryView, credential_type: CredentialType, registry_url: str) -> TypeLine:
    served = digests(credential_type, registry_url)
    return TypeLine(
        name=credential_type.name,
        version=credential_type.version,
        path=type_path(credential_type),
        title=credential_type.title,
        description=credential_type.description,
        claims=credential_type.claims,
        documents=tuple(
            DocumentLine(
                kind=kind, path=path, digest=digest.hex(), logged=_logged(view, path, digest)
            )
            for kind, (path, digest) in zip(_KINDS, served.items(), strict=True)
        ),
    )


def _logged(view: RegistryView, path: str, digest: bytes) -> Logged:
    logged = view.schemas.get(path)
    if logged is None:
        return Logged.ABSENT
    return Logged.SAME if logged == digest else Logged.DIFFERENT
