"""Witnesses' signatures: their bytes, and how many of them are enough."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, KeyMismatch, Malformed, SignatureInvalid, Unsupported
from credentials.keys import Ed25519Signer, P256Signer
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.cosignature import (
    NO_WITNESSES,
    WitnessPolicy,
    cosign,
    cosignature_times,
    find_cosignature,
    parse_witness_key,
    witness_key,
)
from did_registry.tlog.errors import QuorumMissing
from did_registry.tlog.note import (
    Ed25519NoteSigner,
    Note,
    NoteSignature,
    parse_note,
    verifier_key,
    verify_note,
)

ORIGIN = "registry.gwanin.example/2026"
LOG = Ed25519Signer(bytes([1]) * 32)
SIGNERS = [Ed25519Signer(bytes([number]) * 32) for number in (11, 12, 13)]
WITNESSES = tuple(
    witness_key(f"SEL-WIT{number}", signer.public_key)
    for number, signer in enumerate(SIGNERS, start=1)
)
NOW = datetime(2026, 3, 13, 3, 0, 0, tzinfo=UTC)
HEAD = parse_note(build_checkpoint(ORIGIN, 7, bytes(32), [Ed25519NoteSigner(ORIGIN, LOG)]))
POLICY = WitnessPolicy(witnesses=WITNESSES, quorum=2)


def _line(number: int, time: datetime = NOW) -> NoteSignature:
    return cosign(HEAD.text, f"SEL-WIT{number}", SIGNERS[number - 1], time)


def _signed(*lines: NoteSignature) -> Note:
    return replace(HEAD, signatures=(*HEAD.signatures, *lines))


def test_the_message_is_header_time_and_text() -> None:
    line = _line(1)
    seconds = 1_773_370_800
    assert line.value[:8] == seconds.to_bytes(8)
    message = b"cosignature/v1\ntime 1773370800\n" + HEAD.text
    SIGNERS[0].public_key.verify(line.value[8:], message)


EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
    "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
    "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()


def test_the_published_example_is_read_as_it_is_described() -> None:
    # c2sp.org/tlog-cosignature; the witness's key is not published, so that it can't be verified.
    log, witness = parse_note(EXAMPLE).signatures
    assert (log.name, len(log.value)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, witness.key_id.hex()) == ("witness.example.com/w1", "8d66cf3f")
    assert (int.from_bytes(witness.value[:8]), len(witness.value)) == (1679315147, 8 + 64)


def test_a_quorum_of_different_witnesses_is_enough() -> None:
    later = NOW + timedelta(seconds=5)
    assert POLICY.verify(_signed(_line(1), _line(3, later))) == {"SEL-WIT1": NOW, "SEL-WIT3": later}


def test_one_witness_twice_is_one_witness() -> None:
    earlier = NOW - timedelta(seconds=9)
    with pytest.raises(QuorumMissing):
        POLICY.verify(_signed(_line(1), _line(1, earlier)))
    assert find_cosignature(_signed(_line(1), _line(1, earlier)), WITNESSES[0]) == earlier


@pytest.mark.parametrize("lines", [(), (1,)])
def test_too_few_are_not_enough(lines: tuple[int, ...]) -> None:
    with pytest.raises(QuorumMissing):
        POLICY.verify(_signed(*map(_line, lines)))


def test_strangers_do_not_count() -> None:
    stranger = cosign(HEAD.text, "SEL-WIT2", LOG, NOW)
    with pytest.raises(QuorumMissing):
        POLICY.verify(_signed(_line(1), stranger))


BROKEN = {
    "signature": lambda line: line.value[:-1] + bytes([line.value[-1] ^ 1]),
    "time": lambda line: (int.from_bytes(line.value[:8]) + 1).to_bytes(8) + line.value[8:],
    "length": lambda line: line.value[:-1],
    "no signature": lambda line: line.value[:8],
    "endless time": lambda line: b"\xff" * 8 + line.value[8:],
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_broken_line_of_a_witness_is_never_overlooked(change: str) -> None:
    broken = replace(_line(3), value=BROKEN[change](_line(3)))
    with pytest.raises(Error) as refused:
        POLICY.verify(_signed(_line(1), _line(2), broken))
    assert not isinstance(refused.value, QuorumMissing)


def test_a_cosignature_over_another_head_does_not_count() -> None:
    other = build_checkpoint(ORIGIN, 8, bytes(32), [Ed25519NoteSigner(ORIGIN, LOG)])
    line = cosign(parse_note(other).text, "SEL-WIT2", SIGNERS[1], NOW)
    with pytest.raises(SignatureInvalid):
        POLICY.verify(_signed(_line(1), line))


def test_a_witness_key_is_no_log_key() -> None:
    # The same key under the same name: the type makes another key id, so neither stands for both.
    assert WITNESSES[0].key_id != verifier_key("SEL-WIT1", SIGNERS[0].public_key).key_id
    key = verifier_key("SEL-WIT1", SIGNERS[0].public_key)
    with pytest.raises(Error):
        verify_note(_signed(_line(1)), key)


def test_who_has_signed_so_far_is_known_without_a_quorum() -> None:
    assert cosignature_times(_signed(_line(2)), WITNESSES) == {"SEL-WIT2": NOW}


@pytest.mark.parametrize("quorum", [-1, 0, 4])
def test_a_quorum_is_possible_and_not_nothing(quorum: int) -> None:
    with pytest.raises(Malformed):
        WitnessPolicy(witnesses=WITNESSES, quorum=quorum)


def test_a_witness_is_listed_once() -> None:
    again = witness_key("SEL-WIT9", SIGNERS[0].public_key)
    named = witness_key("SEL-WIT1", LOG.public_key)
    for twice in (again, named):
        with pytest.raises(Malformed):
            WitnessPolicy(witnesses=(*WITNESSES, twice), quorum=2)


def test_without_witnesses_nothing_is_asked_for() -> None:
    assert NO_WITNESSES.verify(HEAD) == {}


def test_a_key_has_one_text() -> None:
    assert parse_witness_key(str(WITNESSES[0])) == WITNESSES[0]
    with pytest.raises(Unsupported):
        parse_witness_key(str(verifier_key(ORIGIN, LOG.public_key)))
    name, key_id, key = str(WITNESSES[0]).split("+", 2)
    for wrong in (f"{name}+{key_id}", f"x+{key_id}+{key}", f"{name}+{key_id.upper()}+{key}"):
        with pytest.raises(Malformed):
            parse_witness_key(wrong)
    with pytest.raises(KeyMismatch):
        witness_key("SEL-WIT1", P256Signer(bytes([1]) * 32).public_key)


@given(st.text(max_size=90))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    with contextlib.suppress(Error):
        assert str(parse_witness_key(text)) == text
