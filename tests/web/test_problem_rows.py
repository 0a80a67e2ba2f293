import re
from importlib import import_module
from pathlib import Path

import pytest

from credentials.errors import Error
from openid4vc.errors import OAuthError
from web.problem_rows import Problem, problem, problems

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "credentials", "openid4vc", "schemas", "storage", "did_registry", "web", "issuer", "verifier",
    "wallet", "city_services", "staff",
)  # fmt: skip
# What the framework refuses, and what nobody expected: these have no class of ours.
FRAMEWORK = {
    "bad-request", "wrong-host", "not-found", "method-not-allowed", "range-not-satisfiable",
    "unavailable", "internal-error",
}  # fmt: skip
CODE = re.compile(r"^    code(: .+)? = ", re.MULTILINE)
HANGUL = re.compile("[가-힣]")


def _leaves(base: type[Error]) -> set[type[Error]]:
    return {base}.union(*(_leaves(leaf) for leaf in base.__subclasses__()))


def _errors() -> set[type[Error]]:
    """Every class of our error tree, after importing every module that gives one a code."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if CODE.search(path.read_text("utf-8")):
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    ours = {leaf for leaf in _leaves(Error) if leaf.__module__.split(".")[0] in PACKAGES}
    return ours - {Error}


def test_every_error_has_a_row_and_every_row_an_error() -> None:
    assert {leaf.code for leaf in _errors()} | FRAMEWORK == set(problems())


def test_no_two_errors_share_a_code() -> None:
    codes = sorted(leaf.code for leaf in _errors())
    assert codes == sorted(set(codes))


def test_a_protocols_error_has_the_status_that_its_class_says() -> None:
    for leaf in _errors():
        if issubclass(leaf, OAuthError):
            assert problem(leaf.code).status == leaf.status, leaf


def test_a_code_without_a_row_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        problem("no-such-code")


@pytest.mark.parametrize("row", problems().values(), ids=lambda row: row.code)
def test_a_row_speaks_to_people_in_both_languages(row: Problem) -> None:
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", row.code)
    assert 400 <= row.status <= 503
    assert row.retry_after is None or row.status in (429, 503)
    for korean, english in ((row.title_ko, row.title_en), (row.advice_ko, row.advice_en)):
        assert HANGUL.search(korean)
        assert english.isascii()
        assert not korean.startswith(" ")
        assert english.strip() == english != ""
    assert row.advice_ko.endswith(".")
    assert row.advice_en.endswith(".")
