"""Reads what the root's people enter to admit somebody from elsewhere: a DID or a trust anchor."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from credentials.certificates import read_pem
from credentials.errors import Error
from did_registry.admission import Asking, anchor_name, check_foreign_did
from did_registry.application import Applicant
from did_registry.application_form import RIGHTS, right_problems
from did_registry.errors import ApplicationInvalid
from did_registry.root_act import Admit
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.clean_text import normalise

LINES: Final = (
    "did", "nameKo", "nameEn", "purpose", "purposeEn", "legalBasis", "retentionDays",
)  # fmt: skip
ANCHOR: Final = "anchor"  # a certificate in PEM, in place of a DID
_NAMES: Final = LINES[1:3]
_OF_VERIFIERS: Final = LINES[3:]


def parse_admission(
    texts: Mapping[str, str], types: Sequence[str], attributes: Sequence[str], *, on: date
) -> Admit:
    """Read the lines and ticks of a form.

    Purpose, law and retention go with attributes only; an anchor takes the place of the DID, and
    asks for nothing.

    Raises ApplicationInvalid with every problem.
    """
    entered = {name: normalise(texts[name]) for name in LINES if texts.get(name)}
    anchor = texts.get(ANCHOR)
    problems = dict.fromkeys(_problems(entered, anchor, types, attributes, on))
    if problems:
        raise ApplicationInvalid(tuple(problems))
    certificate = None if anchor is None else read_pem(anchor.encode("ascii"))
    return Admit(
        did=entered["did"] if certificate is None else anchor_name(certificate),
        name_ko=entered["nameKo"],
        name_en=entered["nameEn"],
        types=tuple(types),
        asking=_asking(entered, tuple(attributes)) if attributes else None,
        anchor=certificate,
    )


def _problems(
    entered: Mapping[str, str],
    anchor: str | None,
    types: Sequence[str],
    attributes: Sequence[str],
    on: date,
) -> Iterator[ClaimProblem]:
    did = entered.get("did", "")
    if anchor is None:
        yield from _did_problems(did)
    else:
        yield from _anchor_problems(anchor, did, attributes)
    rights = {Applicant.AGENCY: types, Applicant.VERIFIER: attributes}
    for applicant, chosen in rights.items():
        if chosen:
            for found in right_problems(applicant, did, entered, chosen, on):
                if not found.where.endswith("Did"):  # which is told above
                    yield found
    if not types and not attributes:
        yield problem((RIGHTS[Applicant.AGENCY],), ProblemCode.MISSING)
        for name in _NAMES:
            if name not in entered:
                yield problem((name,), ProblemCode.MISSING)
    if not attributes:
        for name in _OF_VERIFIERS:
            if name in entered:
                yield problem((RIGHTS[Applicant.VERIFIER],), ProblemCode.MISSING)


def _did_problems(did: str) -> Iterator[ClaimProblem]:
    if not did:
        yield problem(("did",), ProblemCode.MISSING)
        return
    try:
        check_foreign_did(did)
    except Error:
        yield problem(("did",), ProblemCode.WRONG_FORM)


def _anchor_problems(anchor: str, did: str, attributes: Sequence[str]) -> Iterator[ClaimProblem]:
    if did:
        yield problem((ANCHOR,), ProblemCode.REPEATED)  # one of the two
    if attributes:
        yield problem((RIGHTS[Applicant.VERIFIER],), ProblemCode.NOT_OFFERED)
    try:
        read_pem(anchor.encode("ascii", "replace"))
    except Error:
        yield problem((ANCHOR,), ProblemCode.WRONG_FORM)


def _asking(entered: Mapping[str, str], attributes: tuple[str, ...]) -> Asking:
    return Asking(
        attributes=attributes,
        purpose_ko=entered["purpose"],
        purpose_en=entered["purposeEn"],
        legal_basis=entered["legalBasis"],
        retention_days=int(entered["retentionDays"]),
    )
