"""What a verifier's registration lets it ask, as choices for its people and as a query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from did_registry.accreditation import VerifierRegistration
from did_registry.errors import OverAsking
from openid4vc.credential_configuration import CredentialFormat
from openid4vc.dcql import ClaimsQuery, CredentialQuery, Query
from schemas.catalogue import get, type_url
from schemas.claim import Claim, ClaimKind
from schemas.credential_type import CredentialType
from schemas.errors import UnknownType
from verifier.errors import NothingAsked

_QUERY_ID: Final = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that may be asked. attribute: as the registration names it."""

    attribute: str
    type: CredentialType
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What may be asked of one type of credential; at least one item."""

    type: CredentialType
    items: tuple[Item, ...]


def choices(registration: VerifierRegistration) -> tuple[Choice, ...]:
    """All that a registration names and this catalogue knows, type by type."""
    found = sorted(_items(registration), key=lambda item: (item.type.catalogue, _place(item)))
    return tuple(
        Choice(type=credential_type, items=tuple(items))
        for credential_type, items in groupby(found, lambda item: item.type)
    )


def build_question(
    registration: VerifierRegistration, attributes: Sequence[str], registry_url: str
) -> Query:
    """The query for some attributes of one type; what is yes or no is asked to be yes.

    Raises NothingAsked for none or for those of two types, OverAsking for one that the
    registration does not name.
    """
    known = {item.attribute: item for choice in choices(registration) for item in choice.items}
    beyond = set(attributes) - known.keys()
    if beyond:
        raise OverAsking("this is not in the verifier's registration")
    asked = [known[attribute] for attribute in dict.fromkeys(attributes)]
    if len({item.type for item in asked}) != 1:
        raise NothingAsked("choose what to ask, of one type of credential")
    return Query(
        credentials=(
            CredentialQuery(
                id=_QUERY_ID,
                format=CredentialFormat.SD_JWT_VC,
                vct_values=(type_url(asked[0].type, registry_url),),
                claims=tuple(_claim_query(item.claim) for item in asked),
            ),
        )
    )


def asked_items(registration: VerifierRegistration, attributes: Sequence[str]) -> tuple[Item, ...]:
    """The items behind some attributes, in the order in which people read them."""
    return tuple(
        item
        for choice in choices(registration)
        for item in choice.items
        if item.attribute in attributes
    )


def _items(registration: VerifierRegistration) -> Iterator[Item]:
    for attribute in registration.attributes:
        type_name, *path = attribute.split(".")
        try:
            credential_type = get(type_name)
        except UnknownType:
            continue  # registered for a type that this release does not know yet
        claim = credential_type.find_claim(tuple(path))
        if claim is not None:
            yield Item(attribute=attribute, type=credential_type, claim=claim)


def _place(item: Item) -> int:
    return item.type.claims.index(item.claim)


def _claim_query(claim: Claim) -> ClaimsQuery:
    values = (True,) if claim.kind is ClaimKind.BOOLEAN else ()
    return ClaimsQuery(id=None, path=claim.path, values=values)
