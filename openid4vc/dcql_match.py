"""Holding a DCQL query against credentials: at the wallet before, at the verifier after.

Both ends judge a credential by the same rules, and say why not when it does not fit. OpenID4VP 1.0
§6.4, §8.6. Which of the fitting credentials to send is the holder's choice; whether an issuer is
trusted is the verifier's, and no concern of this file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.claims import ClaimPath, Claims, PathElement
from credentials.strict_json import JsonValue
from openid4vc.credential_configuration import CredentialFormat
from openid4vc.dcql import ClaimsQuery, CredentialQuery, ExpectedValue, Query

# Every W3C credential has this type, and every context of the data model expands it alike. B.1.1.
_BASE_TYPE: Final = "VerifiableCredential"
_BASE_TYPE_IRI: Final = "https://www.w3.org/2018/credentials#VerifiableCredential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A credential as a query sees it: one that the wallet holds, or one that was presented.

    id: the caller's name for it. type_url: the `vct`, or the IRI that a W3C credential's own type
    expands to. type_names: a W3C credential's types but for the one that all have, fully expanded
    where a context defines them. claims: all that the wallet could show, or what was disclosed,
    from where paths start: for a W3C format, the root of the credential. holder_bound: that the
    wallet has the key it is bound to, or that the holder's signature was verified.
    """

    id: str
    format: str
    type_url: str | None
    type_names: tuple[str, ...]
    claims: Claims
    holder_bound: bool


class Reason(StrEnum):
    """Why a credential, or a response, does not answer a query."""

    OTHER_FORMAT = "other-format"
    OTHER_TYPE = "other-type"
    NOT_HOLDER_BOUND = "not-holder-bound"
    AUTHORITY_UNKNOWN = "authority-unknown"
    CLAIM_MISSING = "claim-missing"
    CLAIM_OTHER_VALUE = "claim-other-value"
    NOT_ASKED_FOR = "not-asked-for"
    TOO_MANY = "too-many"
    SET_INCOMPLETE = "set-incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """One reason. path: the claim that is missing or has another value, as the query names it."""

    reason: Reason
    path: "ClaimPath | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A credential that satisfies a credential query, if exactly `disclose` is disclosed.

    The paths are concrete: where the query said "all elements", they name those that fit.
    """

    candidate: Candidate
    disclose: tuple[ClaimPath, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A credential that does not satisfy a credential query, and every reason why."""

    candidate: Candidate
    reasons: tuple[WhyNot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialMatch:
    """What a wallet has for one credential query, in the order in which the candidates came."""

    query: CredentialQuery
    fits: tuple[Fit, ...]
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One credential set: the options that the wallet can deliver, best first."""

    required: bool
    options: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryMatch:
    """What a wallet has for a whole query: by credential query id, and by credential set."""

    credentials: Mapping[str, CredentialMatch]
    choices: tuple[Choice, ...]

    @property
    def is_answerable(self) -> bool:
        """Whether every required set has an option; if not, nothing may be sent at all. §6.4.2."""
        return all(choice.options for choice in self.choices if choice.required)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One way in which a response fails its query. query_id: None for what concerns a whole set."""

    query_id: str | None
    reasons: tuple[WhyNot, ...]


def match(query: Query, candidates: Sequence[Candidate]) -> QueryMatch:
    """Find what a wallet can answer, disclosing the least: the first claim set that it can satisfy.

    Spec: OpenID4VP 1.0 §6.4.
    """
    matches = {item.id: _match_credential(item, candidates) for item in query.credentials}
    available = {query_id for query_id, found in matches.items() if found.fits}
    choices = tuple(
        Choice(
            required=group.required,
            options=tuple(option for option in group.options if available.issuperset(option)),
        )
        for group in query.sets()
    )
    return QueryMatch(credentials=matches, choices=choices)


def check_response(
    query: Query, presentations: Mapping[str, Sequence[Candidate]]
) -> tuple[Shortfall, ...]:
    """Every way in which verified presentations fail to be what was asked for; empty if none.

    presentations: by credential query id, with what was disclosed. Values count too: a wallet may
    leave them unchecked, so a verifier may not. Trusted authorities do not count: whom the verifier
    trusts is decided from its own evidence. Spec: OpenID4VP 1.0 §8.1, §8.6, §6.4.1.
    """
    asked = {item.id: item for item in query.credentials}
    found = [_check_entry(asked.get(name), name, shown) for name, shown in presentations.items()]
    delivered = {name for name, shown in presentations.items() if shown}
    missing = [
        Shortfall(query_id=None, reasons=(WhyNot(reason=Reason.SET_INCOMPLETE),))
        for group in query.sets()
        if group.required and not any(map(delivered.issuperset, group.options))
    ]
    return tuple(shortfall for shortfall in (*found, *missing) if shortfall is not None)


def _match_credential(query: CredentialQuery, candidates: Sequence[Candidate]) -> CredentialMatch:
    results = [_fit(query, candidate) for candidate in candidates]
    return CredentialMatch(
        query=query,
        fits=tuple(result for result in results if isinstance(result, Fit)),
        misfits=tuple(result for result in results if isinstance(result, Misfit)),
    )


def _fit(query: CredentialQuery, candidate: Candidate) -> Fit | Misfit:
    disclose, reasons = _judge(query, candidate)
    if query.trusted_authorities:
        # None of the trust frameworks of §6.1.1 certifies what is held here, so the verifier would
        # refuse it after having seen it.
        reasons = (*reasons, WhyNot(reason=Reason.AUTHORITY_UNKNOWN))
    if reasons:
        return Misfit(candidate=candidate, reasons=reasons)
    return Fit(candidate=candidate, disclose=disclose)


def _check_entry(
    query: CredentialQuery | None, query_id: str, shown: Sequence[Candidate]
) -> Shortfall | None:
    reasons: tuple[WhyNot, ...]
    if query is None:
        reasons = (WhyNot(reason=Reason.NOT_ASKED_FOR),)
    elif len(shown) > 1 and not query.multiple:
        reasons = (WhyNot(reason=Reason.TOO_MANY),)
    else:
        reasons = tuple(reason for candidate in shown for reason in _judge(query, candidate)[1])
    return Shortfall(query_id=query_id, reasons=reasons) if reasons else None


def _judge(
    query: CredentialQuery, candidate: Candidate
) -> tuple[tuple[ClaimPath, ...], tuple[WhyNot, ...]]:
    """The paths to disclose and no reason, or no path and every reason."""
    if candidate.format != query.format:
        return (), (WhyNot(reason=Reason.OTHER_FORMAT),)
    if not _has_type(query, candidate):
        return (), (WhyNot(reason=Reason.OTHER_TYPE),)
    disclose, reasons = _judge_claims(query, candidate.claims)
    if query.require_holder_binding and not candidate.holder_bound:
        reasons = (WhyNot(reason=Reason.NOT_HOLDER_BOUND), *reasons)
    return ((), reasons) if reasons else (disclose, ())


def _has_type(query: CredentialQuery, candidate: Candidate) -> bool:
    if query.format == CredentialFormat.SD_JWT_VC:
        return candidate.type_url in query.vct_values
    names = {_BASE_TYPE_IRI, candidate.type_url, *candidate.type_names}
    return any(names.issuperset(map(_canonical, wanted)) for wanted in query.type_values)


def _canonical(type_name: str) -> str:
    return _BASE_TYPE_IRI if type_name == _BASE_TYPE else type_name


def _judge_claims(
    query: CredentialQuery, claims: Claims
) -> tuple[tuple[ClaimPath, ...], tuple[WhyNot, ...]]:
    # Each claim is looked up once, however many options share it.
    found = {item.path: _find_claim(item, claims) for item in query.claims}
    reasons: dict[WhyNot, None] = {}  # a set that keeps its order
    for option in query.options():
        results = [found[item.path] for item in option]
        lacking = [result for result in results if isinstance(result, WhyNot)]
        if not lacking:
            paths = [path for result in results if isinstance(result, list) for path in result]
            return tuple(dict.fromkeys(paths)), ()
        reasons.update(dict.fromkeys(lacking))
    return (), tuple(reasons)


def _find_claim(query: ClaimsQuery, claims: Claims) -> list[ClaimPath] | WhyNot:
    """Where the claim is, with an expected value if any is expected."""
    located = _locate(claims, query.path)
    if not located:
        return WhyNot(reason=Reason.CLAIM_MISSING, path=query.path)
    fitting = [path for path, value in located if not query.values or _is_one(value, query.values)]
    return fitting or WhyNot(reason=Reason.CLAIM_OTHER_VALUE, path=query.path)


def _locate(claims: Claims, path: ClaimPath) -> list[tuple[ClaimPath, JsonValue]]:
    """Every claim that a path selects, with its own concrete path; empty if it leads nowhere.

    A step into a value of the wrong kind ends the whole search, as §7.1.1 demands.
    """
    selected: list[tuple[ClaimPath, JsonValue]] = [((), claims)]
    for element in path:
        steps = [_step(value, element) for _, value in selected]
        if any(step is None for step in steps):
            return []
        selected = [
            ((*at, name), value)
            for (at, _), step in zip(selected, steps, strict=True)
            for name, value in step or ()
        ]
    return selected


def _step(value: JsonValue, element: PathElement) -> list[tuple[str | int, JsonValue]] | None:
    if isinstance(element, str):
        if not isinstance(value, dict):
            return None
        return [(element, value[element])] if element in value else []
    if not isinstance(value, list):
        return None
    if element is None:
        return list(enumerate(value))
    return [(element, value[element])] if element < len(value) else []


def _is_one(value: JsonValue, expected: tuple[ExpectedValue, ...]) -> bool:
    """Type and value both: for Python, true is 1 and 1 is 1.0."""
    return any(type(value) is type(item) and value == item for item in expected)
