"""Python and JavaScript read the same proofs of issuance, and find the same leaf with them."""

import json
from dataclasses import replace
from itertools import count
from typing import Any

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.issuance_proof import IssuanceProof, issuance_leaf, parse_issuance_proof
from did_registry.issuance_tree import build_issuance_tree, find_batch, issuance_root
from did_registry.leaf import LeafKind
from tests.simulators.every_change import every_change
from tests.simulators.javascript import Table, data64, moment
from tests.simulators.js_registry import both_ways
from tests.simulators.registry_log import RegistryLog, log_key

SALT, DIGEST, OTHER = bytes(range(16)), bytes(range(32)), bytes(32)
_PADDING = count(1)
TREE = build_issuance_tree(
    [*(issuance_leaf(SALT, n.to_bytes(32)) for n in range(99)), issuance_leaf(SALT, DIGEST)],
    lambda size: next(_PADDING).to_bytes(size),
)
PROOF = TREE.prove(SALT, DIGEST)


def _proof() -> IssuanceProof:
    assert PROOF is not None
    return PROOF


def _read(data: bytes) -> Claims:
    proof = parse_issuance_proof(data)
    return {**proof.to_json(), "root": encode_base64url(issuance_root(proof, DIGEST))}


def test_proofs_and_every_change_of_one() -> None:
    table = Table()
    for name, document in every_change(_proof().to_json()):
        data = json.dumps(document).encode()
        given = {"data": data64(data), "digest": data64(DIGEST)}
        table.add("issuance-proof", name, given, _read, data)
    both_ways(table.compare())


def _logged() -> RegistryLog:
    """The tree of one agency, once as it is and once more with a false size; and of another."""
    log = RegistryLog()
    root = encode_base64url(TREE.root())
    period: Claims = {"from": "2026-03-11T15:00:00Z", "until": "2026-03-12T15:00:00Z"}
    for agency, size in (("GU-11620", 128), ("GU-11620", 256), ("GU-11680", 64)):
        body: Claims = {"agency": agency, "root": root, "n": size, **period}
        log.add(LeafKind.BATCH, agency, body)
    return log


def test_the_leaf_that_a_proof_leads_to() -> None:
    log, table, proof = _logged(), Table(), _proof()
    first, second = log.member("GU-11620"), log.member("GU-11680")
    path = proof.path
    cases: dict[str, tuple[str, bytes, IssuanceProof]] = {
        "right": (str(first.did), DIGEST, proof),
        "of a leaf with another size": (str(second.did), DIGEST, proof),
        "of the root": (str(log.root.did), DIGEST, proof),
        "of nobody": (f"{first.did}x", DIGEST, proof),
        "another credential": (str(first.did), OTHER, proof),
        "another place": (str(first.did), DIGEST, replace(proof, position=proof.position ^ 1)),
        "another salt": (str(first.did), DIGEST, replace(proof, salt=bytes(16))),
        "longer": (str(first.did), DIGEST, replace(proof, path=(*path, OTHER))),
        "shorter": (str(first.did), DIGEST, replace(proof, path=path[:-1], position=0)),
    }
    world = {
        "root": str(log.root.did), "leaves": [data64(leaf) for leaf in log.leaves],
        "note": data64(log.note()), "key": str(log_key()), "now": moment(log.clock()),
    }  # fmt: skip
    view = log.view()

    def mine(issuer: str, digest: bytes, shown: IssuanceProof) -> Any:
        view.history(issuer)  # ours finds nothing where theirs refuses the DID
        batch = find_batch(view, issuer, digest, shown)
        return batch and {
            "size": batch.size,
            "begins": moment(batch.begins),
            "ends": moment(batch.ends),
            "index": batch.index,
            "loggedAt": moment(batch.logged_at),
        }

    for name, (issuer, digest, shown) in cases.items():
        given = {
            "world": world, "issuer": issuer, "digest": data64(digest),
            "proof": data64(json.dumps(shown.to_json()).encode()),
        }  # fmt: skip
        table.add("find-batch", name, given, mine, issuer, digest, shown)
    assert find_batch(view, str(first.did), DIGEST, proof) is not None
    assert table.compare() == {"found": len(cases) - 1, "refused": 1}
