"""The documents that the registry publishes for each type, and their digests.

They are canonical JSON and never change: a digest of each stands in the log, and every credential
names them with it. A change is a new version of the type.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from credentials.jcs import canonicalize
from schemas.catalogue import type_path
from schemas.credential_type import CredentialType
from schemas.json_schema import json_schema, schema_path
from schemas.jsonld_context import context_path, jsonld_context
from schemas.type_metadata import sri, type_metadata


@cache
def published_documents(credential_type: CredentialType, base_url: str) -> Mapping[str, bytes]:
    """The type's metadata, JSON Schema and JSON-LD context, by their paths below `base_url`.

    A path is also the `sub` of the log's `schema` leaf that holds the document's digest.
    """
    return MappingProxyType(
        {
            type_path(credential_type): canonicalize(type_metadata(credential_type, base_url)),
            schema_path(credential_type): canonicalize(json_schema(credential_type, base_url)),
            context_path(credential_type): canonicalize(jsonld_context(credential_type, base_url)),
        }
    )


@cache
def digests(credential_type: CredentialType, base_url: str) -> Mapping[str, bytes]:
    """The SHA-256 digest of each published document by its path, as the log has it."""
    documents = published_documents(credential_type, base_url)
    return MappingProxyType(
        {path: hashlib.sha256(document).digest() for path, document in documents.items()}
    )


@cache
def integrity(credential_type: CredentialType, base_url: str) -> Mapping[str, str]:
    """The SRI digest of each published document by its full address, as `Content` wants it."""
    documents = published_documents(credential_type, base_url)
    return MappingProxyType(
        {f"{base_url}/{path}": sri(document) for path, document in documents.items()}
    )
