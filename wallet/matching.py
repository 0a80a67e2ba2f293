"""Which held credentials answer a query, and the least that has to be shown of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credentials.claims import ClaimPath
from credentials.model import Verified
from credentials.securing.mechanism import Mechanism
from did_registry.scope import SUBJECT
from openid4vc.credential_configuration import CredentialFormat
from openid4vc.dcql import Query
from openid4vc.dcql_match import Candidate, Fit, QueryMatch, match
from schemas.catalogue import type_url
from schemas.credential_type import CredentialType
from wallet.errors import NothingToShow
from wallet.held_credential import HeldCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A held credential as the wallet has verified it."""

    held: HeldCredential
    verified: Verified
    type: CredentialType
    mechanism: Mechanism


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One credential that will be shown for one credential query, and the claims that will be.

    disclose: paths in the credential's own claims, as `Mechanism.present` takes them.
    """

    query_id: str
    card: Card
    disclose: tuple[ClaimPath, ...]


def select_cards(query: Query, cards: Iterable[Card], registry_url: str) -> tuple[Selection, ...]:
    """Choose what to show: the first option of each required set, the newest card that fits.

    Optional sets are left out: what is not needed is not shown. Raises NothingToShow, which says
    what is missing.
    """
    by_id = {str(card.held.number): card for card in cards}
    found = match(query, [_candidate(card, registry_url) for card in by_id.values()])
    if not found.is_answerable:
        raise NothingToShow(_why_not(found))
    wanted = [
        query_id for choice in found.choices if choice.required for query_id in choice.options[0]
    ]
    return tuple(
        _selection(query_id, _newest(found.credentials[query_id].fits), by_id)
        for query_id in dict.fromkeys(wanted)
    )


def _candidate(card: Card, registry_url: str) -> Candidate:
    claims = card.verified.claims
    is_sd_jwt = card.mechanism.format == CredentialFormat.SD_JWT_VC
    return Candidate(
        id=str(card.held.number),
        format=card.mechanism.format,
        type_url=type_url(card.type, registry_url),
        type_names=(),
        claims=claims if is_sd_jwt else {SUBJECT: claims},
        holder_bound=card.verified.holder is not None,
    )


def _newest(fits: tuple[Fit, ...]) -> Fit:
    return max(fits, key=lambda fit: int(fit.candidate.id))


def _selection(query_id: str, fit: Fit, by_id: Mapping[str, Card]) -> Selection:
    card = by_id[fit.candidate.id]
    is_sd_jwt = card.mechanism.format == CredentialFormat.SD_JWT_VC
    disclose = fit.disclose if is_sd_jwt else tuple(path[1:] for path in fit.disclose)
    return Selection(query_id=query_id, card=card, disclose=disclose)


def _why_not(found: QueryMatch) -> str:
    reasons = {
        (query_id, why.reason.value, ".".join(map(str, why.path or ())))
        for query_id, result in found.credentials.items()
        if not result.fits
        for misfit in result.misfits
        for why in misfit.reasons
    }
    if not reasons:
        return "the wallet holds no credential at all that could answer"
    return "; ".join(": ".join(filter(None, reason)) for reason in sorted(reasons))
