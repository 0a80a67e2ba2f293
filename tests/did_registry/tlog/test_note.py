"""Signed notes, against Go's published example and against the format's every clause."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import (
    Error,
    KeyMismatch,
    Malformed,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.keys import Ed25519Signer, P256Signer
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Ed25519NoteSigner,
    Note,
    NoteSignature,
    encode_note,
    parse_note,
    parse_verifier_key,
    verifier_key,
    verify_note,
)

# The example of Go's package golang.org/x/mod/sumdb/note: a key, a text and its signature.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FF"
    "YC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

TEXT = b"registry.gwanin.example/2026\n0\nhead\n"
SIGNER = Ed25519Signer(bytes([1]) * 32)
OTHER_SIGNER = Ed25519Signer(bytes([2]) * 32)
LOG = Ed25519NoteSigner("log.example", SIGNER)
KEY = verifier_key("log.example", SIGNER.public_key)
ID = KEY.key_id.hex()
SIGNED = encode_note(TEXT, [LOG.sign_note(TEXT)])


def test_opens_the_note_that_go_signed() -> None:
    key = parse_verifier_key(GO_KEY)
    assert str(key) == GO_KEY
    assert verify_note(parse_note(GO_NOTE.encode()), key) == GO_TEXT.encode()


def test_opens_what_it_signed() -> None:
    assert verify_note(parse_note(SIGNED), KEY) == TEXT
    assert parse_verifier_key(str(KEY)) == KEY


def test_the_text_ends_at_the_last_empty_line() -> None:
    text = b"a\n\nb\n\n\n\xe2\x80\x94 no signature\n"
    note = parse_note(encode_note(text, [LOG.sign_note(text)]))
    assert verify_note(note, KEY) == text


def test_unknown_signatures_are_ignored() -> None:
    same_name = NoteSignature(name="log.example", key_id=b"\0\0\0\0", value=b"?")
    same_id = NoteSignature(name="other.example", key_id=KEY.key_id, value=b"?")
    note = encode_note(TEXT, [same_name, same_id, LOG.sign_note(TEXT), same_name])
    assert verify_note(parse_note(note), KEY) == TEXT


def test_a_second_line_of_another_signature_type_can_stand_beside() -> None:
    post_quantum = NoteSignature(name="log.example", key_id=b"mlds", value=bytes(8 + 2420))
    note = parse_note(encode_note(TEXT, [LOG.sign_note(TEXT), post_quantum]))
    assert note.signatures[1] == post_quantum
    assert verify_note(note, KEY) == TEXT


def test_refuses_a_note_that_only_others_signed() -> None:
    other = Ed25519NoteSigner("log.example", OTHER_SIGNER)
    with pytest.raises(CheckpointNotSigned):
        verify_note(parse_note(encode_note(TEXT, [other.sign_note(TEXT)])), KEY)


def test_refuses_a_bad_signature_by_the_wanted_key_beside_a_good_one() -> None:
    good = LOG.sign_note(TEXT)
    bad = NoteSignature(name=good.name, key_id=good.key_id, value=bytes(64))
    for signatures in ([good, bad], [bad, good], [bad]):
        with pytest.raises(SignatureInvalid):
            verify_note(parse_note(encode_note(TEXT, signatures)), KEY)


def test_refuses_a_signature_over_another_text() -> None:
    with pytest.raises(SignatureInvalid):
        verify_note(parse_note(encode_note(b"other\n", [LOG.sign_note(TEXT)])), KEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"\n\n", b"\n", id="no empty line"),
        pytest.param(TEXT + b"\n", b"\n\n", id="no text"),
        pytest.param(b"2026\n", b"2026\r\n", id="control character"),
        pytest.param(b"2026\n", b"2026\xff\n", id="not UTF-8"),
        pytest.param(b"\xe2\x80\x94 ", b"- ", id="hyphen for dash"),
        pytest.param(b"\xe2\x80\x94 ", b"\xe2\x80\x94", id="no space after the dash"),
        pytest.param(b" log.example ", b"  ", id="empty name"),
        pytest.param(b" log.example ", b" log+example ", id="plus sign in the name"),
        pytest.param(b" log.example ", b" log\xe2\x80\x83example ", id="unicode space in the name"),
        pytest.param(b" log.example ", b" " + b"n" * 256 + b" ", id="long name"),
        pytest.param(b"=\n", b"\n", id="base64 without padding"),
        pytest.param(b"=\n", b"=", id="no final newline"),
    ],
)
def test_refuses_a_note_with_one_thing_changed(old: bytes, new: bytes) -> None:
    head, found, tail = SIGNED.rpartition(old)
    assert found
    with pytest.raises(Malformed):
        parse_note(head + new + tail)


def test_refuses_a_signature_line_without_a_signature() -> None:
    with pytest.raises(Malformed):
        encode_note(TEXT, [NoteSignature(name="log.example", key_id=KEY.key_id, value=b"")])


def test_takes_64_signatures_and_no_more() -> None:
    line = LOG.sign_note(TEXT)
    assert len(parse_note(encode_note(TEXT, [line] * MAX_SIGNATURES)).signatures) == 64
    with pytest.raises(TooLarge):
        encode_note(TEXT, [line] * (MAX_SIGNATURES + 1))


def test_refuses_a_note_beyond_its_size_before_reading_it() -> None:
    with pytest.raises(TooLarge):
        parse_note(b"\xff" * (MAX_NOTE_BYTES + 1))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"no final newline", id="no final newline"),
        pytest.param(b"", id="empty"),
        pytest.param(b"text\n\n\xe2\x80\x94 log.example AAAAAAA=", id="ends like a signature line"),
    ],
)
def test_does_not_write_a_note_that_reads_back_otherwise(text: bytes) -> None:
    with pytest.raises(Malformed):
        encode_note(text, [LOG.sign_note(text)])


def test_does_not_write_a_note_without_signatures() -> None:
    with pytest.raises(Malformed):
        encode_note(TEXT, [])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(str(KEY).replace(ID, ID.upper()), id="upper-case id"),
        pytest.param(str(KEY).replace(ID, "00000000"), id="another id"),
        pytest.param(str(KEY).replace(ID, "identity"), id="id that is not hexadecimal"),
        pytest.param(str(KEY).replace("log.", "lag."), id="another name"),
        pytest.param(str(KEY).rpartition("+")[0], id="no key"),
        pytest.param(str(KEY)[:-4], id="short key"),
        pytest.param(str(KEY) + " ", id="trailing space"),
        pytest.param("\ud800" + str(KEY), id="lone surrogate"),
        pytest.param("n" * 500 + str(KEY), id="long name"),
        pytest.param("+" + str(KEY).split("+", 1)[1], id="empty name"),
    ],
)
def test_refuses_a_verifier_key_with_one_thing_changed(text: str) -> None:
    with pytest.raises(Malformed):
        parse_verifier_key(text)


def test_refuses_a_verifier_key_of_another_signature_type() -> None:
    # 0x04, a witness's timestamped Ed25519; its id is right for that type.
    with pytest.raises(Unsupported):
        parse_verifier_key("witness.example+00000000+" + "BAAA" + "A" * 40)


def test_notes_are_signed_with_ed25519() -> None:
    with pytest.raises(KeyMismatch):
        Ed25519NoteSigner("log.example", P256Signer(bytes([1]) * 32))


@given(st.binary(max_size=120).map(lambda tail: SIGNED[:40] + tail) | st.binary(max_size=120))
def test_any_bytes_are_a_note_or_our_error(data: bytes) -> None:
    try:
        note = parse_note(data)
    except Error:
        return
    assert encode_note(note.text, note.signatures) == data


@given(st.text(max_size=120))
def test_any_text_is_a_verifier_key_or_our_error(text: str) -> None:
    with contextlib.suppress(Error):
        assert str(parse_verifier_key(text)) == text


@given(position=st.integers(0, len(SIGNED) - 1), bit=st.integers(0, 7))
def test_refuses_a_note_with_one_bit_flipped(position: int, bit: int) -> None:
    data = bytearray(SIGNED)
    data[position] ^= 1 << bit
    with pytest.raises(Error):
        verify_note(parse_note(bytes(data)), KEY)


@given(
    lines=st.lists(st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"])), min_size=1),
    value=st.binary(min_size=1, max_size=80),
)
def test_reads_the_note_it_wrote(lines: list[str], value: bytes) -> None:
    text = ("\n".join(lines) + "\n").encode()
    signature = NoteSignature(name="log.example", key_id=b"1234", value=value)
    if text != b"\n":
        note = Note(text=text, signatures=(signature,))
        assert parse_note(encode_note(text, [signature])) == note
