"""Receives credentials for a citizen, keeps them encrypted, and shows no more than was agreed to.

cli ──> actions (receive, present) ──> store (FileStore) ──> vault: bytes to bytes
            │
            └──> acceptance (what is kept), matching, consent: pure
"""
