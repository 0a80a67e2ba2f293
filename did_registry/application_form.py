"""Reads what an applicant has entered, and says everything that is wrong with it at once.

What is accepted here can be enrolled: names, purpose and rights are checked as the claims of the
credential that the root would sign.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from did_registry.accreditation import ISSUER_TYPE, VERIFIER_TYPE
from did_registry.admission import Asking
from did_registry.application import Applicant, Application
from did_registry.errors import ApplicationInvalid
from did_registry.root_act import Enrol
from schemas.catalogue import get, load_all
from schemas.claim import ClaimKind, TextContent
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.clean_text import normalise, text_problems
from schemas.credential_type import Audience, CredentialType, attribute_name
from schemas.errors import InvalidClaims
from schemas.form_fields import LIST_SEPARATOR, parse_fields
from schemas.labels import Label

MAX_CHOSEN: Final = 30  # ticks: who needs more has not made up its mind, and a form takes 50 fields
MAX_LINE: Final = 300  # characters of a law or an office, as in the registration

# The staff's accounts are called after the code; a verifier is told by how its code begins.
_CODES: Final = {
    Applicant.AGENCY: re.compile(r"(?!VER-)[A-Z]{2,4}-[A-Z0-9]{1,8}"),
    Applicant.VERIFIER: re.compile(r"VER-[A-Z0-9]{1,8}"),
}
# A mobile number is a person's; an office has others. Whatever stands between the groups.
_PERSONS_NUMBER: Final = re.compile(
    r"(?<!\d)(?:\+?82[\W_]{0,3}|0)1[016-9][\W_]{0,3}\d{3,4}[\W_]{0,3}\d{4}(?!\d)"
)
_NOT_MADE_YET: Final = "did:webvh:applied"  # the DID comes with the enrolment

_TYPES: Final = {Applicant.AGENCY: ISSUER_TYPE, Applicant.VERIFIER: VERIFIER_TYPE}
_DIDS: Final = {Applicant.AGENCY: "issuerDid", Applicant.VERIFIER: "verifierDid"}
RIGHTS: Final = {Applicant.AGENCY: "allowedTypes", Applicant.VERIFIER: "attributes"}
_CLAIMS: Final = {
    Applicant.AGENCY: ("nameKo", "nameEn"),
    Applicant.VERIFIER: (
        "nameKo", "nameEn", "purpose", "purposeEn", "legalBasis", "retentionDays",
    ),
}  # fmt: skip
_OWN_LINES: Final = {
    Applicant.AGENCY: ("legalBasis", "contact"),
    Applicant.VERIFIER: ("contact",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What can be applied for of one type: names as the registry has them, with their labels."""

    type: CredentialType
    rights: tuple[tuple[str, Label], ...]


def lines(applicant: Applicant) -> tuple[str, ...]:
    """The names of the lines of a form, in their order; the rights are ticks."""
    head, *rest = dict.fromkeys((*_CLAIMS[applicant], *_OWN_LINES[applicant]))
    return ("code", head, *rest)


def offered(applicant: Applicant) -> tuple[Offered, ...]:
    """Every right that can be applied for, type by type: never those that the root alone signs."""
    found = sorted(load_all().values(), key=lambda one: (one.catalogue, one.version))
    return tuple(
        Offered(type=one, rights=tuple(_rights(applicant, one)))
        for one in found
        if one.audience is Audience.HOLDER
    )


def parse_application(
    applicant: Applicant, texts: Mapping[str, str], chosen: Sequence[str], *, on: date
) -> Application:
    """Read the lines and ticks of a form, on the day `on` in Seoul.

    Raises ApplicationInvalid with every problem: what is missing, too long or not offered, a code
    of another form, text with hidden characters, what looks like a resident registration number,
    and a contact that holds a mobile number.
    """
    entered = {name: normalise(texts[name]) for name in lines(applicant) if texts.get(name)}
    problems = [
        *_code_problems(applicant, entered),
        *right_problems(applicant, _NOT_MADE_YET, entered, chosen, on),
        *_line_problems(applicant, entered),
    ]
    if problems:
        raise ApplicationInvalid(tuple(dict.fromkeys(problems)))
    return Application(
        wish=_wish(applicant, entered, tuple(chosen)),
        legal_basis=entered["legalBasis"],
        contact=entered["contact"],
    )


def right_problems(
    applicant: Applicant, did: str, entered: Mapping[str, str], chosen: Sequence[str], on: date
) -> Iterator[ClaimProblem]:
    """What the credential that the root would sign has against it, and ticks that are not offered;
    did: whose right it would be."""
    yield from _choice_problems(applicant, chosen)
    fields = {name: entered[name] for name in _CLAIMS[applicant] if name in entered}
    fields[_DIDS[applicant]] = did
    fields[RIGHTS[applicant]] = LIST_SEPARATOR.join(chosen)
    try:
        parse_fields(get(_TYPES[applicant]), fields, on)
    except InvalidClaims as error:
        for found in error.problems:
            yield problem(found.path[:1], found.code)


def _wish(applicant: Applicant, entered: Mapping[str, str], chosen: tuple[str, ...]) -> Enrol:
    asks = applicant is Applicant.VERIFIER
    return Enrol(
        code=entered["code"],
        name_ko=entered["nameKo"],
        name_en=entered["nameEn"],
        types=() if asks else chosen,
        asking=Asking(
            attributes=chosen,
            purpose_ko=entered["purpose"],
            purpose_en=entered["purposeEn"],
            legal_basis=entered["legalBasis"],
            retention_days=int(entered["retentionDays"]),
        )
        if asks
        else None,
    )


def _code_problems(applicant: Applicant, entered: Mapping[str, str]) -> Iterator[ClaimProblem]:
    code = entered.get("code")
    if code is None:
        yield problem(("code",), ProblemCode.MISSING)
    elif not _CODES[applicant].fullmatch(code):
        yield problem(("code",), ProblemCode.WRONG_FORM)


def _line_problems(applicant: Applicant, entered: Mapping[str, str]) -> Iterator[ClaimProblem]:
    for name in _OWN_LINES[applicant]:
        text = entered.get(name)
        if text is None:
            yield problem((name,), ProblemCode.MISSING)
        elif len(text) > MAX_LINE:
            yield problem((name,), ProblemCode.TOO_LONG)
        else:
            yield from (problem((name,), code) for code in text_problems(text, TextContent.PLAIN))
    if _PERSONS_NUMBER.search(unicodedata.normalize("NFKC", entered.get("contact", ""))):
        yield problem(("contact",), ProblemCode.WRONG_FORM)


def _choice_problems(applicant: Applicant, chosen: Sequence[str]) -> Iterator[ClaimProblem]:
    known = {name for one in offered(applicant) for name, _ in one.rights}
    if not known.issuperset(chosen):
        yield problem((RIGHTS[applicant],), ProblemCode.NOT_OFFERED)
    if len(chosen) > MAX_CHOSEN:
        yield problem((RIGHTS[applicant],), ProblemCode.TOO_LONG)


def _rights(applicant: Applicant, one: CredentialType) -> Iterator[tuple[str, Label]]:
    if applicant is Applicant.VERIFIER:
        for claim in one.claims:
            if claim.kind is not ClaimKind.OBJECT:
                yield attribute_name(one, claim.path), claim.label
    elif one.subtypes:
        yield from ((f"{one.name}/{subtype.code}", subtype.label) for subtype in one.subtypes)
    else:
        yield one.name, one.title
