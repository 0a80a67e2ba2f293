"""Reads what the root's people enter to admit somebody whose DID stands elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from credentials.errors import Error
from did_registry.admission import Asking, check_foreign_did
from did_registry.application import Applicant
from did_registry.application_form import RIGHTS, right_problems
from did_registry.errors import ApplicationInvalid
from did_registry.root_act import Admit
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.clean_text import normalise

LINES: Final = (
    "did", "nameKo", "nameEn", "purpose", "purposeEn", "legalBasis", "retentionDays",
)  # fmt: skip
_OF_VERIFIERS: Final = LINES[3:]


def parse_admission(
    texts: Mapping[str, str], types: Sequence[str], attributes: Sequence[str], *, on: date
) -> Admit:
    """Read the lines and ticks of a form; purpose, law and retention go with attributes only.

    Raises ApplicationInvalid with every problem.
    """
    entered = {name: normalise(texts[name]) for name in LINES if texts.get(name)}
    problems = dict.fromkeys(_problems(entered, types, attributes, on))
    if problems:
        raise ApplicationInvalid(tuple(problems))
    return Admit(
        did=entered["did"],
        name_ko=entered["nameKo"],
        name_en=entered["nameEn"],
        types=tuple(types),
        asking=_asking(entered, tuple(attributes)) if attributes else None,
    )


def _problems(
    entered: Mapping[str, str], types: Sequence[str], attributes: Sequence[str], on: date
) -> Iterator[ClaimProblem]:
    did = entered.get("did", "")
    yield from _did_problems(did)
    rights = {Applicant.AGENCY: types, Applicant.VERIFIER: attributes}
    for applicant, chosen in rights.items():
        if chosen:
            for found in right_problems(applicant, did, entered, chosen, on):
                if not found.where.endswith("Did"):  # which is told above
                    yield found
    if not types and not attributes:
        yield problem((RIGHTS[Applicant.AGENCY],), ProblemCode.MISSING)
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


def _asking(entered: Mapping[str, str], attributes: tuple[str, ...]) -> Asking:
    return Asking(
        attributes=attributes,
        purpose_ko=entered["purpose"],
        purpose_en=entered["purposeEn"],
        legal_basis=entered["legalBasis"],
        retention_days=int(entered["retentionDays"]),
    )
