"""The shape that contracts promise: exactly these members, in every outcome."""

import json
from typing import Any

from credentials.jcs import canonicalize
from schemas.result_words import result_words
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED, judge
from verifier.answer import verify_answer
from verifier.decision import CheckName
from verifier.findings import finding_texts
from verifier.policy import ONLINE
from verifier.verdict_document import answer_document, verdict_document

MEMBERS = {"decision", "code", "checks", "issuer", "type", "claims", "as_of"}


def documents(forger: Forger) -> dict[str, Any]:
    good = forger.present(forger.issue(), ASKED)
    unsupported = forger.rewritten(forger.issue(), header={"typ": "vc+sd-jwt"})
    presented = {"accepted": good, "rejected": "nonsense", "indeterminate": unsupported}
    return {
        decision: verdict_document(judge(forger, shown)) for decision, shown in presented.items()
    }


def test_has_the_promised_members_whatever_the_outcome(forger: Forger) -> None:
    for decision, document in documents(forger).items():
        assert set(document) == MEMBERS
        assert document["decision"] == decision
        assert document["code"] in result_words()
        assert document["as_of"] == "2026-03-13T03:00:00Z"
        json.dumps(document)


def test_lists_every_check_in_order_with_its_sentences(forger: Forger) -> None:
    for document in documents(forger).values():
        assert [check["name"] for check in document["checks"]] == [name.value for name in CheckName]
        for check in document["checks"]:
            assert set(check) == {"name", "result", "code", "detail_ko", "detail_en"}
            assert check["result"] in {"passed", "failed", "unknown", "not_applicable"}
            text = finding_texts()[check["code"]]
            assert (check["detail_ko"], check["detail_en"]) == (text.ko, text.en)


def test_tells_issuer_type_and_claims_only_as_far_as_they_are_established(forger: Forger) -> None:
    found = documents(forger)
    assert found["accepted"]["issuer"] == {
        "did": forger.did,
        "code": "GU-11620",
        "name_ko": "관악구청",
        "name_en": "Gwanak District Office",
    }
    assert found["accepted"]["type"] == "SeoulResidencyCredential"
    assert found["accepted"]["claims"] == {ASKED: True}
    for decision in ("rejected", "indeterminate"):
        assert found[decision]["issuer"] is None
        assert found[decision]["type"] is None
        assert found[decision]["claims"] == {}


def test_an_answers_document_has_each_credentials_verdict_by_query_id(forger: Forger) -> None:
    shown = forger.present(forger.issue(), ASKED)
    evidence, now = forger.city.city.verifier.evidence, forger.city.clock()
    verdict = verify_answer(
        {"asked": [shown], "more": ["nonsense"]}, forger.question(ASKED), evidence, ONLINE, now
    )
    document: Any = answer_document(verdict)
    assert set(document) == MEMBERS | {"credentials"}
    assert document["decision"] == "rejected"
    (first,), (second,) = document["credentials"]["asked"], document["credentials"]["more"]
    assert set(first) == set(second) == MEMBERS
    assert (first["decision"], second["code"]) == ("indeterminate", "TAMPERED")


def test_the_same_verdict_is_the_same_document(forger: Forger) -> None:
    """No finding depends on the order of a set, or on anything but what was checked."""
    shown = forger.present(forger.issue(), ASKED)
    documents = {canonicalize(verdict_document(judge(forger, shown))) for _ in range(3)}
    assert len(documents) == 1
