"""Verifications as contenders: our whole pipeline, our mechanism alone, a peer's function."""

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.workload import Contender, assert_refused
from benchmarks.world import CLAIMS, World
from credentials.errors import SignatureInvalid
from credentials.keys import PublicKey
from credentials.model import Serialized, Verified
from credentials.securing.mechanism import Mechanism
from verifier.answer import verify_document
from verifier.decision import Decision, Verdict
from verifier.policy import ONLINE


def document_verifier(
    world: World,
    name: str,
    document: Serialized,
    tampered: Serialized,
    *,
    goal: float | None = None,
) -> Contender:
    """Every check on a document, from its bytes to the verdict.

    The registry is known and the status lists are in memory, as they are after the first document.
    """

    def verify(shown: Serialized) -> Verdict:
        return verify_document(shown, world.evidence, ONLINE, world.now)

    def check() -> None:
        verdict = verify(document)
        assert verdict.decision is Decision.ACCEPTED, verdict
        assert verdict.claims["nameKo"] == CLAIMS["nameKo"]
        assert_rejected(verify(tampered))

    return Contender(name=name, run=partial(verify, document), check=check, goal=goal)


def mechanism_verifier(
    mechanism: Mechanism, key: PublicKey, document: Serialized, tampered: Serialized
) -> Contender:
    """Parsing and the signature, with the key in hand."""

    def verify(shown: Serialized) -> Verified:
        return mechanism.verify(mechanism.parse(shown), key)

    def check() -> None:
        assert verify(document).claims == CLAIMS
        assert_refused(lambda: verify(tampered), SignatureInvalid)

    return Contender(name="mechanism alone", run=partial(verify, document), check=check)


def peer_verifier(
    name: str,
    verify: Callable[[Serialized], dict[str, Any]],
    document: Serialized,
    tampered: Serialized,
    error: type[Exception],
    *,
    goal: float | None = None,
) -> Contender:
    """A peer's verification, which returns the claims or raises `error`."""

    def check() -> None:
        assert verify(document)["nameKo"] == CLAIMS["nameKo"]
        assert_refused(partial(verify, tampered), error)

    return Contender(name=name, run=partial(verify, document), check=check, goal=goal)


def assert_rejected(verdict: Verdict) -> None:
    """Raise AssertionError unless a verdict is that the signature is wrong."""
    assert verdict.decision is Decision.REJECTED, verdict
    assert "signature-invalid" in {check.code for check in verdict.checks}, verdict
