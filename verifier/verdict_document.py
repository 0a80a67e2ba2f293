"""The verdict as one JSON document: the same in the command line, the API and the pages."""

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.strict_json import JsonValue
from verifier.answer import AnswerVerdict
from verifier.decision import Check, IssuerName, Verdict
from verifier.findings import finding_texts


def verdict_document(verdict: Verdict) -> Claims:
    """`{decision, code, checks, issuer, type, claims, as_of}`, with each check's sentences."""
    return {
        "decision": verdict.decision.value,
        "code": verdict.code,
        "checks": [_check(check) for check in verdict.checks],
        "issuer": None if verdict.issuer is None else _issuer(verdict.issuer),
        "type": verdict.type_name,
        "claims": verdict.claims,
        "as_of": format_timestamp(verdict.as_of),
    }


def answer_document(answer: AnswerVerdict) -> Claims:
    """The deciding verdict, and under `credentials` that of each presentation by query id."""
    each: Claims = {
        query_id: [verdict_document(verdict) for verdict in verdicts]
        for query_id, verdicts in answer.each.items()
    }
    return {**verdict_document(answer.overall), "credentials": each}


def _check(check: Check) -> JsonValue:
    text = finding_texts()[check.code]
    return {
        "name": check.name.value,
        "result": check.result.value,
        "code": check.code,
        "detail_ko": text.ko,
        "detail_en": text.en,
    }


def _issuer(issuer: IssuerName) -> JsonValue:
    return {
        "did": issuer.did,
        "code": issuer.code,
        "name_ko": issuer.name_ko,
        "name_en": issuer.name_en,
    }
