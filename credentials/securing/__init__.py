"""The securing mechanisms: one file each. `mechanisms()` tells which exist, not which are accepted.

What a verifier accepts is its policy; what an agency issues stands in the type's TOML.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from credentials.errors import Malformed, Unsupported
from credentials.model import Serialized
from credentials.securing.mechanism import Mechanism


@cache
def mechanisms() -> Mapping[str, Mechanism]:
    """Every mechanism in this folder, by its name; two files with one name are a bug."""
    found: dict[str, Mechanism] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_") or module.name == "mechanism":
            continue
        mechanism: Mechanism = importlib.import_module(f"{__name__}.{module.name}").MECHANISM
        if mechanism.name in found:
            raise RuntimeError(f"two files define the securing mechanism {mechanism.name}")
        found[mechanism.name] = mechanism
    return MappingProxyType(found)


def mechanism_of(serialized: Serialized) -> Mechanism:
    """The mechanism that a credential or presentation is secured with, by its outermost shape.

    Raises Malformed when it is nothing that we could know.
    """
    for mechanism in mechanisms().values():
        if mechanism.recognises(serialized):
            return mechanism
    raise Malformed("not a credential in any format that is known here")


def mechanism_for_format(credential_format: str) -> Mechanism:
    """The mechanism that we issue for a Credential Format Identifier. Raises Unsupported."""
    for mechanism in mechanisms().values():
        if mechanism.format == credential_format:
            return mechanism
    raise Unsupported("no such credential format here")
