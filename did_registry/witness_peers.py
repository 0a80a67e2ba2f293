"""The witnesses that a log asks to sign its heads: `witnesses.json` in the registry's data folder.

{"quorum":2,"witnesses":[{"key":"SEL-WIT1+…","url":"https://wit1.example"},…]}
"""

from dataclasses import dataclass
from typing import Final

from credentials.json_object import JsonObject, parse_object
from did_registry.tlog.cosignature import (
    MAX_WITNESSES,
    NO_WITNESSES,
    WitnessKey,
    WitnessPolicy,
    parse_witness_key,
)

WITNESSES_FILE: Final = "witnesses.json"
MAX_FILE_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPeer:
    """One witness, and where it is reached. url: its submission prefix, without a final slash."""

    key: WitnessKey
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPeers:
    """All witnesses of a log, and how many of them must sign."""

    policy: WitnessPolicy
    peers: tuple[WitnessPeer, ...]


NO_PEERS: Final = WitnessPeers(policy=NO_WITNESSES, peers=())


def parse_witness_peers(data: bytes) -> WitnessPeers:
    """Read the file. Raises Malformed, TooLarge or Unsupported."""
    fields = parse_object(data, max_bytes=MAX_FILE_BYTES, where="witnesses.json")
    fields.only("quorum", "witnesses")
    peers = tuple(map(_peer, fields.objects("witnesses", max_items=MAX_WITNESSES)))
    keys = tuple(peer.key for peer in peers)
    return WitnessPeers(
        policy=WitnessPolicy(witnesses=keys, quorum=fields.integer("quorum")), peers=peers
    )


def _peer(fields: JsonObject) -> WitnessPeer:
    fields.only("key", "url")
    return WitnessPeer(
        key=parse_witness_key(fields.text("key")), url=fields.text("url").removesuffix("/")
    )
