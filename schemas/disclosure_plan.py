"""Which claims of a credential its holder may withhold, and how their number is hidden."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from credentials.claims import ClaimPath, Claims, select
from credentials.model import Disclosure
from schemas.claim import ClaimKind, MemberPath
from schemas.credential_type import CredentialType
from schemas.derivation import MemberOf


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
    """How many claims each object could have at once that its holder may withhold."""
    counts: dict[MemberPath, int] = {(): _selective_count(credential_type, (), subtype)}
    for claim in credential_type.claims:
        if claim.kind is ClaimKind.OBJECT:
            possible = _selective_count(credential_type, claim.path, subtype)
            # Of districts and the like everybody has one: a single digest tells nothing of which.
            counts[claim.path] = min(possible, 1) if isinstance(claim.rule, MemberOf) else possible
    return MappingProxyType({parent: count for parent, count in counts.items() if count})


def _selective_count(
    credential_type: CredentialType, parent: MemberPath, subtype: str | None
) -> int:
    return sum(
        member.selective and member.is_in(subtype) for member in credential_type.members(parent)
    )
