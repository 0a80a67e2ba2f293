"""Puts together what a command line needs to follow a registry: trust file, network, clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.clock import Clock, shifted_clock
from did_registry.actions.city_time import city_offset
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.errors import NoTrustFile
from did_registry.trust import MAX_TRUST_BYTES, TrustAnchor, parse_trust_anchor
from did_registry.witness_peers import (
    MAX_FILE_BYTES,
    NO_PEERS,
    WitnessPeers,
    parse_witness_peers,
)
from web.environment import open_outbound, read_addresses
from web.origin import parse_origin
from web.outbound import Outbound

TRUST_FILE: Final = "trust.json"
DEFAULT_DATA_DIR: Final = "var"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A registry that can be followed. elsewhere: whom to ask for DIDs that the registry admits and
    does not hold; clock: the city's time."""

    anchor: TrustAnchor
    follower: RegistryFollower
    elsewhere: ForeignDids
    outbound: Outbound
    clock: Clock


def connect(environment: Mapping[str, str], trust_file: Path | None, clock: Clock) -> Connection:
    """Read the trust file and make ready to follow its registry; nothing is fetched but the time.

    trust_file: None for `trust.json` in the data folder. Raises NoTrustFile, Malformed or TooLarge.
    """
    anchor = read_trust_file(trust_file or data_dir(environment) / TRUST_FILE)
    outbound = open_outbound(read_addresses(environment))
    offset = city_offset(parse_origin(anchor.registry_url), outbound, clock())
    return Connection(
        anchor=anchor,
        follower=RegistryFollower(anchor, outbound, Freshness()),
        elsewhere=ForeignDids(outbound),
        outbound=outbound,
        clock=shifted_clock(clock, offset),
    )


def data_dir(environment: Mapping[str, str]) -> Path:
    """The data folder that GWANIN_DATA_DIR names."""
    return Path(environment.get("GWANIN_DATA_DIR") or DEFAULT_DATA_DIR)


def read_trust_file(path: Path) -> TrustAnchor:
    """Read what is pinned. Raises NoTrustFile, Malformed or TooLarge."""
    try:
        with path.open("rb") as stream:
            return parse_trust_anchor(stream.read(MAX_TRUST_BYTES + 1))
    except OSError as error:
        raise NoTrustFile("there is no trust file; obtain one from the city") from error


def read_witness_peers(path: Path) -> WitnessPeers:
    """Read the file; a city without one has no witnesses. Raises Malformed or TooLarge."""
    try:
        with path.open("rb") as stream:
            return parse_witness_peers(stream.read(MAX_FILE_BYTES + 1))
    except FileNotFoundError:
        return NO_PEERS
