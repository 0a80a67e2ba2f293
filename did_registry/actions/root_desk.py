"""What every act of the root works with: the keys, the root's own DID, and who signs with what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from credentials.json_object import JsonObject, parse_object
from credentials.keys import KeyType, PublicKey, Signer
from did_registry import store
from did_registry.actions.accredit import RootAuthority
from did_registry.document import DidDocument, Purpose, parse_document
from did_registry.errors import ActRefused, KeyCompromised, UnknownDid
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.notice import NoticeKind
from did_registry.webvh.did import Did
from did_registry.webvh.entry import MAX_ENTRY_BYTES
from did_registry.webvh.history import History, replay_entries
from did_registry.webvh.witness import WitnessRule
from storage.errors import KeyExists
from storage.key_file import KeyPurpose
from storage.keystore import Keystore

KEY_PURPOSES: Final = {
    Purpose.ASSERTION: KeyPurpose.ASSERTION,
    Purpose.AUTHENTICATION: KeyPurpose.AUTHENTICATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeys:
    """The keys that a DID signs with from now on. generation: the number at the end of their names,
    such as 2 in `eddsa-2`; retired, current: the names that have gone, and those that have come."""

    code: str
    version_id: str
    generation: int
    retired: tuple[str, ...]
    current: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DidPlan:
    """How a DID begins. keys: fragment → type; purpose: what all of them are for;
    credential_issuer: its Credential Issuer Identifier, for one that issues."""

    keys: Mapping[str, KeyType]
    purpose: Purpose
    credential_issuer: str | None


class Tenants(Protocol):
    """Whoever signs with the keys of a DID in this installation."""

    def hold(self, session: Session, code: str) -> None:
        """Let nobody sign with the keys of this code until the transaction ends. Called before the
        log is locked."""
        ...

    def adopt(self, session: Session, keys: NewKeys, *, now: datetime) -> None:
        """Sign with these from now on, and sign anew what is still served; all of it in this
        transaction."""
        ...

    def issuing(self, code: str) -> DidPlan:
        """How the DID of an agency begins."""
        ...

    def asking(self) -> DidPlan:
        """How the DID of a verifier begins."""
        ...

    def welcome(self, session: Session, code: str, did: Did, *, asks: bool, now: datetime) -> None:
        """Let somebody new sign with the keys of its DID, as a verifier or as an agency; all of it
        in this transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDesk:
    """registry_url: where types are published; root_code: the code of the root's own DID;
    did_witnesses: who approves the versions of DIDs today, None for nobody."""

    keystore: Keystore
    tenants: Tenants
    root_code: str
    registry_url: str
    did_witnesses: WitnessRule | None


def get_history(session: Session, code: str, now: datetime) -> History:
    """The history of the DID of a code, verified. Raises UnknownDid, or ActRefused when it has
    ended."""
    row = store.find_did_by_code(session, code)
    if row is None:
        raise UnknownDid("the registry has no DID with this code")
    # What is not shown yet, as its witnesses have not approved it, is our own word all the same.
    history = replay_entries(store.did_log(session, row.scid), now)
    if history.deactivated:
        raise ActRefused("the DID was deactivated; nothing can follow that")
    return history


def get_root(session: Session, desk: RootDesk, *, now: datetime) -> RootAuthority:
    """The root with the key that it signs with today.

    Raises KeyCompromised when that key was declared so: a rotation must come first.
    """
    history = get_history(session, desk.root_code, now)
    key_id, key = _ed25519_method(history.latest.document)
    if key in _compromised(session, history):
        raise KeyCompromised("the root's own key was declared compromised; rotate it first")
    return RootAuthority(
        did=history.did,
        key_id=key_id,
        signer=desk.keystore.signer(stored_key(desk.root_code, key_id), KeyPurpose.ASSERTION),
        registry_url=desk.registry_url,
    )


def peek_root_key(session: Session, code: str) -> str:
    """The DID URL of the key with which a root signs, as its last stored line has it.

    Nothing is verified: whoever relies on it replays the log before anything is kept.
    """
    row = store.find_did_by_code(session, code)
    if row is None:
        raise UnknownDid("the registry has no DID with this code")
    line = store.did_log(session, row.scid).splitlines()[-1]
    document = parse_document(parse_object(line, max_bytes=MAX_ENTRY_BYTES).object("state"))
    return _ed25519_method(document)[0]


def methods(history: History, purpose: Purpose) -> Mapping[str, PublicKey]:
    """The methods that a DID lists for a purpose today: DID URL → key."""
    document = history.latest.document
    return {name: document.method(name, purpose) for name in document.methods(purpose)}


def stored_key(code: str, method_id: str) -> str:
    """The name in the keystore of a method's key."""
    return f"{code}/{method_id.partition('#')[2]}"


def generate(keystore: Keystore, name: str, purpose: KeyPurpose, key_type: KeyType) -> Signer:
    """A new key; one that an act made which was broken off before it took effect is as good."""
    try:
        return keystore.generate(name, purpose, key_type)
    except KeyExists:
        return keystore.signer(name, purpose)


def _ed25519_method(document: DidDocument) -> tuple[str, PublicKey]:
    for name in document.methods(Purpose.ASSERTION):
        key = document.method(name, Purpose.ASSERTION)
        if key.type is KeyType.ED25519:
            return name, key
    raise ActRefused("the root has no Ed25519 key to sign with")


def _compromised(session: Session, history: History) -> frozenset[PublicKey]:
    found: set[PublicKey] = set()
    for row in store.leaves_about(session, LeafKind.NOTICE, history.scid):
        statement = JsonObject(parse_leaf(row.leaf).body["statement"])
        if statement.text("kind") == NoticeKind.COMPROMISE:
            found |= history.keys_named(statement.text("key"))
    return frozenset(found)
