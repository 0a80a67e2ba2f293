"""Problems with claims, and the sentences for them."""

from schemas.claim_problem import MAX_QUOTED_NAME, ProblemCode, problem, problem_texts
from schemas.errors import InvalidClaims


def test_every_problem_has_a_sentence_in_both_languages_and_no_sentence_is_left_over() -> None:
    texts = problem_texts()
    assert set(texts) == set(ProblemCode)
    assert all(set(text) == {"ko", "en"} for text in texts.values())


def test_a_problem_names_its_place_as_forms_do() -> None:
    assert problem(("body", "year"), ProblemCode.MISSING).where == "body.year"
    assert problem((), ProblemCode.WRONG_KIND).where == "claims"


def test_a_strangers_name_is_cut_and_can_be_written_out() -> None:
    long = problem(("x" * 1000,), ProblemCode.UNKNOWN_CLAIM)
    assert long.path == ("x" * MAX_QUOTED_NAME,)
    assert problem(("\ud800",), ProblemCode.UNKNOWN_CLAIM).path == ("?",)


def test_the_error_lists_places_and_codes() -> None:
    error = InvalidClaims([
        problem(("nameKo",), ProblemCode.MISSING),
        problem(("facilityScopes", 1), ProblemCode.TOO_LONG),
    ])  # fmt: skip
    assert str(error) == "invalid-claims: nameKo: missing; facilityScopes.1: too-long"
