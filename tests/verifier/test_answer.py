"""A whole answer held against its question, and the claims that are kept of it."""

import dataclasses
from typing import Any

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from openid4vc.dcql import parse_query
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED, failed, judge
from tests.simulators.one_change import changed
from tests.simulators.sd_jwt import STRANGER
from verifier.answer import AnswerVerdict, verify_answer
from verifier.decision import CheckName, Decision
from verifier.policy import ONLINE
from verifier.question import Question


def test_refuses_an_answer_without_what_was_asked(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), "ageOver19"))
    failed(verdict, CheckName.POLICY, "asked-claims-missing", "RULE_NOT_MET")


def test_refuses_a_claim_with_another_value_than_was_asked(forger: Forger) -> None:
    document = forger.question("guCode").query.to_json()
    query = parse_query(changed(document, "credentials", 0, "claims", 0, "values", to=["11440"]))
    question = dataclasses.replace(forger.question("guCode"), query=query)
    verdict = judge(forger, forger.present(forger.issue(), "guCode"), question=question)
    failed(verdict, CheckName.POLICY, "asked-claims-missing", "RULE_NOT_MET")


def test_refuses_an_answer_under_another_query_id(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED), query_id="other")
    failed(verdict, CheckName.POLICY, "answer-incomplete", "RULE_NOT_MET")


def test_refuses_two_credentials_where_one_was_asked(forger: Forger) -> None:
    credential = forger.issue()
    verdict = judge(forger, [forger.present(credential, ASKED), forger.present(credential, ASKED)])
    failed(verdict, CheckName.POLICY, "answer-incomplete", "RULE_NOT_MET")


def test_refuses_another_type_than_was_asked(forger: Forger) -> None:
    question = forger.question("member", type_name="SeoulCitizenCardCredential")
    verdict = judge(forger, forger.present(forger.issue(), ASKED), question=question)
    failed(verdict, CheckName.POLICY, "answer-incomplete", "RULE_NOT_MET")


# ---- several credentials ----


def asked_item(forger: Forger) -> Claims:
    """The one credential query of the usual question, as JSON."""
    return forger.question(ASKED).query.credentials[0].to_json()


def two(forger: Forger, **sets: Any) -> Question:
    """A question for two residency credentials, under the ids `one` and `two`."""
    item = asked_item(forger)
    both: list[JsonValue] = [{**item, "id": "one"}, {**item, "id": "two"}]
    return dataclasses.replace(
        forger.question(ASKED), query=parse_query({"credentials": both, **sets})
    )


def answer(forger: Forger, question: Question, **presented: Any) -> AnswerVerdict:
    return verify_answer(
        {query_id: [shown] for query_id, shown in presented.items()},
        question,
        forger.city.city.verifier.evidence,
        ONLINE,
        forger.city.clock(),
    )


def test_every_credential_of_an_answer_has_its_verdict(forger: Forger) -> None:
    shown = forger.present(forger.issue(), ASKED)
    found = answer(forger, two(forger), one=shown, two=shown)
    assert {name: [verdict.code for verdict in each] for name, each in found.each.items()} == {
        "one": ["OK"],
        "two": ["OK"],
    }
    assert found.overall.decision is Decision.ACCEPTED


def test_an_answer_is_refused_for_the_one_that_is_missing(forger: Forger) -> None:
    found = answer(forger, two(forger), one=forger.present(forger.issue(), ASKED))
    failed(found.overall, CheckName.POLICY, "answer-incomplete", "RULE_NOT_MET")


def test_an_option_of_a_set_is_enough(forger: Forger) -> None:
    question = two(forger, credential_sets=[{"options": [["one"], ["two"]]}])
    found = answer(forger, question, two=forger.present(forger.issue(), ASKED))
    assert found.overall.code == "OK"


def test_a_rejected_credential_decides_over_an_indeterminate_and_an_accepted_one(
    forger: Forger,
) -> None:
    good = forger.present(forger.issue(), ASKED)
    unsupported = forger.rewritten(forger.issue(), header={"typ": "vc+sd-jwt"})
    forged = forger.present(forger.rewritten(forger.issue(), signer=STRANGER), ASKED)
    mixed = answer(forger, two(forger), one=good, two=unsupported)
    assert mixed.overall.decision is Decision.INDETERMINATE
    worse = answer(forger, two(forger), one=unsupported, two=forged)
    assert worse.overall.decision is Decision.REJECTED
    assert worse.overall.code == "TAMPERED"


def test_while_one_credential_cannot_be_read_nobody_can_say_what_the_answer_holds(
    forger: Forger,
) -> None:
    good = forger.present(forger.issue(), ASKED)
    found = answer(forger, two(forger), one=good, two="nonsense")
    (judged,) = found.each["one"]
    assert judged.checks[-1].code == "not-run"
    assert judged.decision is Decision.INDETERMINATE
    assert judged.claims == {}


def test_a_claim_set_tells_what_was_shown_of_all_that_was_asked(forger: Forger) -> None:
    claims: list[JsonValue] = [
        {"id": "a", "path": [ASKED]},
        {"id": "b", "path": ["ageOver19"]},
    ]
    sets: list[JsonValue] = [["a", "b"], ["a"]]
    query = parse_query(
        {"credentials": [{**asked_item(forger), "claims": claims, "claim_sets": sets}]}
    )
    question = dataclasses.replace(forger.question(ASKED), query=query)
    verdict = judge(forger, forger.present(forger.issue(), ASKED), question=question)
    assert (verdict.code, verdict.claims) == ("OK", {ASKED: True})


def test_keeps_a_member_of_an_object_and_not_the_object(forger: Forger) -> None:
    question = forger.question("residentOfGu.11620")
    shown = forger.present(forger.issue(), "residentOfGu.11620", ASKED)
    verdict = judge(forger, shown, question=question)
    assert verdict.claims == {"residentOfGu": {"11620": True}}


def test_a_question_for_a_whole_w3c_subject_is_no_crash(forger: Forger) -> None:
    """No registration allows it, but nothing that a request row holds may stop the verifier."""
    document = forger.question(ASKED).query.to_json()
    odd = changed(document, "credentials", 0, "claims", 0, "path", to=["credentialSubject"])
    question = dataclasses.replace(forger.question(ASKED), query=parse_query(odd))
    verdict = judge(forger, forger.present(forger.issue(), ASKED), question=question)
    failed(verdict, CheckName.POLICY, "asked-claims-missing", "RULE_NOT_MET")
