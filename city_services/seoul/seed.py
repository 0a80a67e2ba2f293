"""Sets the demo city up: keys, DIDs, accreditations, registrations, types, tenants. Idempotent.

What is there stays as it is; what is missing is made. Everything public goes through the registry's
own actions, in one transaction with the checkpoint that covers it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from city_services.seoul.data import Agency, AgencyRole, CityData, Verifier
from credentials.claims import Claims
from credentials.keys import KeyType, Signer
from did_registry import store as registry_store
from did_registry.actions.accredit import RootAuthority, accredit_issuer, register_verifier
from did_registry.actions.create_did import create_did
from did_registry.actions.log_directory import log_directory
from did_registry.actions.publish_checkpoint import publish_checkpoint
from did_registry.actions.publish_types import publish_types
from did_registry.actions.root_desk import peek_root_key, stored_key
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.sign_guard import SignGuard
from did_registry.tlog.cosignature import WitnessPolicy
from did_registry.tlog.note import Ed25519NoteSigner, verifier_key
from did_registry.trust import TrustAnchor
from did_registry.webvh.did import Did, parse_did, placeholder_did
from did_registry.webvh.witness import WitnessRule
from did_registry.webvh.writer import next_key_hash
from issuer.actions.context import IssuerContext
from issuer.actions.open_agency import open_agency
from issuer.agency import KEY_FRAGMENTS
from issuer.agency import Agency as IssuingAgency
from storage.errors import KeyExists
from storage.key_file import KeyPurpose
from storage.keystore import Keystore
from verifier.actions.open_verifier import open_verifier
from verifier.actions.service import KEY_FRAGMENT
from web.origin import Origin

ROOT: Final = "SEL-DIG"
LOG_ORIGIN: Final = "registry.gwanin.example/2026"
LOG_KEY: Final = "log-1"
UPDATE_KEYS: Final = ("update-1", "update-2", "update-backup")  # in use, next, and in a safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeding:
    """Everything that seeding acts through. registry_url: where the DIDs and types will stand;
    witnesses: who must sign the log's heads before anybody believes them; did_witnesses: who must
    approve the versions of the DIDs that are made, None for nobody."""

    session: Session
    keystore: Keystore
    issuer: IssuerContext
    registry_url: Origin
    witnesses: WitnessPolicy
    did_witnesses: WitnessRule | None
    guard: SignGuard
    now: datetime

    def seed(self, city: CityData) -> TrustAnchor:
        """Make whatever of the city is missing, sign the log over it, and say what to pin.

        Raises LogInconsistent for types that were published for another address or otherwise.
        """
        publish_types(self.session, str(self.registry_url), now=self.now)
        root = self._root(city.agencies[ROOT])
        for agency in city.agencies.values():
            if agency.active and AgencyRole.ISSUER in agency.roles:
                self._agency(agency, root)
        for verifier in city.verifiers.values():
            if verifier.active:
                self._verifier(verifier, root)
        key = log_signer(self.keystore)
        log_directory(self.session, now=self.now)
        signer = Ed25519NoteSigner(LOG_ORIGIN, key)
        publish_checkpoint(self.session, signer, self.guard, now=self.now)
        return TrustAnchor(
            registry_url=str(self.registry_url),
            log_key=verifier_key(LOG_ORIGIN, key.public_key),
            witnesses=self.witnesses,
            root=root.did,
        )

    def _root(self, agency: Agency) -> RootAuthority:
        """The root with the key that it signs with today: it may have been rotated since."""
        did, is_new = self._did(agency.code, _ISSUING, None)
        key_id = peek_root_key(self.session, ROOT)
        root = RootAuthority(
            did=did,
            key_id=key_id,
            signer=self.keystore.signer(stored_key(ROOT, key_id), KeyPurpose.ASSERTION),
            registry_url=str(self.registry_url),
        )
        if is_new:
            self._accredit(agency, did, root)
        return root

    def _agency(self, agency: Agency, root: RootAuthority) -> None:
        public_url = self.issuer.settings.public_url
        tenant = IssuingAgency(code=agency.code, did="", public_url=public_url)
        did, is_new = self._did(agency.code, _ISSUING, tenant.credential_issuer)
        if is_new:
            self._accredit(agency, did, root)
        open_agency(self.session, self.issuer, agency.code, str(did), now=self.now)

    def _verifier(self, verifier: Verifier, root: RootAuthority) -> None:
        did, is_new = self._did(verifier.code, _ASKING, None)
        if is_new:
            claims: Claims = {
                "verifierDid": str(did),
                "nameKo": verifier.name.ko,
                "nameEn": verifier.name.en,
                "purpose": verifier.purpose.ko,
                "purposeEn": verifier.purpose.en,
                "legalBasis": verifier.legal_basis,
                "attributes": list(verifier.attributes),
                "retentionDays": verifier.retention_days,
            }
            register_verifier(self.session, root, claims, subject=did, now=self.now)
        open_verifier(self.session, verifier.code, str(did))

    def _accredit(self, agency: Agency, did: Did, root: RootAuthority) -> None:
        claims: Claims = {
            "issuerDid": str(did),
            "allowedTypes": list(agency.issues),
            "nameKo": agency.name.ko,
            "nameEn": agency.name.en,
        }
        accredit_issuer(self.session, root, claims, subject=did, now=self.now)

    def _did(self, code: str, kind: "_DidKind", credential_issuer: str | None) -> tuple[Did, bool]:
        """The DID of a code, and whether it was made just now."""
        row = registry_store.find_did_by_code(self.session, code)
        if row is not None:
            return parse_did(row.did), False
        name = placeholder_did(self.registry_url.host, _port(self.registry_url), ("dids", code))
        keys = {
            fragment: self._key(code, fragment, key_type, kind.purpose).public_key
            for fragment, key_type in kind.keys.items()
        }
        update, *following = (
            self._key(code, fragment, KeyType.ED25519, KeyPurpose.DID_UPDATE)
            for fragment in UPDATE_KEYS
        )
        history = create_did(
            self.session,
            code=code,
            document=build_agency_document(
                name, keys, purposes=kind.relationships, credential_issuer=credential_issuer
            ),
            signer=update,
            next_key_hashes=[next_key_hash(signer.public_key) for signer in following],
            witness=self.did_witnesses,
            now=self.now,
        )
        return history.did, True

    def _key(
        self,
        code: str,
        fragment: str,
        key_type: KeyType,
        purpose: KeyPurpose = KeyPurpose.ASSERTION,
    ) -> Signer:
        return _generate(self.keystore, f"{code}/{fragment}", purpose, key_type)


def log_signer(keystore: Keystore) -> Signer:
    """The key that signs the log's heads, made if it is missing."""
    return _generate(keystore, f"{ROOT}/{LOG_KEY}", KeyPurpose.LOG_CHECKPOINT, KeyType.ED25519)


def _generate(keystore: Keystore, name: str, purpose: KeyPurpose, key_type: KeyType) -> Signer:
    """The key of this name; a seed that was broken off may have made it already."""
    try:
        return keystore.generate(name, purpose, key_type)
    except KeyExists:
        return keystore.signer(name, purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class _DidKind:
    keys: Mapping[str, KeyType]
    purpose: KeyPurpose
    relationships: Sequence[Purpose]


_ISSUING: Final = _DidKind(
    keys={fragment: key_type for key_type, fragment in KEY_FRAGMENTS.items()},
    purpose=KeyPurpose.ASSERTION,
    relationships=(Purpose.ASSERTION,),
)
_ASKING: Final = _DidKind(
    keys={KEY_FRAGMENT: KeyType.P256},
    purpose=KeyPurpose.AUTHENTICATION,
    relationships=(Purpose.AUTHENTICATION,),
)


def _port(origin: Origin) -> int | None:
    default = 443 if origin.is_https else 80
    return None if origin.port == default else origin.port
