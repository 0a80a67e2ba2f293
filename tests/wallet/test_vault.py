"""The vault opens whole and unaltered, or not at all, and never costs more than a vault may."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.encoding import encode_base64url
from credentials.errors import Error, TooLarge
from wallet.errors import VaultUnreadable, VaultWeakened
from wallet.vault import (
    MAX_HEADER_BYTES,
    MAX_VAULT_BYTES,
    MIB,
    NONCE_BYTES,
    SALT_BYTES,
    Hardness,
    open_vault,
    seal_vault,
)

CHEAP = Hardness(memory=19 * MIB, passes=2)
PASSPHRASE = b"a passphrase for tests only"
CONTENT = b"what the vault holds"
SALT, NONCE = bytes(range(SALT_BYTES)), bytes(range(NONCE_BYTES))


def sealed(content: bytes = CONTENT, hardness: Hardness = CHEAP) -> bytes:
    return seal_vault(content, PASSPHRASE, salt=SALT, nonce=NONCE, hardness=hardness)


VAULT = sealed()
HEADER, _, BOX = VAULT.partition(b"\n")


def with_header(**changes: Any) -> bytes:
    """The vault under a header with members changed, or removed if they are None."""
    members = {**json.loads(HEADER), **changes}
    kept = {name: value for name, value in members.items() if value is not None}
    header = json.dumps(kept, separators=(",", ":"), sort_keys=True)
    return header.encode() + b"\n" + BOX


def test_has_the_form_that_is_documented() -> None:
    assert json.loads(HEADER) == {
        "kdf": "argon2id",
        "memory": CHEAP.memory,
        "nonce": encode_base64url(NONCE),
        "passes": 2,
        "salt": encode_base64url(SALT),
        "version": 1,
    }
    assert with_header() == VAULT
    assert len(BOX) == len(CONTENT) + 16
    assert CONTENT not in VAULT


def test_a_new_vault_is_as_hard_as_it_should_be() -> None:
    assert Hardness() == Hardness(memory=64 * MIB, passes=3)


@settings(max_examples=15)
@given(content=st.binary(max_size=500), passphrase=st.binary(min_size=1, max_size=50))
def test_opens_to_what_was_sealed(content: bytes, passphrase: bytes) -> None:
    data = seal_vault(content, passphrase, salt=SALT, nonce=NONCE, hardness=CHEAP)
    assert open_vault(data, passphrase) == content


@pytest.mark.parametrize("passphrase", [b"", PASSPHRASE[:-1], PASSPHRASE + b" ", b"other"])
def test_opens_to_nobody_else(passphrase: bytes) -> None:
    with pytest.raises(VaultUnreadable):
        open_vault(VAULT, passphrase)


@pytest.mark.parametrize("place", range(len(VAULT)))
def test_notices_every_single_byte_that_was_changed(place: int) -> None:
    """In the salt, the nonce and the box as well as in the words around them."""
    changed = bytearray(VAULT)
    changed[place] ^= 1
    with pytest.raises((VaultUnreadable, VaultWeakened)):
        open_vault(bytes(changed), PASSPHRASE)


@pytest.mark.parametrize("length", [0, 1, len(HEADER), len(HEADER) + 1, len(VAULT) - 1])
def test_notices_that_it_was_cut_off(length: int) -> None:
    with pytest.raises(VaultUnreadable):
        open_vault(VAULT[:length], PASSPHRASE)


def test_notices_what_was_added() -> None:
    with pytest.raises(VaultUnreadable):
        open_vault(VAULT + b"\0", PASSPHRASE)


@pytest.mark.parametrize("header", [HEADER + b" ", b" " + HEADER, HEADER.replace(b":2,", b":2 ,")])
def test_notices_a_header_that_says_the_same_in_other_bytes(header: bytes) -> None:
    with pytest.raises(VaultUnreadable):
        open_vault(header + b"\n" + BOX, PASSPHRASE)


def test_notices_the_content_of_another_vault() -> None:
    other = seal_vault(b"other", PASSPHRASE, salt=SALT, nonce=bytes(NONCE_BYTES), hardness=CHEAP)
    with pytest.raises(VaultUnreadable):
        open_vault(HEADER + b"\n" + other.partition(b"\n")[2], PASSPHRASE)


OUT_OF_BOUNDS = {
    "cheap": {"memory": 19 * MIB - 1},
    "one-pass": {"passes": 1},
    "no-pass": {"passes": 0},
    "negative": {"memory": -1},
    "dear": {"memory": 256 * MIB + 1},
    "4-GiB": {"memory": 4096 * MIB},
    "eleven-passes": {"passes": 11},
    "for-ever": {"passes": 2**62},
}


@pytest.mark.parametrize("changes", OUT_OF_BOUNDS.values(), ids=OUT_OF_BOUNDS)
def test_refuses_to_pay_less_or_more_than_a_vault_costs(changes: dict[str, int]) -> None:
    """Before hashing: with these numbers, the work itself would be refused or never end."""
    with pytest.raises(VaultWeakened):
        open_vault(with_header(**changes), PASSPHRASE)


@pytest.mark.parametrize(
    "hardness",
    [Hardness(memory=19 * MIB, passes=2), Hardness(memory=256 * MIB, passes=10)],
    ids=["least", "most"],
)
def test_the_bounds_themselves_are_within(hardness: Hardness) -> None:
    hardness.check()


MALFORMED: dict[str, bytes] = {
    "another-version": with_header(version=2),
    "another-kdf": with_header(kdf="scrypt"),
    "a-member-more": with_header(more=1),
    "no-salt": with_header(salt=None),
    "a-short-salt": with_header(salt=encode_base64url(SALT[:-1])),
    "a-short-nonce": with_header(nonce=encode_base64url(NONCE[:-1])),
    "memory-as-text": with_header(memory="19922944"),
    "memory-as-float": with_header(memory=19922944.0),
    "a-yes": with_header(passes=True),
    "a-list": b"[]\n" + BOX,
    "not-json": b"nonsense\n" + BOX,
    "a-long-header": HEADER.replace(b"{", b"{" + b" " * MAX_HEADER_BYTES) + b"\n" + BOX,
    "no-line": HEADER,
    "empty": b"",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_refuses_what_is_no_vault(data: bytes) -> None:
    with pytest.raises(VaultUnreadable):
        open_vault(data, PASSPHRASE)


def test_seals_nothing_that_could_not_be_opened_again() -> None:
    room = MAX_VAULT_BYTES - (len(VAULT) - len(CONTENT))
    largest = sealed(bytes(room))
    assert len(largest) == MAX_VAULT_BYTES
    assert open_vault(largest, PASSPHRASE) == bytes(room)
    with pytest.raises(TooLarge):
        sealed(bytes(room + 1))
    with pytest.raises(TooLarge):
        open_vault(largest + b"\0", PASSPHRASE)


@settings(max_examples=200)
@given(data=st.one_of(st.binary(max_size=300), st.binary(max_size=100).map(lambda b: b + b"\n")))
def test_whatever_the_bytes_the_refusal_is_ours(data: bytes) -> None:
    with pytest.raises(Error):
        open_vault(data, PASSPHRASE)
