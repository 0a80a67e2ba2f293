"""What a wallet or verifier pins before it believes anything: one small file, obtained by hand.

    {"log":"registry.gwanin.example/2026+1a2b3c4d+AZ…","quorum":2,"registry":"https://…",
     "root":"did:webvh:…","witnesses":["SEL-WIT1+…","SEL-WIT2+…","SEL-WIT3+…"]}

Everything else (agencies, keys, accreditations, schemas) follows from the log that this key signs
and that so many of these witnesses have seen grow. A log that nobody watches says so: a quorum of 0
and no witnesses.
"""

from dataclasses import dataclass
from typing import Final

from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from did_registry.tlog.cosignature import MAX_WITNESSES, WitnessPolicy, parse_witness_key
from did_registry.tlog.note import VerifierKey, parse_verifier_key
from did_registry.webvh.did import Did, parse_did

MAX_TRUST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """The registry's address, the key that signs its checkpoints, the witnesses that must have seen
    them, and the DID that may accredit."""

    registry_url: str
    log_key: VerifierKey
    witnesses: WitnessPolicy
    root: Did


def parse_trust_anchor(data: bytes) -> TrustAnchor:
    """Read a trust file. Raises Malformed or TooLarge."""
    fields = parse_object(data, max_bytes=MAX_TRUST_BYTES, where="trust file")
    fields.only("log", "quorum", "registry", "root", "witnesses")
    return TrustAnchor(
        registry_url=fields.text("registry"),
        log_key=parse_verifier_key(fields.text("log")),
        witnesses=_policy(fields),
        root=parse_did(fields.text("root")),
    )


def _policy(fields: JsonObject) -> WitnessPolicy:
    keys = fields.texts("witnesses", max_items=MAX_WITNESSES)
    return WitnessPolicy(
        witnesses=tuple(map(parse_witness_key, keys)), quorum=fields.integer("quorum")
    )


def encode_trust_anchor(anchor: TrustAnchor) -> bytes:
    """Write a trust file, canonically."""
    return canonicalize(
        {
            "log": str(anchor.log_key),
            "quorum": anchor.witnesses.quorum,
            "witnesses": [str(witness) for witness in anchor.witnesses.witnesses],
            "registry": anchor.registry_url,
            "root": str(anchor.root),
        }
    )
