"""Checks claims against their type: strictly at entry, and again when a verifier is shown some.

Every problem is collected, so that a clerk mends a form or a file once and not ten times.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

import jsonschema_rs

from credentials.claims import ClaimPath, Claims, select
from credentials.strict_json import JsonValue
from schemas.claim import MAX_LIST_CLAIM, Claim, ClaimKind, MemberPath
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.clean_text import normalise, text_problems
from schemas.credential_type import CredentialType
from schemas.errors import InvalidClaims
from schemas.json_schema import Stage, belongs, claims_schema

# A form or a row has at most 64 claims; a report of more problems would only be a stranger's echo.
MAX_PROBLEMS: Final = 100

_CODE_OF_KEYWORD: Final = {
    "required": ProblemCode.MISSING,
    "enum": ProblemCode.NOT_OFFERED,
    "const": ProblemCode.NOT_OFFERED,
    "minLength": ProblemCode.TOO_SHORT,
    "minItems": ProblemCode.TOO_SHORT,
    "maxLength": ProblemCode.TOO_LONG,
    "maxItems": ProblemCode.TOO_LONG,
    "minimum": ProblemCode.OUT_OF_RANGE,
    "maximum": ProblemCode.OUT_OF_RANGE,
    "pattern": ProblemCode.WRONG_FORM,
    "format": ProblemCode.WRONG_FORM,
    "uniqueItems": ProblemCode.REPEATED,
    "falseSchema": ProblemCode.UNKNOWN_CLAIM,
}


def parse_entered(credential_type: CredentialType, value: JsonValue, on: date) -> Claims:
    """Read the claims that a clerk, a CSV row or a JSON file gives, on the day `on` in Seoul.

    Texts come back in NFC. Refused are unknown and derived claims, what does not fit its kind and
    bounds, invisible characters, outer spaces, dates after `on` where the type says so, and what
    looks like a resident registration number. Raises InvalidClaims with every problem.
    """
    if not isinstance(value, dict):
        raise InvalidClaims([problem((), ProblemCode.WRONG_KIND)])
    claims = {name: _normalised(member) for name, member in value.items()}
    problems = [
        *_shape_problems(credential_type, claims, Stage.ENTERED),
        *_text_problems(credential_type, claims),
        *_future_problems(credential_type, claims, on),
    ]
    if problems:
        raise InvalidClaims(_once_each(problems))
    return claims


def verify_claims(credential_type: CredentialType, claims: Claims) -> None:
    """Prove that what a holder shows fits the type: all of it is defined and within its bounds.

    A selective claim may be missing, an always-visible required one may not.
    Raises InvalidClaims with every problem.
    """
    problems = _shape_problems(credential_type, claims, Stage.DISCLOSED)
    if problems:
        raise InvalidClaims(_once_each(problems))


def _normalised(value: JsonValue) -> JsonValue:
    """Texts in NFC, down to where claims can stand; what lies deeper is no claim and is refused."""
    match value:
        case str():
            return normalise(value)
        case list():
            return [normalise(item) if isinstance(item, str) else item for item in value]
        case dict():
            return {
                name: normalise(member) if isinstance(member, str) else member
                for name, member in value.items()
            }
        case _:
            return value


def _shape_problems(
    credential_type: CredentialType, claims: Claims, stage: Stage
) -> list[ClaimProblem]:
    """What is wrong with names, kinds and bounds."""
    problems: list[ClaimProblem] = []
    known = _known_part(credential_type, (), claims, stage, problems)
    validator = _validator(credential_type, stage)
    if not validator.is_valid(known):
        problems.extend(map(_schema_problem, validator.iter_errors(known)))
    return problems


def _known_part(
    credential_type: CredentialType,
    parent: MemberPath,
    claims: Claims,
    stage: Stage,
    problems: list[ClaimProblem],
) -> Claims:
    """The claims that the type has at this stage; every other adds a problem."""
    known: Claims = {}
    for name, value in claims.items():
        path = (*parent, name)
        claim = credential_type.find_claim(path)
        if claim is None:
            problems.append(problem(path, ProblemCode.UNKNOWN_CLAIM))
        elif not belongs(claim, stage):
            problems.append(problem(path, ProblemCode.DERIVED_CLAIM))
        elif claim.kind is ClaimKind.OBJECT and isinstance(value, dict):
            known[name] = _known_part(credential_type, path, value, stage, problems)
        else:
            known[name] = _plain(value)
    return known


def _plain(value: JsonValue) -> JsonValue:
    """The value, or null (which fits no claim) for what JSON Schema would be too lenient with.

    To JSON Schema 1.0 is an integer; and what is nested deeper than claims are need not be read.
    """
    match value:
        case bool() | int():
            return value
        case str() if _is_unicode(value):
            return value
        case list() if all(isinstance(item, str) and _is_unicode(item) for item in value):
            return value
        case _:
            return None


def _is_unicode(text: str) -> bool:
    """Whether a text can be written in UTF-8; one with a lone surrogate can't be signed."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _validator(credential_type: CredentialType, stage: Stage) -> jsonschema_rs.Draft202012Validator:
    """Compiled once per type and stage; a type is one instance and equals only itself."""
    schema = claims_schema(credential_type, stage)
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _schema_problem(error: jsonschema_rs.ValidationError) -> ClaimProblem:
    path: ClaimPath = tuple(error.instance_path)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        path = (*path, error.kind.property)
    return problem(path, _CODE_OF_KEYWORD.get(error.kind.name, ProblemCode.WRONG_KIND))


def _text_problems(credential_type: CredentialType, claims: Claims) -> Iterator[ClaimProblem]:
    for claim in credential_type.claims:
        for path, text in _texts(claim, claims):
            yield from (problem(path, code) for code in text_problems(text, claim.content))


def _texts(claim: Claim, claims: Claims) -> Iterator[tuple[ClaimPath, str]]:
    for value in select(claims, claim.path):
        if claim.kind is ClaimKind.TEXT and isinstance(value, str):
            yield claim.path, value
        elif claim.kind is ClaimKind.TEXTS and isinstance(value, list):
            for index, item in enumerate(value[:MAX_LIST_CLAIM]):
                if isinstance(item, str):
                    yield (*claim.path, index), item


def _future_problems(
    credential_type: CredentialType, claims: Claims, on: date
) -> Iterator[ClaimProblem]:
    for claim in credential_type.claims:
        for value in select(claims, claim.path) if claim.past else ():
            if _is_after(value, on):
                yield problem(claim.path, ProblemCode.IN_THE_FUTURE)


def _is_after(value: JsonValue, on: date) -> bool:
    """Whether a value is a later day; what is no day at all has been found by the schema."""
    try:
        return isinstance(value, str) and date.fromisoformat(value) > on
    except ValueError:
        return False


def _once_each(problems: list[ClaimProblem]) -> list[ClaimProblem]:
    return list(dict.fromkeys(problems))[:MAX_PROBLEMS]
