"""Sets the demo city up: keys, DIDs, accreditations, registrations, types, tenants. Idempotent.

What is there stays as it is; what is missing is made. Everything public goes through the registry's
own actions, in one transaction with the checkpoint that covers it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from city_services.seoul.data import Agency, AgencyRole, CityData, Verifier
from city_services.seoul.root_office import CityTenants
from credentials.keys import KeyType, Signer
from did_registry import store as registry_store
from did_registry.actions.accredit import (
    RootAuthority,
    accredit_issuer,
    issuer_claims,
    register_verifier,
    verifier_claims,
)
from did_registry.actions.log_directory import log_directory
from did_registry.actions.make_did import make_did
from did_registry.actions.publish_checkpoint import publish_checkpoint
from did_registry.actions.publish_types import publish_types
from did_registry.actions.root_desk import DidPlan, generate, peek_root_key, stored_key
from did_registry.admission import Asking
from did_registry.sign_guard import SignGuard
from did_registry.tlog.cosignature import WitnessPolicy
from did_registry.tlog.note import Ed25519NoteSigner, verifier_key
from did_registry.trust import TrustAnchor
from did_registry.webvh.did import Did, parse_did
from did_registry.webvh.witness import WitnessRule
from issuer.actions.context import IssuerContext
from storage.key_file import KeyPurpose
from storage.keystore import Keystore
from web.origin import Origin

ROOT: Final = "SEL-DIG"
LOG_ORIGIN: Final = "registry.gwanin.example/2026"
LOG_KEY: Final = "log-1"


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
        plan = replace(self._tenants.issuing(ROOT), credential_issuer=None)
        did, is_new = self._did(agency.code, plan)
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
        did, is_new = self._did(agency.code, self._tenants.issuing(agency.code))
        if is_new:
            self._accredit(agency, did, root)
        self._tenants.welcome(self.session, agency.code, did, asks=False, now=self.now)

    def _verifier(self, verifier: Verifier, root: RootAuthority) -> None:
        did, is_new = self._did(verifier.code, self._tenants.asking())
        if is_new:
            asking = Asking(
                attributes=verifier.attributes,
                purpose_ko=verifier.purpose.ko,
                purpose_en=verifier.purpose.en,
                legal_basis=verifier.legal_basis,
                retention_days=verifier.retention_days,
            )
            claims = verifier_claims(did, verifier.name, asking)
            register_verifier(self.session, root, claims, subject=did, now=self.now)
        self._tenants.welcome(self.session, verifier.code, did, asks=True, now=self.now)

    def _accredit(self, agency: Agency, did: Did, root: RootAuthority) -> None:
        claims = issuer_claims(did, agency.name, agency.issues)
        accredit_issuer(self.session, root, claims, subject=did, now=self.now)

    def _did(self, code: str, plan: DidPlan) -> tuple[Did, bool]:
        """The DID of a code, and whether it was made just now."""
        row = registry_store.find_did_by_code(self.session, code)
        if row is not None:
            return parse_did(row.did), False
        did = make_did(
            self.session,
            self.keystore,
            self.registry_url,
            code,
            plan,
            witness=self.did_witnesses,
            now=self.now,
        )
        return did, True

    @property
    def _tenants(self) -> CityTenants:
        return CityTenants(self.issuer)


def log_signer(keystore: Keystore) -> Signer:
    """The key that signs the log's heads, made if it is missing."""
    return generate(keystore, f"{ROOT}/{LOG_KEY}", KeyPurpose.LOG_CHECKPOINT, KeyType.ED25519)
