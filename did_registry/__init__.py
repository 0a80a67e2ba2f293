"""Who may sign what since when, and proof that everybody sees the same.

webvh: one DID's history, entry by entry        tlog: the Merkle tree over all leaves
             └───────────── leaf ── replica ──> view: what follows from all leaves
cli, web ──> actions (create_did, accredit, append, publish_checkpoint, follow) ──> store ──> models
"""
