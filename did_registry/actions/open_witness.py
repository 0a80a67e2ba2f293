"""Sets a witness up in a data folder of its own, and opens it: passphrase, key, logs, database."""

import secrets
from pathlib import Path
from typing import Final

from credentials.keys import KeyType, Signer
from did_registry.actions.witness_head import Witness
from did_registry.errors import NoWitness
from did_registry.tlog.cosignature import WitnessKey, witness_key
from did_registry.tlog.note import VerifierKey
from did_registry.witness_file import (
    MAX_FILE_BYTES,
    WITNESS_FILE,
    WitnessSetup,
    encode_witness_setup,
    parse_witness_setup,
)
from storage.errors import KeyExists, KeystoreNotFound
from storage.key_file import KeyPurpose
from storage.keystore import Keystore, create_keystore, open_keystore
from storage.master_key import read_passphrase
from storage.private_files import (
    create_private,
    make_private_folder,
    read_private,
    replace_private,
)

PASSPHRASE_FILE: Final = "passphrase"  # noqa: S105 - a name
KEYSTORE: Final = "keys"
KEY: Final = "witness/cosigner-1"


def set_up_witness(folder: Path, name: str) -> WitnessKey:
    """Make what is missing of a witness, and return the key by which logs know it.

    Raises Malformed for a name that no signature line can bear, or another than it has.
    """
    make_private_folder(folder)
    passphrase = folder / PASSPHRASE_FILE
    if not passphrase.exists():
        create_private(passphrase, secrets.token_urlsafe(32).encode() + b"\n")
    try:
        setup = _read(folder)
    except NoWitness:
        setup = parse_witness_setup(encode_witness_setup(WitnessSetup(name=name, logs=())))
        replace_private(folder / WITNESS_FILE, encode_witness_setup(setup))
    if setup.name != name:
        raise NoWitness(f"the witness in this folder is called {setup.name}")
    return witness_key(setup.name, _signer(_keystore(folder)).public_key)


def watch_log(folder: Path, key: VerifierKey) -> None:
    """Let the witness sign the heads of one more log. Raises Malformed or NoWitness."""
    replace_private(folder / WITNESS_FILE, encode_witness_setup(_read(folder).watching(key)))


def open_witness(folder: Path) -> Witness:
    """The witness of a folder, ready to sign. Raises NoWitness, or what the keystore raises."""
    setup = _read(folder)
    return Witness(
        name=setup.name,
        signer=_signer(_keystore(folder)),
        logs={log.name: log for log in setup.logs},
    )


def _read(folder: Path) -> WitnessSetup:
    path = folder / WITNESS_FILE
    if not path.exists():
        raise NoWitness("there is no witness in this folder")
    return parse_witness_setup(read_private(path, max_bytes=MAX_FILE_BYTES))


def _keystore(folder: Path) -> Keystore:
    keys, passphrase = folder / KEYSTORE, read_passphrase(folder / PASSPHRASE_FILE)
    try:
        return open_keystore(keys, passphrase)
    except KeystoreNotFound:
        create_keystore(keys, passphrase)
        return open_keystore(keys, passphrase)


def _signer(keystore: Keystore) -> Signer:
    try:
        return keystore.generate(KEY, KeyPurpose.COSIGNATURE, KeyType.ED25519)
    except KeyExists:
        return keystore.signer(KEY, KeyPurpose.COSIGNATURE)
