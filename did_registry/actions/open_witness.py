"""Sets a witness up in a data folder of its own, and opens it: passphrase, keys, logs, database."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credentials.did_key import encode_did_key
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
APPROVER_KEY: Final = "witness/approver-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessIdentity:
    """How others know a witness. key: logs, by what it signs heads with; did: DIDs, by the did:key
    with which it approves their versions."""

    key: WitnessKey
    did: str


def set_up_witness(folder: Path, name: str) -> WitnessIdentity:
    """Make what is missing of a witness, and return how others know it.

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
    cosigner, approver = _signers(_keystore(folder))
    return WitnessIdentity(
        key=witness_key(setup.name, cosigner.public_key), did=encode_did_key(approver.public_key)
    )


def watch_log(folder: Path, key: VerifierKey) -> None:
    """Let the witness sign the heads of one more log. Raises Malformed or NoWitness."""
    replace_private(folder / WITNESS_FILE, encode_witness_setup(_read(folder).watching(key)))


def open_witness(folder: Path) -> Witness:
    """The witness of a folder, ready to sign. Raises NoWitness, or what the keystore raises."""
    setup = _read(folder)
    cosigner, approver = _signers(_keystore(folder))
    return Witness(
        name=setup.name,
        signer=cosigner,
        approver=approver,
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


def _signers(keystore: Keystore) -> tuple[Signer, Signer]:
    """What signs heads, and what approves versions of DIDs."""
    return _signer(keystore, KEY, KeyPurpose.COSIGNATURE), _signer(
        keystore, APPROVER_KEY, KeyPurpose.DID_WITNESS
    )


def _signer(keystore: Keystore, name: str, purpose: KeyPurpose) -> Signer:
    try:
        return keystore.generate(name, purpose, KeyType.ED25519)
    except KeyExists:
        return keystore.signer(name, purpose)
