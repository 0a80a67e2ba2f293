"""Where things are kept: the database, and the files that only this system may read.

    url ── engine.build_engine ──> Engine ──> transaction.Database ── writing() / reading() ──> rows
    passphrase ── keystore.open_keystore ──> Keystore ── signer(…) ──> Signer, derive(…) ──> Sealer

What the rows mean is each role's concern: its `models.py` and `store.py`.
"""
