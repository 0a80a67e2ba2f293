"""did:webvh 1.0: a DID whose whole history can be checked by anyone who holds its log.

did.jsonl ── entry ──> Entry ── history (parameters, document) ──> History ── key_at ──> key
did-witness.json ── witness ──────────────────────────────────────────┘  └── resolution ──> JSON
writer: History + document + signer ──> the next line, checked like a stranger's
"""
