"""Which held credentials answer a query, and the least that has to be shown of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from credentials.claim_coverage import check_covers
from credentials.claims import ClaimPath
from credentials.errors import Expired, NotYetValid, Unsupported
from credentials.model import Verified
from credentials.securing.mechanism import Mechanism
from credentials.validity import LEEWAY
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


class Obstacle(StrEnum):
    """Why a card that has what is asked is not shown all the same."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    SHOWS_MORE = "shows-more-than-asked"


def select_cards(
    query: Query, cards: Iterable[Card], registry_url: str, now: datetime
) -> tuple[Selection, ...]:
    """Choose what to show: the first option of each required set, the newest card that fits.

    Optional sets are left out: what is not needed is not shown. So are cards that would be refused,
    and those that can't withhold what was not asked for. Raises NothingToShow, which says what is
    missing.
    """
    by_id = {str(card.held.number): card for card in cards}
    found = match(query, [_candidate(card, registry_url) for card in by_id.values()])
    showable = _newest_showable(found, by_id, now)
    wanted: dict[str, Selection] = {}
    for choice in found.choices:
        if choice.required:
            option = next((o for o in choice.options if showable.keys() >= set(o)), None)
            if option is None:
                raise NothingToShow(_why_not(found, by_id, now))
            wanted |= {query_id: showable[query_id] for query_id in option}
    return tuple(wanted.values())


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


def _newest_showable(
    found: QueryMatch, by_id: Mapping[str, Card], now: datetime
) -> dict[str, Selection]:
    showable: dict[str, Selection] = {}
    for query_id, result in found.credentials.items():
        for fit in sorted(result.fits, key=lambda fit: int(fit.candidate.id)):
            selection = _selection(query_id, fit, by_id)
            if _obstacle(selection, now) is None:
                showable[query_id] = selection
    return showable


def _selection(query_id: str, fit: Fit, by_id: Mapping[str, Card]) -> Selection:
    card = by_id[fit.candidate.id]
    is_sd_jwt = card.mechanism.format == CredentialFormat.SD_JWT_VC
    disclose = fit.disclose if is_sd_jwt else tuple(path[1:] for path in fit.disclose)
    return Selection(query_id=query_id, card=card, disclose=disclose)


def _obstacle(selection: Selection, now: datetime) -> Obstacle | None:
    card = selection.card
    try:
        card.verified.validity.check(now, LEEWAY)
        if card.mechanism.format != CredentialFormat.SD_JWT_VC:
            check_covers(card.verified.claims, selection.disclose)
    except Expired:
        return Obstacle.EXPIRED
    except NotYetValid:
        return Obstacle.NOT_YET_VALID
    except Unsupported:
        return Obstacle.SHOWS_MORE
    return None


def _why_not(found: QueryMatch, by_id: Mapping[str, Card], now: datetime) -> str:
    reasons: set[tuple[str, ...]] = set()
    for query_id, result in found.credentials.items():
        obstacles = {_obstacle(_selection(query_id, fit, by_id), now) for fit in result.fits}
        if None in obstacles:
            continue
        reasons |= {(query_id, obstacle.value) for obstacle in obstacles if obstacle}
        reasons |= {
            (query_id, why.reason.value, ".".join(map(str, why.path or ())))
            for misfit in result.misfits
            for why in misfit.reasons
        }
    if not reasons:
        return "the wallet holds no credential at all that could answer"
    return "; ".join(": ".join(filter(None, reason)) for reason in sorted(reasons))
