"""What a credential is, how it is secured, and how it is checked. No city, no network, no clock.

    bytes ── strict_json / jws ──> Unverified ── Mechanism.verify(key) ──> Verified
    Content ── Mechanism.secure(signer) ──> bytes          Held ── Mechanism.present ──> bytes

A function that decides takes `Verified`; a `peek_` result never decides anything.
"""
