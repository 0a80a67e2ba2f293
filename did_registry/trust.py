"""What a wallet or verifier pins before it believes anything: one small file, obtained by hand.

    {"log":"registry.gwanin.example/2026+1a2b3c4d+AZ…","registry":"https://…","root":"did:webvh:…"}

Everything else (agencies, keys, accreditations, schemas) follows from the log that this key signs.
"""

from dataclasses import dataclass
from typing import Final

from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from did_registry.tlog.note import VerifierKey, parse_verifier_key
from did_registry.webvh.did import Did, parse_did

MAX_TRUST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """The registry's address, the key that signs its checkpoints, and the DID that may accredit."""

    registry_url: str
    log_key: VerifierKey
    root: Did


def parse_trust_anchor(data: bytes) -> TrustAnchor:
    """Read a trust file. Raises Malformed or TooLarge."""
    fields = parse_object(data, max_bytes=MAX_TRUST_BYTES, where="trust file")
    fields.only("log", "registry", "root")
    return TrustAnchor(
        registry_url=fields.text("registry"),
        log_key=parse_verifier_key(fields.text("log")),
        root=parse_did(fields.text("root")),
    )


def encode_trust_anchor(anchor: TrustAnchor) -> bytes:
    """Write a trust file, canonically."""
    return canonicalize(
        {
            "log": str(anchor.log_key),
            "registry": anchor.registry_url,
            "root": str(anchor.root),
        }
    )
