"""Finds credential types: all of them, by name and version, or by what a credential says it is."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, TypeAlias

from credentials.errors import Malformed
from schemas.credential_type import CredentialType
from schemas.errors import UnknownType
from schemas.type_file import parse_type_file

TypeKey: TypeAlias = "tuple[str, int]"

_FILE_NAME: Final = re.compile(r"[a-z_]+\.v[1-9][0-9]*\.toml")

# The name that every W3C credential bears beside its own. VC Data Model 2.0 §4.5.
_GENERIC_TYPE: Final = "VerifiableCredential"


@cache
def load_all() -> Mapping[TypeKey, CredentialType]:
    """Every type in this folder by its name and version; `*.v1.toml` is version 1."""
    sources = {
        resource.name: resource.read_bytes()
        for resource in files(__package__).iterdir()
        if _FILE_NAME.fullmatch(resource.name)
    }
    return parse_catalogue(sources)


def parse_catalogue(sources: Mapping[str, bytes]) -> Mapping[TypeKey, CredentialType]:
    """Read type files by their file names.

    Raises Malformed for a file that is wrong in itself, holds another version than its name says,
    or defines a type that another file defines.
    """
    found: dict[TypeKey, CredentialType] = {}
    for file_name, data in sorted(sources.items()):
        credential_type = parse_type_file(data)
        key = (credential_type.name, credential_type.version)
        if key in found or not file_name.endswith(f".v{credential_type.version}.toml"):
            raise Malformed(f"{file_name} holds a type of another version, or one twice")
        found[key] = credential_type
    return MappingProxyType(found)


def get(name: str, version: int = 1) -> CredentialType:
    """The type of this name. Raises UnknownType."""
    found = load_all().get((name, version))
    if found is None:
        raise UnknownType("there is no credential type of this name and version")
    return found


def type_url(credential_type: CredentialType, base_url: str) -> str:
    """A type's identifier and address, its `vct`.

    base_url: the registry's address without a slash at its end.
    """
    return f"{base_url}/{type_path(credential_type)}"


def type_path(credential_type: CredentialType) -> str:
    """The path of a type's metadata below the registry's address."""
    return f"types/{credential_type.name}/v{credential_type.version}"


def identify(url: str | None, names: Sequence[str], base_url: str) -> CredentialType:
    """The type that a credential says it is of, by its address, its names, or both.

    url: `vct`, or None; names: the `type` of a W3C credential, or (). A name alone is enough only
    while the type has one version. Raises UnknownType if neither is given or known, or if they
    disagree.
    """
    own_names = [name for name in names if name != _GENERIC_TYPE]
    candidates = [
        known
        for known in load_all().values()
        if (url is None or type_url(known, base_url) == url)
        and (not own_names or own_names == [known.name])
    ]
    if (url is None and not own_names) or len(candidates) != 1:
        raise UnknownType("the credential is of no type in the catalogue")
    return candidates[0]
