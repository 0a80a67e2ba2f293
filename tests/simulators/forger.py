"""Whoever holds an agency's keys and a citizen's, and writes whatever they are told.

forger = Forger(city)                                 # GU-11620, and P01 with a key of their own
credential = forger.issue()                           # as the agency would
forged = forger.rewritten(credential, {"exp": 1})     # one claim of the payload, signed anew
presented = forger.present(forged, nonce="…")         # as the holder would, at the city's time
forger.question("residentOfSeoul")                    # what it answers

Everything is right unless it is said otherwise, so that a test changes one thing.
"""

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from credentials.claims import ClaimPath, Claims
from credentials.data_integrity import sign_document
from credentials.encoding import decode_base64url
from credentials.jws import sign_compact
from credentials.keys import KeyType, Signer
from credentials.model import Content, Serialized
from credentials.securing import mechanism_for_format
from credentials.securing.mechanism import BindingRequest
from credentials.validity import Validity
from issuer.agency import KEY_FRAGMENTS
from openid4vc.authorization_request import client_id_of_did
from schemas.catalogue import get, type_url
from schemas.derived_claims import derive, validity_end
from schemas.disclosure_plan import disclosure_plan
from schemas.published_documents import integrity
from schemas.seoul_calendar import day_in_seoul
from storage.key_file import KeyPurpose
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.one_change import REMOVED
from tests.simulators.sd_jwt import ED25519_HOLDER, HOLDER, key_binding
from verifier.question import Question

SD_JWT: Final = "dc+sd-jwt"
LDP: Final = "ldp_vc"
NONCE: Final = "n" * 32
RESIDENCY: Final = "SeoulResidencyCredential"
CERTIFICATE: Final = "CityCertificateCredential"
# What P12's letter of appointment says, all of it.
APPOINTMENT_PATHS: Final = (
    "subtype", "title", "documentNo", "holderName", "issuedOn",
    "body.position", "body.startsOn", "body.endsOn",
)  # fmt: skip


class Forger:
    """One agency's keys, one holder's key, in one simulated city."""

    def __init__(
        self,
        city: SimulatedCity,
        agency: str = "GU-11620",
        person: str = "P01",
        type_name: str = RESIDENCY,
    ) -> None:
        self.city = city
        self.agency = agency
        self.person = person
        self.type = get(type_name)
        view = city.city.follower.view(city.clock())
        self.did = next(
            str(history.did)
            for history in view.histories.values()
            if history.did.path[-1] == agency
        )
        self.verifier_did = next(did for did in view.registrations if did.endswith(":VER-LIB"))

    def signer(self, key_type: KeyType = KeyType.P256, agency: str | None = None) -> Signer:
        """The agency's own key, from the city's keystore."""
        name = f"{agency or self.agency}/{KEY_FRAGMENTS[key_type]}"
        return self.city.city.keystore.signer(name, KeyPurpose.ASSERTION)

    def key_id(self, key_type: KeyType = KeyType.P256) -> str:
        """The DID URL of the agency's key."""
        return f"{self.did}#{KEY_FRAGMENTS[key_type]}"

    def content(self, credential_format: str = SD_JWT, **changes: Any) -> Content:
        """What the agency would state about the person now; `changes` are fields of Content."""
        now = self.city.clock().replace(microsecond=0)
        entered = self.city.claims(self.person, self.type.name)
        derived = derive(self.type, entered, day_in_seoul(now))
        holder = HOLDER if credential_format == SD_JWT else ED25519_HOLDER
        content = Content(
            type_url=type_url(self.type, URL),
            type_name=self.type.name,
            integrity=integrity(self.type, URL),
            issuer=self.did,
            issued_at=now,
            validity=Validity(now, validity_end(self.type, now, derived)),
            claims=derived.claims,
            disclosure=disclosure_plan(self.type, derived.claims),
            holder=holder.public_key,
            status_uri=f"{URL}/status/{self.agency}-1",
            status_index=7,
        )
        return dataclasses.replace(content, **changes)

    def issue(self, credential_format: str = SD_JWT, **changes: Any) -> Any:
        """A credential with this content, signed with the agency's own key."""
        mechanism = mechanism_for_format(credential_format)
        key_type = mechanism.key_types[0]
        return mechanism.secure(
            self.content(credential_format, **changes),
            signer=self.signer(key_type),
            key_id=self.key_id(key_type),
            entropy=os.urandom,
        )

    def rewritten(
        self,
        credential: str,
        payload: Mapping[str, Any] | None = None,
        *,
        header: Mapping[str, Any] | None = None,
        signer: Signer | None = None,
    ) -> str:
        """An SD-JWT with members of its payload and header replaced or REMOVED, signed anew."""
        jwt, *disclosures = credential.split("~")
        parts = [json.loads(decode_base64url(part)) for part in jwt.split(".")[:2]]
        for members, changes in zip(parts, (header, payload), strict=True):
            members.update(changes or {})
            for name in [name for name, value in members.items() if value is REMOVED]:
                del members[name]
        signed = sign_compact(parts[0], json.dumps(parts[1]).encode(), signer or self.signer())
        return "~".join((signed, *disclosures))

    def signed_document(
        self, document: Claims, *, signer: Signer | None = None, **options: Any
    ) -> Claims:
        """A W3C document with its proof made anew; `options` are those of the proof to change."""
        proof = document["proof"]
        assert isinstance(proof, dict)
        kept = {
            n: value for n, value in proof.items() if n not in {"proofValue", "type", "cryptosuite"}
        }
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        return sign_document(unsigned, {**kept, **options}, signer or self.signer(KeyType.ED25519))

    def question(
        self, *claims: str, credential_format: str = SD_JWT, type_name: str | None = None
    ) -> Question:
        """A question of VER-LIB's, whether or not it may ask that."""
        return Question(
            client_id=client_id_of_did(self.verifier_did),
            nonce=NONCE,
            query=self.city.query(
                type_name or self.type.name, *claims, credential_format=credential_format
            ),
        )

    def present(
        self,
        credential: Serialized,
        *claims: str,
        audience: str | None = None,
        nonce: str = NONCE,
        seconds_ago: int = 0,
    ) -> Any:
        """Show some claims of a credential to VER-LIB; of a W3C credential all."""
        credential_format = SD_JWT if isinstance(credential, str) else LDP
        return mechanism_for_format(credential_format).present(
            credential,
            disclose=self._paths(credential, claims),
            holder=HOLDER if credential_format == SD_JWT else ED25519_HOLDER,
            request=BindingRequest(
                audience=audience or client_id_of_did(self.verifier_did),
                nonce=nonce,
                now=self.city.clock() - timedelta(seconds=seconds_ago),
            ),
        )

    def bound(self, presented: str, **changes: Any) -> str:
        """A text that ends with ~, and a KB-JWT; `changes` are its claims, `header` or `signer`."""
        signer = changes.pop("signer", HOLDER)
        header = changes.pop("header", {"typ": "kb+jwt"})
        claims: Claims = {
            "iat": int(self.city.clock().timestamp()),
            "aud": client_id_of_did(self.verifier_did),
            "nonce": NONCE,
            **changes,
        }
        return presented + key_binding(presented, claims, header=header, signer=signer)

    def _paths(self, credential: Serialized, claims: Iterable[str]) -> list[ClaimPath]:
        if isinstance(credential, str):
            return [tuple(claim.split(".")) for claim in claims]
        subject = credential["credentialSubject"]
        assert isinstance(subject, dict)
        return [(name,) for name in subject if name != "id"]


def signed_as(forger: Forger, did: str, fragment: str, signer: Any) -> str:
    """The credential as another DID's, signed with another key."""
    return forger.rewritten(
        forger.issue(), {"iss": did}, header={"kid": f"{did}#{fragment}"}, signer=signer
    )
