"""Checkpoints: what is written, what is read, and whom it is believed from."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, KeyMismatch, Malformed, SignatureInvalid
from credentials.keys import Ed25519Signer
from did_registry.tlog.checkpoint import (
    Checkpoint,
    build_checkpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.merkle import EMPTY_ROOT, MAX_SIZE
from did_registry.tlog.note import Ed25519NoteSigner, NoteSignature, encode_note, verifier_key

ORIGIN = "registry.gwanin.example/2026"
ROOT = bytes(range(32))
SIGNER = Ed25519Signer(bytes([1]) * 32)
LOG = Ed25519NoteSigner(ORIGIN, SIGNER)
KEY = verifier_key(ORIGIN, SIGNER.public_key)
TEXT = f"{ORIGIN}\n1234\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n".encode()


def signed(text: bytes) -> bytes:
    return encode_note(text, [LOG.sign_note(text)])


def test_writes_origin_size_and_root_and_nothing_else() -> None:
    assert build_checkpoint(ORIGIN, 1234, ROOT, [LOG]) == signed(TEXT)


def test_reads_what_the_log_signed() -> None:
    expected = Checkpoint(origin=ORIGIN, size=1234, root=ROOT, extension=())
    assert verify_checkpoint(signed(TEXT), KEY) == expected


def test_reads_the_published_example() -> None:
    # The example of c2sp.org/tlog-checkpoint.
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = parse_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e")


def test_extension_lines_of_another_log_are_kept_apart() -> None:
    assert verify_checkpoint(signed(TEXT + b"opaque 1\n2\n"), KEY).extension == ("opaque 1", "2")


def test_every_signer_gets_a_line_in_order() -> None:
    second = Ed25519NoteSigner(ORIGIN, Ed25519Signer(bytes([2]) * 32))
    lines = build_checkpoint(ORIGIN, 1234, ROOT, [LOG, second]).split(b"\n\n")[1].splitlines()
    assert [line.split()[1].decode() for line in lines] == [ORIGIN, ORIGIN]
    verify_checkpoint(build_checkpoint(ORIGIN, 1234, ROOT, [second, LOG]), KEY)


def test_an_empty_log_has_a_head() -> None:
    assert verify_checkpoint(build_checkpoint(ORIGIN, 0, EMPTY_ROOT, [LOG]), KEY).size == 0


def test_refuses_a_checkpoint_that_the_log_did_not_sign() -> None:
    other = Ed25519NoteSigner(ORIGIN, Ed25519Signer(bytes([2]) * 32))
    with pytest.raises(CheckpointNotSigned):
        verify_checkpoint(build_checkpoint(ORIGIN, 1234, ROOT, [other]), KEY)


def test_refuses_a_checkpoint_that_was_changed_after_signing() -> None:
    with pytest.raises(SignatureInvalid):
        verify_checkpoint(signed(TEXT).replace(b"\n1234\n", b"\n1235\n"), KEY)


def test_refuses_the_head_of_another_log_under_this_logs_name() -> None:
    with pytest.raises(KeyMismatch):
        verify_checkpoint(signed(TEXT.replace(b"2026", b"2027")), KEY)


def test_refuses_to_sign_under_another_name() -> None:
    with pytest.raises(KeyMismatch):
        build_checkpoint("registry.gwanin.example/2027", 1234, ROOT, [LOG])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"1234", b"01234", id="leading zero"),
        pytest.param(b"1234", b"-1234", id="negative size"),
        pytest.param(b"1234", b"", id="empty size"),
        pytest.param(b"1234", "١٢٣٤".encode(), id="digits that are not ASCII"),
        pytest.param(b"1234", b"9223372036854775808", id="size of 2^63"),
        pytest.param(b"1234", b"0", id="size 0 with a root"),
        pytest.param(b"AAEC", b"AAE=", id="not base64"),
        pytest.param(b"AAEC", b"", id="root of 29 bytes"),
        pytest.param(ORIGIN.encode(), b"", id="empty origin"),
        pytest.param(ORIGIN.encode(), b"\xff", id="origin that is not UTF-8"),
        pytest.param(b"1234\n", b"", id="line missing"),
        pytest.param(b"h8=\n", b"h8=", id="no final newline"),
        pytest.param(b"h8=\n", b"h8=\n\nextension\n", id="empty extension line"),
    ],
)
def test_refuses_a_text_with_one_thing_changed(old: bytes, new: bytes) -> None:
    assert old in TEXT
    with pytest.raises(Malformed):
        parse_checkpoint(TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("size", "root"),
    [
        pytest.param(-1, ROOT, id="negative size"),
        pytest.param(0, ROOT, id="empty log with a root"),
        pytest.param(MAX_SIZE + 1, ROOT, id="too many leaves"),
        pytest.param(1, ROOT[1:], id="short root"),
    ],
)
def test_does_not_sign_what_no_checkpoint_can_say(size: int, root: bytes) -> None:
    with pytest.raises(Malformed):
        build_checkpoint(ORIGIN, size, root, [LOG])


class TwoLines:
    """A signer whose name would be read as another log's whole checkpoint."""

    name = TEXT.decode().rstrip("\n")

    def sign_note(self, text: bytes) -> NoteSignature:
        return LOG.sign_note(text)


def test_does_not_sign_what_reads_back_otherwise() -> None:
    with pytest.raises(Malformed):
        build_checkpoint(TwoLines.name, 1, ROOT, [TwoLines()])


@given(size=st.integers(1, MAX_SIZE), root=st.binary(min_size=32, max_size=32))
def test_reads_the_checkpoint_it_wrote(size: int, root: bytes) -> None:
    checkpoint = verify_checkpoint(build_checkpoint(ORIGIN, size, root, [LOG]), KEY)
    assert checkpoint == Checkpoint(origin=ORIGIN, size=size, root=root, extension=())


@given(st.binary(max_size=120) | st.binary(max_size=60).map(lambda tail: TEXT[:50] + tail))
def test_any_bytes_are_a_checkpoint_or_our_error(data: bytes) -> None:
    for read in (parse_checkpoint, lambda note: verify_checkpoint(note, KEY)):
        with contextlib.suppress(Error):
            read(data)
