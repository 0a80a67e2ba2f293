"""The registry's root at work in a simulated city: what it decides is logged and signed at once.

root = SimulatedRoot(city)
root.accredit("SEL-HR", "SeoulResidencyCredential")
root.register("VER-LIB", "SeoulResidencyCredential.ageOver18", retention_days=7)
root.retire("GU-11620", "es256-1")
stranger = root.create_agency("GU-11440", {"es256-1": signer.public_key})

Every act comes ten seconds after what was before, so that whoever follows the log asks for it.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy.orm import Session

from city_services.seoul.seed import LOG_KEY, LOG_ORIGIN, ROOT
from credentials.claims import Claims
from credentials.keys import PublicKey, Signer
from did_registry.actions.accredit import RootAuthority, accredit_issuer, register_verifier
from did_registry.actions.create_did import create_did, log_entry
from did_registry.actions.log_directory import log_directory
from did_registry.actions.publish_checkpoint import publish_checkpoint
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.tlog.note import Ed25519NoteSigner
from did_registry.webvh.did import Did, parse_did, placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History
from did_registry.webvh.writer import build_next, next_key_hash
from storage.key_file import KeyPurpose
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.sd_jwt import ED25519_HOLDER, ED25519_ISSUER

_SECONDS: Final = 10


class SimulatedRoot:
    """The root of one simulated city."""

    def __init__(self, city: SimulatedCity) -> None:
        self._city = city
        self._keys = city.city.keystore

    def history(self, code: str) -> History:
        """The DID history of the agency or verifier with a code."""
        histories = self._city.city.replay().histories.values()
        return next(found for found in histories if found.did.path[-1] == code)

    def accredit(self, code: str, *types: str, name: str = "견본기관") -> None:
        """Let an agency issue these types besides what it may issue already."""
        did = self.history(code).did
        claims: Claims = {
            "issuerDid": str(did),
            "allowedTypes": list(types),
            "nameKo": name,
            "nameEn": "Specimen Agency",
        }
        with self._act() as session:
            accredit_issuer(session, self._authority(), claims, subject=did, now=self._city.clock())
            self._publish(session)

    def register(self, code: str, *attributes: str, retention_days: int = 0) -> None:
        """Register what a verifier may ask for from now on, instead of what it could ask for."""
        did = self.history(code).did
        claims: Claims = {
            "verifierDid": str(did),
            "nameKo": "견본검증기관",
            "nameEn": "Specimen Verifier",
            "purpose": "견본 확인",
            "purposeEn": "To check specimens",
            "legalBasis": "개인정보 보호법 제15조",
            "attributes": list(attributes),
            "retentionDays": retention_days,
        }
        with self._act() as session:
            register_verifier(
                session, self._authority(), claims, subject=did, now=self._city.clock()
            )
            self._publish(session)

    def retire(self, code: str, fragment: str) -> None:
        """Take a key out of every relationship of an agency's DID document."""
        document = dict(self.history(code).latest.document.members)
        method = f"{document['id']}#{fragment}"
        for purpose in Purpose:
            listed = document.get(purpose.value)
            if isinstance(listed, list):
                document[purpose.value] = [item for item in listed if item != method]
        self.publish_document(code, document)

    def publish_document(self, code: str, document: Claims) -> None:
        """Log another version of a DID document, signed with the agency's next update key."""
        before = self.history(code)
        with self._act() as session:
            now = self._city.clock()
            line = build_next(
                before,
                document=document,
                signer=self._keys.signer(f"{code}/update-2", KeyPurpose.DID_UPDATE),
                next_key_hashes=[next_key_hash(self._keys.public(f"{code}/update-backup"))],
                now=now,
            )
            entry = parse_entry(line.rstrip(b"\n"), number=before.latest.number + 1)
            after = before.advance(entry, now)
            log_entry(session, after.latest, before.latest.version_id, line, now=now)
            self._publish(session)

    def create_agency(
        self, code: str, keys: Mapping[str, PublicKey], purpose: Purpose = Purpose.ASSERTION
    ) -> Did:
        """Make the DID of somebody who may do nothing yet, with these keys."""
        name = placeholder_did("gwanin.example", None, ("dids", code))
        with self._act() as session:
            history = create_did(
                session,
                code=code,
                document=build_agency_document(
                    name, keys, purposes=(purpose,), credential_issuer=None
                ),
                signer=ED25519_ISSUER,
                next_key_hashes=[next_key_hash(ED25519_HOLDER.public_key)],
                witness=None,
                now=self._city.clock(),
            )
            self._publish(session)
        return history.did

    def _authority(self) -> RootAuthority:
        did = self._city.city.anchor.root
        return RootAuthority(
            did=parse_did(str(did)),
            key_id=f"{did}#eddsa-1",
            signer=self._signer("eddsa-1", KeyPurpose.ASSERTION),
            registry_url=URL,
        )

    def _publish(self, session: Session) -> None:
        key = self._signer(LOG_KEY, KeyPurpose.LOG_CHECKPOINT)
        log_directory(session, now=self._city.clock())
        signer, guard = Ed25519NoteSigner(LOG_ORIGIN, key), self._city.city.sign_guard
        publish_checkpoint(session, signer, guard, now=self._city.clock())

    def _signer(self, fragment: str, purpose: KeyPurpose) -> Signer:
        return self._keys.signer(f"{ROOT}/{fragment}", purpose)

    def _act(self) -> AbstractContextManager[Session]:
        self._city.clock.advance(seconds=_SECONDS)
        return self._city.city.database.writing()
