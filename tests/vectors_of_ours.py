"""Makes tests/vectors/seoul/ anew: artefacts of ours with fixed keys, times and randomness.

They pin our bytes: an upgrade that changes one of them breaks what others have stored. Only Ed25519
signs here, because its signatures are deterministic. Run by `make vectors`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.keys import Ed25519Signer
from credentials.model import Content, Disclosure
from credentials.securing import mechanisms
from credentials.securing.mechanism import BindingRequest
from credentials.status.bits import State, StatusBits
from credentials.status.token_list import sign_token_list
from credentials.validity import Validity
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.leaf import EMPTY_CHAIN, Leaf, LeafKind, build_leaf
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.merkle import leaf_hash, root_of
from did_registry.tlog.note import Ed25519NoteSigner, verifier_key
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.writer import build_deactivation, build_genesis, build_next, next_key_hash

FOLDER = Path(__file__).parent / "vectors" / "seoul"
NOW = datetime(2026, 3, 13, 3, 0, 0, tzinfo=UTC)
HOST = "registry.gwanin.example"
ORIGIN = f"{HOST}/2026"
TYPE_URL = f"https://{HOST}/types/SpecimenCredential/v1"
CLAIMS: Claims = {"nameKo": "견본", "member": True, "place": {"gu": "11620", "dong": "가상동"}}


def signer(label: str) -> Ed25519Signer:
    """A key that everybody knows: its seed is the SHA-256 of a label."""
    return Ed25519Signer(hashlib.sha256(label.encode()).digest())


def entropy(label: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same each time."""
    calls = iter(range(10_000))

    def draw(count: int) -> bytes:
        return hashlib.shake_256(f"{label} {next(calls)}".encode()).digest(count)

    return draw


def did_log() -> bytes:
    """A did.jsonl: genesis, one rotation, deactivation."""
    did = placeholder_did(HOST, None, ("dids", "SPECIMEN"))
    document = _document(did, "assertion 1")
    lines = [_genesis(document)]
    history = begin(parse_entry(lines[0].rstrip(b"\n"), number=1), NOW)
    lines.append(
        build_next(
            history,
            document=_document(str(history.did), "assertion 2"),
            signer=signer("update 2"),
            next_key_hashes=[next_key_hash(signer("update 3").public_key)],
            now=NOW + timedelta(days=1),
        )
    )
    history = _advanced(history, lines[-1])
    lines += build_deactivation(history, signer=signer("update 3"), now=NOW + timedelta(days=2))
    return b"".join(lines)


def leaves() -> bytes:
    """A log of three leaves and its checkpoint."""
    log, head = [], EMPTY_CHAIN.last
    for index in range(3):
        digest = hashlib.sha256(str(index).encode()).digest()
        leaf = Leaf(
            index=index,
            previous=head,
            kind=LeafKind.SCHEMA,
            subject=f"types/Specimen/v{index + 1}",
            time=NOW,
            body={"h": encode_base64url(digest)},
        )
        log.append(build_leaf(leaf))
        head = leaf_hash(log[-1])
    log_signer = Ed25519NoteSigner(ORIGIN, signer("log"))
    root = root_of(map(leaf_hash, log))
    return _json(
        {
            "leaves": [leaf.decode() for leaf in log],
            "checkpoint": build_checkpoint(ORIGIN, len(log), root, [log_signer]).decode(),
            "key": str(verifier_key(ORIGIN, signer("log").public_key)),
        }
    )


def credential(mechanism: str) -> bytes:
    """A credential in one envelope, and a presentation of it."""
    secured = mechanisms()[mechanism]
    issuer = "did:webvh:QmSpecimen:registry.gwanin.example:dids:SPECIMEN"
    content = Content(
        type_url=TYPE_URL,
        type_name="SpecimenCredential",
        integrity={},
        issuer=issuer,
        issued_at=NOW,
        validity=Validity(NOW, NOW + timedelta(days=90)),
        claims=CLAIMS,
        disclosure=Disclosure(
            paths=frozenset({("nameKo",), ("member",), ("place", "gu"), ("place", "dong")}),
            digests={(): 4, ("place",): 3},
        ),
        holder=signer("holder").public_key,
        status_uri=f"https://{HOST}/status/SPECIMEN-1",
        status_index=77,
    )
    issued = secured.secure(
        content, signer=signer("issuer"), key_id=f"{issuer}#eddsa-1", entropy=entropy(mechanism)
    )
    paths = [("member",), ("nameKo",), ("place", "gu"), ("place", "dong")]
    shown = secured.present(
        issued,
        disclose=paths if mechanism == "eddsa-jcs-2022" else paths[:1],
        holder=signer("holder"),
        request=BindingRequest(
            audience="decentralized_identifier:did:example:verifier",
            nonce="n-0S6_WzA2Mj-n-0S6_WzA2Mj",
            now=NOW + timedelta(minutes=1),
        ),
    )
    return _json({"credential": issued, "presentation": shown})


def status_list() -> bytes:
    """A token status list with two marks."""
    states = StatusBits(size=131_072, marked={77: State.REVOKED, 78: State.SUSPENDED})
    token = sign_token_list(
        states,
        uri=f"https://{HOST}/status/SPECIMEN-1",
        issued_at=NOW,
        expires=NOW + timedelta(days=1),
        ttl=timedelta(seconds=300),
        signer=signer("issuer"),
        key_id="did:webvh:QmSpecimen:registry.gwanin.example:dids:SPECIMEN#eddsa-1",
    )
    return token.encode() + b"\n"


VECTORS: Mapping[str, Callable[[], bytes]] = {
    "did.jsonl": did_log,
    "log.json": leaves,
    "sd-jwt-vc.json": lambda: credential("sd-jwt-vc"),
    "eddsa-jcs-2022.json": lambda: credential("eddsa-jcs-2022"),
    "status-list.jwt": status_list,
}


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in VECTORS.items():
        (FOLDER / name).write_bytes(make())


def _document(did: str, key: str) -> Claims:
    return build_agency_document(
        did,
        {"eddsa-1": signer(key).public_key},
        purposes=(Purpose.ASSERTION,),
        credential_issuer=None,
    )


def _genesis(document: Claims) -> bytes:
    return build_genesis(
        document=document,
        signer=signer("update 1"),
        next_key_hashes=[next_key_hash(signer("update 2").public_key)],
        now=NOW,
    )


def _advanced(history: History, line: bytes) -> History:
    number = history.latest.number + 1
    return history.advance(parse_entry(line.rstrip(b"\n"), number=number), NOW + timedelta(days=9))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


if __name__ == "__main__":
    main()
