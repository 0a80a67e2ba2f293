"""A whole answer: every presentation in it verified, then held against what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import ClaimPath, Claims, keep
from credentials.model import Serialized
from credentials.securing import mechanisms
from did_registry.scope import SUBJECT
from openid4vc.credential_configuration import CredentialFormat
from openid4vc.dcql import CredentialQuery, Query
from openid4vc.dcql_match import Candidate, Reason, Shortfall, check_response
from schemas.catalogue import type_url
from verifier.decision import CheckName, Decision, Failed, NotApplicable, Passed, Verdict
from verifier.evidence import Evidence
from verifier.pipeline import verify_presentation
from verifier.policy import Policy
from verifier.question import Question, Window
from verifier.verification import Verification

# The right credential with too little in it; every other reason is about another credential.
_OF_CLAIMS: Final = frozenset({Reason.CLAIM_MISSING, Reason.CLAIM_OTHER_VALUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVerdict:
    """What an answer amounts to. overall: the verdict that decides; each: by query id."""

    overall: Verdict
    each: Mapping[str, tuple[Verdict, ...]]


def verify_answer(
    answer: Mapping[str, Sequence[Serialized]],
    question: Question,
    evidence: Evidence,
    policy: Policy,
    now: datetime,
) -> AnswerVerdict:
    """Verify every presentation, and that together they are what was asked.

    answer: at least one presentation, by credential query id. The claims of a verdict are those
    that were asked for: what a wallet showed beyond that is not kept.
    """
    pages = {
        query_id: [
            verify_presentation(shown, question, evidence, policy, now) for shown in presented
        ]
        for query_id, presented in answer.items()
    }
    shortfalls = _shortfalls(pages, question.query, evidence.registry_url)
    asked = {item.id: item for item in question.query.credentials}
    each = {
        query_id: tuple(
            _conclude(page, asked.get(query_id), shortfalls, query_id) for page in found
        )
        for query_id, found in pages.items()
    }
    return AnswerVerdict(overall=_deciding(each), each=each)


def verify_shown(
    presented: Serialized, query: Query, evidence: Evidence, policy: Policy, now: datetime
) -> Verification:
    """Verify what a QR code shows and whether it is what was asked; `conclude_shown` ends it.

    query: for one credential.
    """
    page = verify_presentation(presented, Window(), evidence, policy, now)
    [item] = query.credentials
    _take_policy(page, _shortfalls({item.id: [page]}, query, evidence.registry_url), item.id)
    return page


def conclude_shown(page: Verification, query: Query, *, is_first: bool) -> Verdict:
    """The verdict on what a QR code showed. is_first: whether this verifier sees it first."""
    if not is_first:
        page.take(CheckName.REQUEST_BINDING, Failed("seen-before"))
    [item] = query.credentials
    return page.verdict(_asked_claims(page, item))


def verify_document(
    presented: Serialized, evidence: Evidence, policy: Policy, now: datetime
) -> Verdict:
    """Verify a credential or presentation that answers no question, such as one in a file."""
    return _of_document(verify_presentation(presented, None, evidence, policy, now))


def verify_unasked_code(
    presented: Serialized, evidence: Evidence, policy: Policy, now: datetime
) -> Verdict:
    """Verify what a citizen's QR code shows to somebody who asks for nothing in particular.

    That it was not shown before can't be known here, and no check says so.
    """
    return _of_document(verify_presentation(presented, Window(), evidence, policy, now))


def _shortfalls(
    pages: Mapping[str, Sequence[Verification]], query: Query, registry_url: str
) -> tuple[Shortfall, ...] | None:
    """What is missing from the answer; None when not all of it could be read to the end."""
    candidates: dict[str, list[Candidate]] = {}
    for query_id, found in pages.items():
        read = [_candidate(query_id, page, registry_url) for page in found]
        if None in read:
            return None
        candidates[query_id] = [candidate for candidate in read if candidate is not None]
    return check_response(query, candidates)


def _candidate(query_id: str, page: Verification, registry_url: str) -> Candidate | None:
    verified, credential_type = page.verified, page.credential_type
    if verified is None or credential_type is None:
        return None
    credential_format = mechanisms()[verified.mechanism].format
    is_sd_jwt = credential_format == CredentialFormat.SD_JWT_VC
    return Candidate(
        id=query_id,
        format=credential_format,
        type_url=type_url(credential_type, registry_url),
        type_names=(),
        claims=verified.claims if is_sd_jwt else {SUBJECT: verified.claims},
        # Whether the holder signed is a check of its own, with a word of its own.
        holder_bound=True,
    )


def _conclude(
    page: Verification,
    item: CredentialQuery | None,
    shortfalls: tuple[Shortfall, ...] | None,
    query_id: str,
) -> Verdict:
    _take_policy(page, shortfalls, query_id)
    return page.verdict({} if item is None else _asked_claims(page, item))


def _of_document(page: Verification) -> Verdict:
    page.take(CheckName.POLICY, NotApplicable("no-question"))
    return page.verdict(page.verified.claims if page.verified else {})


def _take_policy(
    page: Verification, shortfalls: tuple[Shortfall, ...] | None, query_id: str
) -> None:
    if shortfalls is not None:
        ours = [short for short in shortfalls if short.query_id in {query_id, None}]
        page.take(CheckName.POLICY, _policy_finding(ours))


def _asked_claims(page: Verification, item: CredentialQuery) -> Claims:
    """What was asked for; whatever was shown beyond that is not kept."""
    if page.verified is None:
        return {}
    return keep(page.verified.claims, map(_in_subject, _paths(item)))


def _policy_finding(shortfalls: Sequence[Shortfall]) -> Passed[None] | Failed:
    reasons = {why.reason for short in shortfalls for why in short.reasons}
    if not reasons:
        return Passed(None)
    return Failed("asked-claims-missing" if reasons <= _OF_CLAIMS else "answer-incomplete")


def _paths(item: CredentialQuery) -> tuple[ClaimPath, ...]:
    return tuple(claim.path for claim in item.claims)


def _in_subject(path: ClaimPath) -> ClaimPath:
    return path[1:] if path[0] == SUBJECT and len(path) > 1 else path


def _deciding(each: Mapping[str, tuple[Verdict, ...]]) -> Verdict:
    """The first rejected verdict, else the first indeterminate one, else the first."""
    verdicts = [verdict for found in each.values() for verdict in found]
    for decision in (Decision.REJECTED, Decision.INDETERMINATE):
        for verdict in verdicts:
            if verdict.decision is decision:
                return verdict
    return verdicts[0]
