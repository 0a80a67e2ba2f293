"""A witness in a folder: made once, private, and the same after every start."""

from pathlib import Path

import pytest

from credentials.did_key import encode_did_key
from credentials.errors import Malformed
from credentials.keys import Ed25519Signer
from did_registry.actions.open_witness import open_witness, set_up_witness, watch_log
from did_registry.errors import NoWitness
from did_registry.tlog.cosignature import witness_key
from did_registry.tlog.note import verifier_key
from storage.errors import KeystoreLocked
from tests.simulators.registry_log import ORIGIN, log_key


def test_a_witness_is_made_once_and_opened_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "wit1"
    known = set_up_witness(folder, "SEL-WIT1")
    assert set_up_witness(folder, "SEL-WIT1") == known
    watch_log(folder, log_key())
    witness = open_witness(folder)
    assert witness_key(witness.name, witness.signer.public_key) == known.key
    assert encode_did_key(witness.approver.public_key) == known.did
    assert witness.approver.public_key != witness.signer.public_key
    assert witness.logs == {ORIGIN: log_key()}
    modes = {path.name: path.stat().st_mode & 0o077 for path in folder.rglob("*")}
    assert set(modes.values()) == {0}, modes


def test_a_folder_has_one_witness(tmp_path: Path) -> None:
    set_up_witness(tmp_path / "wit1", "SEL-WIT1")
    with pytest.raises(NoWitness, match="SEL-WIT1"):
        set_up_witness(tmp_path / "wit1", "SEL-WIT2")
    for act in (open_witness, lambda folder: watch_log(folder, log_key())):
        with pytest.raises(NoWitness):
            act(tmp_path / "nothing")


def test_a_name_is_one_that_lines_can_bear(tmp_path: Path) -> None:
    for name in ("", "two words", "plus+plus"):
        with pytest.raises(Malformed):
            set_up_witness(tmp_path / "wit", name)


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    set_up_witness(tmp_path / "wit1", "SEL-WIT1")
    (tmp_path / "wit1" / "passphrase").write_text("another one, long enough\n", "ascii")
    with pytest.raises(KeystoreLocked):
        open_witness(tmp_path / "wit1")


def test_another_key_for_a_log_is_refused(tmp_path: Path) -> None:
    set_up_witness(tmp_path / "wit1", "SEL-WIT1")
    watch_log(tmp_path / "wit1", log_key())
    with pytest.raises(Malformed):
        watch_log(tmp_path / "wit1", verifier_key(ORIGIN, Ed25519Signer(b"x" * 32).public_key))
