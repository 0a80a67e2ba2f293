"""Cases for the tables that compare how Python and JavaScript follow the registry's log."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from credentials.claims import Claims
from credentials.data_integrity import sign_document
from credentials.errors import Error
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.jwk import encode_jwk
from did_registry.agency_document import credential_issuers
from did_registry.document import Purpose, parse_document
from did_registry.leaf import ChainHead, LeafKind, verify_next
from did_registry.replica import Replica
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.merkle import root_of
from did_registry.tlog.note import parse_note, parse_verifier_key, verify_note
from did_registry.tlog.proof import (
    verify_consistency,
    verify_inclusion,
)
from did_registry.webvh.did import parse_did
from did_registry.webvh.history import KeyAt, replay
from did_registry.webvh.witness import parse_witness_file
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table, data64, moment, moment_or_none
from tests.simulators.registry_log import RegistryLog, log_key, signing_key
from tests.simulators.webvh_log import (
    NOW,
    Draft,
    did_of,
    resign,
    seal,
    signer,
    to_log,
)

SCID = "QmPBLVBvxN4dCGxE2q9jj46TTf5uX7UmvYjJGDGZysu72F"
DAY = timedelta(days=1)


def add_drafts(
    table: Table, name: str, make: Callable[[], list[Draft]], place: int, **changes: Any
) -> None:
    drafts = make()
    for field, value in changes.items():
        setattr(drafts[place], field, value)
    try:
        entries = seal(drafts)
        did = did_of(entries)
        parse_did(did)
    except Exception:  # noqa: BLE001 - what can't be sealed is no log; every other log is judged
        return
    add_log(table, name, to_log(entries), did)


def add_log(table: Table, name: str, data: bytes, did: str, witnesses: bytes | None = None) -> None:
    def mine() -> Any:
        file = None if witnesses is None else parse_witness_file(witnesses)
        history = replay(data, did=parse_did(did), now=NOW, witnesses=file)
        return {"did": str(history.did), "versions": len(history.versions)}

    given = {
        "data": data64(data),
        "did": did,
        "now": moment(NOW),
        "witnesses": None if witnesses is None else data64(witnesses),
    }
    table.add("log", name, given, mine)


def add_leaf(table: Table, name: str, members: Any, head: ChainHead) -> None:
    try:
        data = canonicalize(members)
    except Error:
        return
    given = {"data": data64(data), "last": {"size": head.size, "digest": data64(head.last)}}
    table.add("leaf", name, given, lambda: said_leaf(data, head))


def add_inclusion(
    table: Table, name: str, leaves: list[bytes], index: int, size: int, path: list[bytes]
) -> None:
    leaf, root = leaves[min(index, len(leaves) - 1)], root_of(leaves[:size])
    given = {
        "leaf": data64(leaf), "index": index, "size": size, "root": data64(root),
        "path": [data64(node) for node in path],
    }  # fmt: skip
    table.add("inclusion", name, given, lambda: verify_inclusion(leaf, index, size, path, root))


def add_consistency(
    table: Table, name: str, leaves: list[bytes], old: int, new: int, path: list[bytes]
) -> None:
    roots = root_of(leaves[:old]), root_of(leaves[:new])
    given = {
        "oldSize": old, "oldRoot": data64(roots[0]), "newSize": new, "newRoot": data64(roots[1]),
        "path": [data64(node) for node in path],
    }  # fmt: skip
    table.add(
        "consistency", name, given, lambda: verify_consistency(old, roots[0], new, roots[1], path)
    )


def add_next(
    table: Table, name: str, log: RegistryLog, kind: LeafKind, subject: str, credential: Any
) -> None:
    try:
        leaf = log.build(kind, subject, {"credential": credential})
    except Error:
        return
    add_replica(table, name, log, [*log.leaves, leaf])


def add_replica(
    table: Table, name: str, log: RegistryLog, leaves: list[bytes], *,
    note: bytes | None = None, root: str | None = None,
) -> None:  # fmt: skip
    whole = RegistryLog.__new__(RegistryLog)
    whole.leaves = leaves
    signed = whole.note() if note is None else note
    now, did = log.clock(), root or str(log.root.did)
    dids = [
        (one, time)
        for one in {str(parse_did_of(leaf)) for leaf in log.leaves[:3]}
        for time in (now - DAY * 3, now - DAY, now, now + DAY * 400)
    ]
    keys = [(f"{one}#eddsa-1", Purpose.ASSERTION, time) for one, time in dids if time <= now]
    keys = [key for key in keys if key[2] >= now - DAY]

    def mine() -> Any:
        replica = Replica(parse_did(did))
        for leaf in leaves:
            replica.append(leaf, now)
        view = replica.confirm(signed, log_key(), now)
        return {
            "size": view.checkpoint.size,
            "issuers": {
                one: [sorted(held.types) for held in view.accreditations_at(one, time)]
                for one, time in dids
            },
            "verifiers": {
                one: None if (held := view.find_registration(one, time)) is None
                else sorted(held.attributes)
                for one, time in dids
            },
            "keys": [said_key(view.key_at(*key)) for key in keys],
            "schemas": sorted([path, data64(digest)] for path, digest in view.schemas.items()),
        }  # fmt: skip

    given = {
        "root": did, "leaves": [data64(leaf) for leaf in leaves], "note": data64(signed),
        "key": str(log_key()), "now": moment(now),
        "dids": [(one, moment(time)) for one, time in dids],
        "keys": [(method, purpose.value, moment(time)) for method, purpose, time in keys],
    }  # fmt: skip
    table.add("replica", name, given, mine)


def parse_did_of(leaf: bytes) -> str:
    """The DID that the entry in a leaf is about."""
    return parse_object(leaf).object("body").object("entry").object("state").text("id")


def said_key(found: KeyAt) -> Any:
    return {
        "key": encode_jwk(found.key),
        "validFrom": moment(found.valid_from),
        "retiredAt": moment_or_none(found.retired_at),
    }


def said_method(members: Any, method: str, purpose: str) -> Any:
    return encode_jwk(parse_document(JsonObject(members)).method(method, Purpose(purpose)))


def said_issuers(members: Any) -> Any:
    return credential_issuers(parse_document(JsonObject(members)).members)


def said_leaf(data: bytes, head: ChainHead) -> str:
    return data64(verify_next(data, head)[1].last)


def said_head(data: bytes, key: str) -> Any:
    found = verify_checkpoint(data, parse_verifier_key(key))
    return {
        "origin": found.origin,
        "size": found.size,
        "root": data64(found.root),
        "extension": found.extension,
    }


def said_note(data: bytes, key: str) -> Any:
    return data64(verify_note(parse_note(data), parse_verifier_key(key)))


def said_verifier_key(text: str) -> Any:
    found = parse_verifier_key(text)
    return [found.name, data64(found.key_id), encode_jwk(found.key)["x"]]


MORE_PARAMETERS: Claims = {
    "portable": False,
    "ttl": 300,
    "watchers": ["https://w.example"],
    "deactivated": False,
}
PROOF_OPTIONS: Claims = {"created": "2026-03-13T03:04:05Z", "proofPurpose": "assertionMethod"}
PERIOD: Claims = {"from": "2026-03-13T00:00:00Z", "until": "2026-03-14T00:00:00Z"}


def resigned_entry(entry: dict[str, Any], place: int, options: Any) -> dict[str, Any] | None:
    try:
        return resign(entry, [signer(place)], **options)
    except (Error, AttributeError, TypeError):
        return None


def credentials_near(log: RegistryLog, signed: Claims) -> list[tuple[str, Any]]:
    """The credential with each change, signed again by the root where that is possible."""
    found: list[tuple[str, Any]] = []
    proof = signed["proof"]
    assert isinstance(proof, dict)
    unsecured = {name: value for name, value in signed.items() if name != "proof"}
    options = {name: proof[name] for name in ("verificationMethod", "proofPurpose", "created")}
    for number, (name, changed) in enumerate(every_change(unsecured)):
        # All changes of a credential are in the table of credentials; here, some in a log.
        if number % 8 or name.startswith("credentialSchema.digestSRI"):
            continue
        try:
            found.append((name, sign_document(changed, options, log.root.signer)))
        except (Error, AttributeError, TypeError):
            continue
    proofs = list(every_change(proof))[::8]
    found += [(f"proof {name}", {**unsecured, "proof": one}) for name, one in proofs]
    stranger = sign_document(unsecured, options, signing_key(9))
    return [*found, ("by a stranger", stranger)]


def paths_near(path: list[bytes]) -> list[tuple[str, list[bytes]]]:
    found = [("right", path), ("one more", [*path, b"\1" * 32]), ("one short", [*path, b"\1" * 31])]
    if path:
        found += [
            ("one less", path[:-1]),
            ("backwards", path[::-1]),
            ("another", [b"\2" * 32, *path[1:]]),
        ]
    return found


def nodes_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: root_of(leaves[index << level : (index + 1) << level])


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def both_ways(judged: dict[str, int]) -> None:
    """A table in which nothing passes, or nothing fails, shows little."""
    assert min(judged.values()) >= 4, judged
