"""A valid presentation with one thing changed at random is never accepted, and never a crash."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.forger import APPOINTMENT_PATHS, CERTIFICATE, LDP, Forger
from tests.simulators.judge import ASKED, judge
from tests.simulators.sd_jwt import disclosure
from verifier.decision import Decision
from verifier.verdict_document import verdict_document

ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=+/ \n"{'

quick = settings(max_examples=250, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def city(seeded_city: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("fuzz") / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


@pytest.fixture(scope="module")
def residency(city: SimulatedCity) -> tuple[Forger, str]:
    forger = Forger(city)
    return forger, forger.present(forger.issue(), ASKED, "ageOver19", "guCode")


@pytest.fixture(scope="module")
def certificate(city: SimulatedCity) -> tuple[Forger, Any]:
    forger = Forger(city, "SEL-HR", "P12", CERTIFICATE)
    return forger, forger.present(forger.issue(LDP))


def refuse(forger: Forger, presented: Any, *paths: str) -> None:
    """Whatever the verdict is, it is one that can be written down, and no acceptance."""
    credential_format = "dc+sd-jwt" if isinstance(presented, str) else LDP
    question = forger.question(*(paths or (ASKED,)), credential_format=credential_format)
    verdict = judge(forger, presented, question=question)
    assert verdict.decision is not Decision.ACCEPTED
    assert verdict.claims == {}
    json.dumps(verdict_document(verdict))


def test_what_is_changed_here_is_accepted_unchanged(
    residency: tuple[Forger, str], certificate: tuple[Forger, Any]
) -> None:
    forger, presented = residency
    assert judge(forger, presented).code == "OK"
    hr, document = certificate
    question = hr.question(*APPOINTMENT_PATHS, credential_format=LDP)
    assert judge(hr, document, question=question).code == "OK"


@quick
@given(data=st.data())
def test_refuses_another_character(residency: tuple[Forger, str], data: st.DataObject) -> None:
    forger, presented = residency
    place = data.draw(st.integers(0, len(presented) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(presented[place], "")))
    refuse(forger, presented[:place] + letter + presented[place + 1 :])


@quick
@given(data=st.data())
def test_refuses_a_character_more_or_less(
    residency: tuple[Forger, str], data: st.DataObject
) -> None:
    forger, presented = residency
    place = data.draw(st.integers(0, len(presented) - 1))
    more = data.draw(st.sampled_from(("", *ALPHABET)))
    # Something is put in, or the character itself is left out.
    refuse(forger, presented[:place] + more + presented[place + (more == "") :])


@quick
@given(data=st.data())
def test_refuses_a_part_that_is_cut_off(residency: tuple[Forger, str], data: st.DataObject) -> None:
    forger, presented = residency
    refuse(forger, presented[: data.draw(st.integers(0, len(presented) - 1))])


@quick
@given(data=st.data())
def test_refuses_other_disclosures_or_another_order(
    residency: tuple[Forger, str], data: st.DataObject
) -> None:
    forger, presented = residency
    jwt, *shown, binding = presented.split("~")
    extra = disclosure("c2FsdHNhbHRzYWx0", data.draw(st.text(max_size=8)), True)
    chosen = data.draw(st.lists(st.sampled_from([*shown, extra]), max_size=5))
    if chosen != shown:
        refuse(forger, "~".join((jwt, *chosen, binding)))


@quick
@given(data=st.data())
def test_refuses_parts_of_two_presentations(
    residency: tuple[Forger, str], data: st.DataObject
) -> None:
    """Two cards of one holder: each part is genuine, and only together they are not."""
    forger, presented = residency
    other = forger.present(forger.issue(), ASKED, "ageOver19", "guCode")
    pairs = list(zip(presented.split("~"), other.split("~"), strict=True))
    picks = data.draw(st.lists(st.integers(0, 1), min_size=len(pairs), max_size=len(pairs)))
    if 0 < sum(picks) < len(picks):
        refuse(forger, "~".join(pair[pick] for pair, pick in zip(pairs, picks, strict=True)))


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    below = [place for name, child in children for place in _places(child, (*path, name))]
    return [*([path] if path else []), *below]


ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=10),
    st.just([]),
    st.just({}),
    st.just({"id": "https://evil.example"}),
)


@quick
@given(data=st.data())
def test_refuses_another_value_anywhere_in_a_document(
    certificate: tuple[Forger, Any], data: st.DataObject
) -> None:
    forger, presented = certificate
    document = copy.deepcopy(presented)
    *way, last = data.draw(st.sampled_from(_places(document)))
    owner = document
    for step in way:
        owner = owner[step]
    value = data.draw(ODD_VALUES)
    if value != owner[last] or type(value) is not type(owner[last]):
        owner[last] = value
        refuse(forger, document, *APPOINTMENT_PATHS)


@quick
@given(data=st.data())
def test_refuses_a_member_more_or_less_anywhere_in_a_document(
    certificate: tuple[Forger, Any], data: st.DataObject
) -> None:
    forger, presented = certificate
    document = copy.deepcopy(presented)
    *way, last = data.draw(st.sampled_from(_places(document)))
    owner = document
    for step in way:
        owner = owner[step]
    if isinstance(owner, dict) and data.draw(st.booleans()):
        owner[data.draw(st.text(min_size=1, max_size=5)) + "!"] = data.draw(ODD_VALUES)
    else:
        del owner[last]
    refuse(forger, document, *APPOINTMENT_PATHS)


@quick
@given(text=st.text(max_size=200))
def test_any_text_is_refused(residency: tuple[Forger, str], text: str) -> None:
    refuse(residency[0], text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["@context", "type", "proof", "verifiableCredential", "holder", "issuer", "credentialSubject"]
)


@quick
@given(document=st.dictionaries(KEYS, JSON, max_size=7))
def test_any_document_is_refused(residency: tuple[Forger, str], document: Any) -> None:
    refuse(residency[0], document)
