"""The witnesses that a log asks to sign its heads: `witnesses.json` in the registry's data folder.

    {"quorum":2,"threshold":2,"witnesses":[
      {"did":"did:key:z6Mk…","key":"SEL-WIT1+…","url":"https://wit1.example"},…]}

Those that have a `did` also approve the DIDs of this registry, version by version, and `threshold`
says how many of them must (did:webvh 1.0, "DID Witnesses"). Without any, DIDs ask for nobody.
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import Malformed
from credentials.json_object import JsonObject, parse_object
from credentials.strict_json import JsonValue
from did_registry.tlog.cosignature import (
    MAX_WITNESSES,
    NO_WITNESSES,
    WitnessKey,
    WitnessPolicy,
    parse_witness_key,
)
from did_registry.webvh.witness import WitnessRule, parse_witness_rule

WITNESSES_FILE: Final = "witnesses.json"
MAX_FILE_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPeer:
    """One witness, and where it is reached. url: its submission prefix, without a final slash; did:
    the did:key with which it approves versions of DIDs, None for one that does not."""

    key: WitnessKey
    url: str
    did: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPeers:
    """All witnesses of a log, and how many of them must sign. rule: what new DIDs, and DIDs with
    new keys, say of those who must approve them; None if they ask for nobody."""

    policy: WitnessPolicy
    rule: WitnessRule | None
    peers: tuple[WitnessPeer, ...]


NO_PEERS: Final = WitnessPeers(policy=NO_WITNESSES, rule=None, peers=())


def parse_witness_peers(data: bytes) -> WitnessPeers:
    """Read the file. Raises Malformed, TooLarge or Unsupported."""
    fields = parse_object(data, max_bytes=MAX_FILE_BYTES, where="witnesses.json")
    fields.only("quorum", "threshold", "witnesses")
    peers = tuple(map(_peer, fields.objects("witnesses", max_items=MAX_WITNESSES)))
    keys = tuple(peer.key for peer in peers)
    return WitnessPeers(
        policy=WitnessPolicy(witnesses=keys, quorum=fields.integer("quorum")),
        rule=_rule(fields, [peer.did for peer in peers if peer.did is not None]),
        peers=peers,
    )


def _rule(fields: JsonObject, dids: list[str]) -> WitnessRule | None:
    threshold = fields.integer_or_none("threshold")
    if (threshold is None) != (not dids):
        raise Malformed("a threshold says how many of the witnesses with a did must approve")
    if threshold is None:
        return None
    listed: list[JsonValue] = [{"id": did} for did in dids]
    return parse_witness_rule(JsonObject({"threshold": threshold, "witnesses": listed}))


def _peer(fields: JsonObject) -> WitnessPeer:
    fields.only("did", "key", "url")
    return WitnessPeer(
        key=parse_witness_key(fields.text("key")),
        url=fields.text("url").removesuffix("/"),
        did=fields.text_or_none("did"),
    )
