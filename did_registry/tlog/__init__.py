"""The registry's log as mathematics: hashes, proofs, signed heads and tiles. No storage, no clock.

    leaf ── merkle.leaf_hash ──> Frontier.append ──> root ── checkpoint.build_checkpoint ──> note
                                       └── tiles.grow ──> tiles ── tiles.node_reader ──┐
    note ── checkpoint.verify_checkpoint ──> Checkpoint <── proof.verify_… <── proof.build_…

What a leaf may say is in `did_registry/leaf.py`; who may sign is the verifier key one is given.
"""
