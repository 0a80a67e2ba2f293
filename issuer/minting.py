"""From an entitlement to a credential, at the moment when the holder's key is known.

Deterministic given its arguments: the day, the key, the place in the status list and the
randomness all come from outside.
"""

from dataclasses import dataclass
from datetime import datetime

from credentials.claims import Claims
from credentials.keys import PublicKey, Signer
from credentials.model import Content, Serialized
from credentials.securing.mechanism import Entropy, Mechanism
from credentials.validity import Validity
from issuer.agency import Agency
from schemas.catalogue import type_url
from schemas.credential_type import CredentialType
from schemas.derived_claims import derive, validity_end
from schemas.disclosure_plan import disclosure_plan
from schemas.published_documents import integrity
from schemas.seoul_calendar import day_in_seoul


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A credential's place in its agency's status list."""

    uri: str
    index: int


def mint(
    credential_type: CredentialType,
    claims: Claims,
    *,
    agency: Agency,
    registry_url: str,
    holder: PublicKey | None,
    place: Place | None,
    mechanism: Mechanism,
    signer: Signer,
    entropy: Entropy,
    now: datetime,
) -> Serialized:
    """Sign the credential that these approved claims amount to today.

    claims: as entered; predicates are derived for the day in Seoul. now: whole seconds.
    Raises Expired when what it would state no longer holds, and what `Mechanism.secure` raises.
    """
    derived = derive(credential_type, claims, day_in_seoul(now))
    content = Content(
        type_url=type_url(credential_type, registry_url),
        type_name=credential_type.name,
        integrity=integrity(credential_type, registry_url),
        issuer=agency.did,
        issued_at=now,
        validity=Validity(now, validity_end(credential_type, now, derived)),
        claims=derived.claims,
        disclosure=disclosure_plan(credential_type, derived.claims),
        holder=holder,
        status_uri=None if place is None else place.uri,
        status_index=None if place is None else place.index,
    )
    key_id = agency.key_id(signer.public_key.type)
    return mechanism.secure(content, signer=signer, key_id=key_id, entropy=entropy)
