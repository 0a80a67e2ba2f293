"""Gives a code its DID: the keys, and the first entry, which commits to the next update key."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.keys import KeyType
from did_registry.actions.create_did import create_did
from did_registry.actions.root_desk import KEY_PURPOSES, DidPlan, generate
from did_registry.actions.rotate_keys import BACKUP
from did_registry.agency_document import build_agency_document
from did_registry.webvh.did import Did, placeholder_did
from did_registry.webvh.witness import WitnessRule
from did_registry.webvh.writer import next_key_hash
from storage.key_file import KeyPurpose
from storage.keystore import Keystore
from web.origin import DEFAULT_PORTS, Origin

UPDATE_KEYS: Final = ("update-1", "update-2", BACKUP)  # in use, next, and in a safe


def make_did(
    session: Session,
    keystore: Keystore,
    registry: Origin,
    code: str,
    plan: DidPlan,
    *,
    witness: WitnessRule | None,
    now: datetime,
) -> Did:
    """Make the keys of a code and log its DID; keys that are there already are used.

    registry: where the DID will stand; witness: who must approve its versions.
    Raises what `create_did` and `Keystore.generate` raise.
    """
    keys = {
        fragment: generate(
            keystore, f"{code}/{fragment}", KEY_PURPOSES[plan.purpose], key_type
        ).public_key
        for fragment, key_type in plan.keys.items()
    }
    update, *following = (
        generate(keystore, f"{code}/{name}", KeyPurpose.DID_UPDATE, KeyType.ED25519)
        for name in UPDATE_KEYS
    )
    port = None if registry.port == DEFAULT_PORTS[registry.scheme] else registry.port
    history = create_did(
        session,
        code=code,
        document=build_agency_document(
            placeholder_did(registry.host, port, ("dids", code)),
            keys,
            purposes=(plan.purpose,),
            credential_issuer=plan.credential_issuer,
        ),
        signer=update,
        next_key_hashes=[next_key_hash(signer.public_key) for signer in following],
        witness=witness,
        now=now,
    )
    return history.did
