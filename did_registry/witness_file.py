"""What a witness is set up with: `witness.json` in its own data folder.

{"logs":["registry.gwanin.example/2026+1a2b3c4d+AZ…"],"name":"SEL-WIT1"}
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import Malformed
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from did_registry.tlog.note import VerifierKey, check_name, parse_verifier_key

WITNESS_FILE: Final = "witness.json"
MAX_FILE_BYTES: Final = 64 * 1024
MAX_LOGS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessSetup:
    """A witness's name, and the keys of the logs that it watches, one for each log."""

    name: str
    logs: tuple[VerifierKey, ...]

    def watching(self, key: VerifierKey) -> "WitnessSetup":
        """The same, watching one log more. Raises Malformed for another key of a log it watches:
        whoever could exchange a log's key could rewrite the log."""
        known = {log.name: log for log in self.logs}
        if known.get(key.name, key) != key:
            raise Malformed("this witness knows another key of this log")
        return WitnessSetup(name=self.name, logs=tuple({**known, key.name: key}.values()))


def parse_witness_setup(data: bytes) -> WitnessSetup:
    """Read the file. Raises Malformed, TooLarge or Unsupported."""
    fields = parse_object(data, max_bytes=MAX_FILE_BYTES, where="witness.json")
    fields.only("logs", "name")
    name = fields.text("name")
    check_name(name)
    logs = tuple(map(parse_verifier_key, fields.texts("logs", max_items=MAX_LOGS)))
    if len({log.name for log in logs}) != len(logs):
        raise Malformed("a log has one key")
    return WitnessSetup(name=name, logs=logs)


def encode_witness_setup(setup: WitnessSetup) -> bytes:
    """Write the file, canonically."""
    return canonicalize({"logs": [str(log) for log in setup.logs], "name": setup.name})
