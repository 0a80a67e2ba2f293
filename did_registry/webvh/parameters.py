"""The parameters of a DID: what each may say, how they are inherited, and which keys may sign.
did:webvh 1.0, "DID Method Parameters", "Authorized Keys", "Pre-Rotation".

A null is refused, though the specification asks resolvers to read it as "the default": a resolver
that reads it as "unchanged" would count on other witnesses than one that reads it as "none".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from credentials.errors import Error, Malformed
from credentials.json_object import JsonObject
from credentials.keys import PublicKey
from did_registry.errors import LogParameterInvalid, LogPreRotationBroken
from did_registry.webvh.did import require_scid
from did_registry.webvh.entry import hash_text
from did_registry.webvh.witness import WitnessRule, ed25519_multikey, parse_witness_rule

METHOD: Final = "did:webvh:1.0"
DEFAULT_TTL: Final = 3600
MAX_TTL: Final = 2**31
MAX_UPDATE_KEYS: Final = 32
MAX_KEY_HASHES: Final = 64
MAX_HASH_CHARS: Final = 256  # unused hashes may be any text ("or just random strings")
MAX_WATCHERS: Final = 32
MAX_WATCHER_CHARS: Final = 2048

_NAMES: Final = (
    "method",
    "scid",
    "updateKeys",
    "nextKeyHashes",
    "witness",
    "watchers",
    "portable",
    "deactivated",
    "ttl",
)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What holds after an entry: its own parameters over those it inherits.

    update_keys: Multikey → the Ed25519 key; next_key_hashes: empty when pre-rotation is off.
    witness: None when nobody needs to approve; ttl: seconds.
    """

    scid: str
    update_keys: Mapping[str, PublicKey] = field(default_factory=dict)
    next_key_hashes: tuple[str, ...] = ()
    witness: WitnessRule | None = None
    watchers: tuple[str, ...] = ()
    portable: bool = False
    deactivated: bool = False
    ttl: int = DEFAULT_TTL


def first_parameters(parameters: JsonObject) -> Parameters:
    """Read the first entry's parameters. Raises LogParameterInvalid."""
    try:
        for name in ("method", "scid", "updateKeys"):
            if name not in parameters:
                raise Malformed(f"the first entry must set {name}")
        scid = parameters.text("scid")
        require_scid(scid)
        return _apply(parameters, Parameters(scid=scid))
    except Malformed as error:
        raise LogParameterInvalid(error.detail, entry=1) from error


def next_parameters(parameters: JsonObject, previous: Parameters, *, number: int) -> Parameters:
    """Read a later entry's parameters. Raises LogParameterInvalid or LogPreRotationBroken."""
    try:
        if "scid" in parameters:
            raise Malformed("only the first entry may set scid")
        if parameters.boolean_or_none("portable"):
            raise Malformed("only the first entry may set portable to true")
        current = _apply(parameters, previous)
    except Malformed as error:
        raise LogParameterInvalid(error.detail, entry=number) from error
    if previous.next_key_hashes:
        _check_pre_rotation(parameters, current, previous, number)
    return current


def authorised_keys(current: Parameters, previous: Parameters | None) -> Mapping[str, PublicKey]:
    """The update keys of which one must have signed the entry. Spec: "Authorized Keys".

    Without pre-rotation they are the predecessor's: an entry can't authorise its own signer.
    """
    if previous is None or previous.next_key_hashes:
        return current.update_keys
    return previous.update_keys


def required_witnesses(current: Parameters, previous: Parameters | None) -> WitnessRule | None:
    """Who must approve the entry: the witnesses before it, or its own if there were none.

    A new list takes effect after the entry that brings it, else an entry could choose its judges;
    a first list takes effect at once. Spec: "DID Method Parameters", `witness`.
    """
    if previous is not None and previous.witness is not None:
        return previous.witness
    return current.witness


def key_hash(multikey: str) -> str:
    """What `nextKeyHashes` holds for a key that is still secret."""
    return hash_text(multikey.encode("ascii"))


def _apply(parameters: JsonObject, before: Parameters) -> Parameters:
    parameters.only(*_NAMES)
    if parameters.text_or_none("method") not in {None, METHOD}:
        raise Malformed(f"the only method version here is {METHOD}")
    portable = parameters.boolean_or_none("portable")
    deactivated = parameters.boolean_or_none("deactivated")
    return Parameters(
        scid=before.scid,
        update_keys=_update_keys(parameters, before),
        next_key_hashes=_texts(
            parameters, "nextKeyHashes", before.next_key_hashes, MAX_KEY_HASHES, MAX_HASH_CHARS
        ),
        witness=_witness(parameters, before),
        watchers=_watchers(parameters, before),
        portable=before.portable if portable is None else portable,
        deactivated=before.deactivated if deactivated is None else deactivated,
        ttl=_ttl(parameters, before),
    )


def _update_keys(parameters: JsonObject, before: Parameters) -> Mapping[str, PublicKey]:
    if "updateKeys" not in parameters:
        return before.update_keys
    multikeys = _texts(parameters, "updateKeys", (), MAX_UPDATE_KEYS, MAX_HASH_CHARS)
    try:
        # Writers repeat the keys that stay; those were read before.
        return {key: before.update_keys.get(key) or ed25519_multikey(key) for key in multikeys}
    except Error as error:
        raise Malformed("an update key is not the Multikey of an Ed25519 key") from error


def _witness(parameters: JsonObject, before: Parameters) -> WitnessRule | None:
    if "witness" not in parameters:
        return before.witness
    return parse_witness_rule(parameters.object("witness"))


def _watchers(parameters: JsonObject, before: Parameters) -> tuple[str, ...]:
    watchers = _texts(parameters, "watchers", before.watchers, MAX_WATCHERS, MAX_WATCHER_CHARS)
    if not all(map(_URI.fullmatch, watchers)):
        raise Malformed("a watcher is not a URL")
    return watchers


def _ttl(parameters: JsonObject, before: Parameters) -> int:
    ttl = parameters.integer_or_none("ttl")
    if ttl is None:
        return before.ttl
    if not 0 <= ttl <= MAX_TTL:
        raise Malformed("ttl is not between 0 and 2^31 seconds")
    return ttl


def _texts(
    parameters: JsonObject, name: str, default: tuple[str, ...], max_items: int, max_chars: int
) -> tuple[str, ...]:
    """A list of different strings, as the specification's schema demands (`uniqueItems`)."""
    if name not in parameters:
        return default
    found = parameters.texts(name, max_items=max_items)
    if len(set(found)) != len(found) or any(len(text) > max_chars for text in found):
        raise Malformed(f"{name} holds a value twice or one that is too long")
    return tuple(found)


def _check_pre_rotation(
    parameters: JsonObject, current: Parameters, previous: Parameters, number: int
) -> None:
    """Hold an entry to its predecessor's promise. Spec: "Pre-Rotation Key Hash … Verification"."""
    for name in ("updateKeys", "nextKeyHashes"):
        # An inherited key would be one that nobody committed to: the old, perhaps stolen one.
        if name not in parameters:
            raise LogPreRotationBroken(f"pre-rotation is on and {name} is missing", entry=number)
    if not current.update_keys:
        raise LogPreRotationBroken("pre-rotation is on and no next key is named", entry=number)
    if any(key_hash(multikey) not in previous.next_key_hashes for multikey in current.update_keys):
        raise LogPreRotationBroken("an update key was not committed to beforehand", entry=number)
