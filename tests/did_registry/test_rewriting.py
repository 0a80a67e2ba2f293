"""Evidence against a log: read back as it was written, and believed only if it shows something."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, Unsupported
from credentials.keys import Ed25519Signer
from did_registry.errors import EvidenceInvalid
from did_registry.leaf import LeafKind
from did_registry.rewriting import Manner, Rewriting, parse_rewriting, verify_rewriting
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.merkle import leaf_hash, root_of
from did_registry.tlog.note import verifier_key
from did_registry.tlog.proof import build_consistency, range_root
from tests.simulators.registry_log import ORIGIN, RegistryLog, log_key


def _log(size: int, first: int) -> RegistryLog:
    log = RegistryLog()
    for number in range(first, first + size - 1):
        log.add(LeafKind.SCHEMA, f"types/N{number}/v1", {"h": "A" * 43})
    return log


def _forked(before: int, now: int) -> Rewriting:
    """Two histories of one log that part after the first leaf."""
    ours, theirs = _log(before, 1), _log(now, 100)

    def node(level: int, index: int) -> bytes:
        start = index << level
        return root_of(map(leaf_hash, theirs.leaves[start : start + (1 << level)]))

    return Rewriting(
        manner=Manner.FORKED,
        before=ours.note(),
        now=theirs.note(),
        root=range_root(0, before, node),
        proof=tuple(build_consistency(before, now, node)),
    )


TWO_ROOTS = Rewriting(manner=Manner.TWO_ROOTS, before=_log(5, 1).note(), now=_log(5, 9).note())


@pytest.mark.parametrize("sizes", [(3, 7), (4, 7), (2, 9), (6, 8), (7, 64)])
def test_two_histories_are_shown_by_a_file_alone(sizes: tuple[int, int]) -> None:
    found = _forked(*sizes)
    assert parse_rewriting(found.encode()) == found
    before, now = verify_rewriting(parse_rewriting(found.encode()), log_key())
    assert (before.size, now.size) == sizes


def test_two_roots_of_one_size_are_shown_by_the_heads() -> None:
    assert parse_rewriting(TWO_ROOTS.encode()) == TWO_ROOTS
    before, now = verify_rewriting(TWO_ROOTS, log_key())
    assert before.root != now.root


HONEST = _log(9, 1)


@pytest.mark.parametrize(
    "found",
    [
        replace(TWO_ROOTS, now=TWO_ROOTS.before),
        replace(TWO_ROOTS, now=_log(6, 9).note()),
        replace(TWO_ROOTS, manner=Manner.FORKED),
        replace(TWO_ROOTS, manner=Manner.SHORTENED),
        replace(_forked(3, 7), manner=Manner.TWO_ROOTS),
        replace(_forked(3, 7), root=bytes(32)),
        replace(_forked(3, 7), root=None),
        replace(_forked(3, 7), proof=()),
        replace(_forked(3, 7), proof=_forked(3, 7).proof[::-1]),
        replace(_forked(3, 7), before=_log(7, 1).note()),
        Rewriting(
            manner=Manner.FORKED,
            before=HONEST.note(5),
            now=HONEST.note(),
            root=root_of(map(leaf_hash, HONEST.leaves[:5])),
        ),
        Rewriting(manner=Manner.SHORTENED, before=HONEST.note(), now=HONEST.note(5)),
    ],
    ids=[
        "one-head",
        "two-sizes",
        "no-proof",
        "not-shorter",
        "other-sizes",
        "other-root",
        "no-root",
        "empty-proof",
        "proof-reversed",
        "not-larger",
        "continued",
        "shortened",
    ],
)
def test_what_contradicts_nothing_is_no_evidence(found: Rewriting) -> None:
    with pytest.raises(EvidenceInvalid):
        verify_rewriting(found, log_key())


def test_what_the_log_has_not_signed_is_no_evidence_against_it() -> None:
    forged = _log(5, 9).note(key=Ed25519Signer(b"x" * 32))
    other = verifier_key(ORIGIN, Ed25519Signer(b"x" * 32).public_key)
    with pytest.raises(CheckpointNotSigned):
        verify_rewriting(replace(TWO_ROOTS, now=forged), log_key())
    with pytest.raises(CheckpointNotSigned):
        verify_rewriting(replace(TWO_ROOTS, now=forged), other)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b'"v":1', b'"v":2', Unsupported),
        (b'"two-roots"', b'"rumour"', Unsupported),
        (b'"proof":[]', b'"proof":["x"]', Malformed),
        (b'"root":null', b'"root":1', Malformed),
        (b'"v":1', b'"more":0,"v":1', Malformed),
        (b'"before"', b'"after"', Malformed),
    ],
)
def test_another_form_is_refused(old: bytes, new: bytes, error: type[Error]) -> None:
    data = TWO_ROOTS.encode()
    assert old in data
    with pytest.raises(error):
        parse_rewriting(data.replace(old, new))


@given(st.binary(max_size=200))
def test_any_bytes_give_our_typed_error(data: bytes) -> None:
    with contextlib.suppress(Error):
        parse_rewriting(data)
