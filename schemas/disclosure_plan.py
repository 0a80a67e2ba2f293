"""Which claims of a credential its holder may withhold, and how their number is hidden."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from credentials.claims import ClaimPath, Claims, select
from credentials.model import Disclosure
from schemas.claim import ClaimKind, MemberPath
from schemas.credential_type import CredentialType


def disclosure_plan(credential_type: CredentialType, claims: Claims) -> Disclosure:
    """The selective paths that are present, and as many digests as the type could ever have.

    claims: all claims of the credential, as derived. The number of digests depends on the type
    (and the subtype, which is never withheld) alone, so it does not tell who has a visa class.
    """
    subtype = credential_type.subtype(claims)
    paths: set[ClaimPath] = {
        claim.path
        for claim in credential_type.claims
        if claim.selective and select(claims, claim.path)
    }
    return Disclosure(
        paths=frozenset(paths),
        digests=_digests(credential_type, subtype.code if subtype else None),
    )


@cache
def _digests(credential_type: CredentialType, subtype: str | None) -> Mapping[ClaimPath, int]:
    """How many claims each object could have that its holder may withhold."""
    parents = [(), *(claim.path for claim in credential_type.claims if _is_object(claim.kind))]
    counts = {parent: _selective_count(credential_type, parent, subtype) for parent in parents}
    return MappingProxyType({parent: count for parent, count in counts.items() if count})


def _selective_count(
    credential_type: CredentialType, parent: MemberPath, subtype: str | None
) -> int:
    return sum(
        member.selective and member.is_in(subtype) for member in credential_type.members(parent)
    )


def _is_object(kind: ClaimKind) -> bool:
    return kind is ClaimKind.OBJECT
