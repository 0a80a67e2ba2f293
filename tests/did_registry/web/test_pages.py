"""The registry's public pages: in two languages, with nothing inline, and nothing but the log."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import did_registry.web
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.admission import Admission
from did_registry.application import Applicant, ApplicationState
from did_registry.application_form import RIGHTS, lines
from did_registry.web.pages_agencies import Standing, Term
from did_registry.web.pages_keys import Change, KeyState
from did_registry.web.pages_service import EXTENSION, RegistryPages
from did_registry.web.pages_types import Logged
from tests.simulators.city import URL, SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.log_files import LogFiles
from tests.simulators.registry_log import RegistryLog
from web.words import read_words

PATHS = (
    "/registry", "/registry/agencies/GU-11620", "/registry/keys", "/registry/schemas",
    "/registry/checkpoints", "/registry/check",
)  # fmt: skip
FOLDER = Path(did_registry.web.__file__).parent
WORDS = read_words("did_registry.web", "templates/registry/words.toml")
SOURCES = {
    path: path.read_text("utf-8")
    for path in sorted(FOLDER.rglob("*"))
    if path.suffix in {".html", ".js"}
}
HANGUL = re.compile("[\uac00-\ud7a3]")


@pytest.fixture(scope="module")
def still_city(
    seeded_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedCity]:
    """A seeded city for those who only read."""
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("pages") / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


def _page(city: SimulatedCity, path: str, language: str = "ko") -> tuple[str, str]:
    answer = city.http().get(path, headers={"Accept-Language": language, "Accept": "text/html"})
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_page_has_nothing_inline(still_city: SimulatedCity, path: str, language: str) -> None:
    page, policy = _page(still_city, path, language)
    assert f'<html lang="{language}"' in page
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", page)
    nonces = re.findall(r'<script type="module" nonce="([^"]+)"', page)
    assert len(nonces) == (path == "/registry/check")
    assert all(f"'nonce-{nonce}'" in policy for nonce in nonces)
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.parametrize("path", PATHS)
def test_the_menu_has_five_rooms_and_says_where_one_is(
    still_city: SimulatedCity, path: str
) -> None:
    page, _ = _page(still_city, path)
    menu = re.search(r'<nav class="site-nav".*?</nav>', page, re.DOTALL)
    assert menu
    rooms = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', menu[0])
    assert [name for _, name in rooms] == [
        "기관 목록", "열쇠 이력", "스키마", "체크포인트", "직접 검사하기",
    ]  # fmt: skip
    assert menu[0].count('aria-current="page"') == (path in {where for where, _ in rooms})


def test_everybody_is_listed_with_what_it_may_issue(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/registry")
    view = still_city.city.follower.view(still_city.clock())
    for history in view.histories.values():
        assert f'<p class="code">{history.did.path[-1]}</p>' in page
    card = next(one for one in page.split('<li class="card">') if "GU-11620<" in one)
    assert "관악구" in card
    assert "발급 가능" in card


@pytest.mark.parametrize(
    ("searched", "found"), [("gu-11620", 1), ("관악", 1), ("gwanak", 1), ("nobody at all", 0)]
)
def test_search_by_name_or_code(still_city: SimulatedCity, searched: str, found: int) -> None:
    for path in ("/registry", "/registry/keys"):
        page, _ = _page(still_city, f"{path}?q={searched}", "en")
        assert page.count('<section class="card timeline">') + page.count("<h3><a") == found
        assert ("Nothing matches" in page) == (not found)


def test_what_was_searched_for_is_only_shown(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/registry?q=%3Cscript%3E%22")
    assert "&lt;script&gt;&#34;" in page
    assert "<script>" not in page


def test_one_agency_with_its_keys_and_versions(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/registry/agencies/GU-11620", "en")
    view = still_city.city.follower.view(still_city.clock())
    history = next(one for one in view.histories.values() if one.did.path[-1] == "GU-11620")
    assert history.latest.version_id in page
    assert "Seoul residency" in page or "SeoulResidencyCredential" in page
    for method in history.latest.document.members["verificationMethod"]:  # type: ignore[union-attr]
        assert str(method["publicKeyMultibase"]) in page  # type: ignore[index,call-overload]
    assert page.count('role="img"') == page.count('class="bar current"') >= 1
    assert 'href="/dids/GU-11620/did.jsonl"' in page
    assert 'href="/registry/check?agency=GU-11620"' in page


def test_nobody_has_other_codes(still_city: SimulatedCity) -> None:
    for code in ("GU-1", "gu-11620", "%00", "x" * 2000):
        answer = still_city.http().get(
            f"/registry/agencies/{code}", headers={"Accept": "text/html"}
        )
        assert answer.status_code == 404
        assert re.search("unknown-did|not-found", answer.get_data(as_text=True))


def test_every_type_is_as_the_log_has_it(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/registry/schemas", "en")
    view = still_city.city.follower.view(still_city.clock())
    assert page.count("Same as in the log") == len(view.schemas)
    assert all(digest.hex() in page for digest in view.schemas.values())
    assert "Differs" not in page
    assert _page(still_city, "/registry/schemas?q=residency", "en")[0].count("card type") == 1
    assert "Nothing matches" in _page(still_city, "/registry/schemas?q=xyz", "en")[0]


def test_the_newest_head_is_shown_and_that_nobody_watches(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/registry/checkpoints", "en")
    view = still_city.city.follower.view(still_city.clock())
    assert f'<td data-label="Lines" class="number">{view.checkpoint.size}</td>' in page
    assert view.checkpoint.root.hex()[:16] in page
    assert "Verified" in page
    assert "Nobody watches this registry yet" in page
    older, _ = _page(still_city, "/registry/checkpoints?below=1", "en")
    assert "No checkpoint was signed yet" in older
    for odd in ("x", "-1", "0", "9" * 40, "٣"):
        assert _page(still_city, f"/registry/checkpoints?below={odd}", "en")[0].count("Verified")


def test_the_check_names_every_agency_and_the_keys(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/registry/check?agency=GU-11620")
    anchor = still_city.city.anchor
    view = still_city.city.follower.view(still_city.clock())
    assert page.count("<option ") == len(view.histories)
    assert re.search(r'data-code="GU-11620" selected', page)
    assert f'data-log="{anchor.log_key}"' in page
    steps = re.findall(r'data-step="([a-z]+)"', page)
    script = SOURCES[FOLDER / "static/check_entry.js"]
    assert steps == re.findall(r"^  \['([a-z]+)', ", script, re.MULTILINE)


def test_a_registry_that_can_not_be_followed_says_so(still_city: SimulatedCity) -> None:
    service = still_city.app.extensions[EXTENSION]
    assert isinstance(service, RegistryPages)
    elsewhere = replace(service.anchor, registry_url=f"{URL}/nowhere")
    lost = RegistryFollower(elsewhere, still_city.outbound, Freshness())
    still_city.app.extensions[EXTENSION] = RegistryPages(
        anchor=service.anchor, follower=lost, database=service.database, clock=service.clock
    )
    try:
        answer = still_city.http().get("/registry", headers={"Accept": "text/html"})
    finally:
        still_city.app.extensions[EXTENSION] = service
    assert answer.status_code == 503
    assert "registry-unavailable" in answer.get_data(as_text=True)


def test_scripts_are_served_and_cached_for_a_while(still_city: SimulatedCity) -> None:
    with still_city.http().get("/registry/static/check_page.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "public, max-age=300"


# A log in which everything has happened


@pytest.fixture(scope="module")
def eventful(still_city: SimulatedCity) -> Iterator[tuple[SimulatedCity, RegistryLog]]:
    """The same pages over a log with every standing and every state of a key."""
    log = RegistryLog()
    agency, gone = log.member("GU-11620"), log.member("SEL-GONE")
    log.accredit(agency, "SeoulResidencyCredential")
    log.member("SEL-NEW")
    log.clock.advance(days=1)
    log.rotate(agency)
    log.deactivate(gone)
    log.compromise(agency, log.clock())
    admission = Admission(
        did="did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
        name_ko="이웃 도시",
        name_en="A neighbour city",
        until=log.clock() + timedelta(days=30),
        types=("SeoulResidencyCredential",),
        asking=None,
    )
    log.give_notice(admission)
    kept = still_city.app.extensions[EXTENSION]
    still_city.app.extensions[EXTENSION] = RegistryPages(
        anchor=log.anchor,
        follower=RegistryFollower(log.anchor, LogFiles(log).outbound(), Freshness()),
        database=kept.database,
        clock=log.clock,
    )
    yield still_city, log
    still_city.app.extensions[EXTENSION] = kept


def test_every_standing_is_told(eventful: tuple[SimulatedCity, RegistryLog]) -> None:
    page, _ = _page(eventful[0], "/registry", "en")
    for word in ("Keeper of the registry", "Accredited", "Deactivated", "No rights", "Admitted"):
        assert word in page
    assert "A neighbour city" in page


def test_keys_that_were_retired_or_compromised_are_drawn(
    eventful: tuple[SimulatedCity, RegistryLog],
) -> None:
    for path in ("/registry/keys", "/registry/agencies/GU-11620"):
        page, _ = _page(eventful[0], path, "en")
        for state in KeyState:
            assert f'class="bar {state}"' in page, path
        assert page.count("<rect ") == 2 * page.count('role="img"')
        assert "No signature from" in page
    versions = re.findall(r"Keys changed|Registered<", page)
    assert versions == ["Keys changed", "Registered<"]


def test_who_has_ended_and_who_came_from_elsewhere_have_a_page(
    eventful: tuple[SimulatedCity, RegistryLog],
) -> None:
    gone, _ = _page(eventful[0], "/registry/agencies/SEL-GONE", "en")
    assert "can&#39;t be used again" in gone
    assert 'class="bar current"' not in gone
    code = "z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"
    admitted, _ = _page(eventful[0], f"/registry/agencies/{code}", "en")
    assert "No key of it stands in this registry" in admitted
    assert "/registry/check?agency" not in admitted
    check, _ = _page(eventful[0], "/registry/check")
    assert code not in check


def test_a_type_that_the_log_does_not_have_is_told(
    eventful: tuple[SimulatedCity, RegistryLog],
) -> None:
    page, _ = _page(eventful[0], "/registry/schemas", "en")
    assert "Not in the log yet" in page
    assert "Same as" not in page


def test_a_head_that_another_log_signed_is_not_called_signed(
    eventful: tuple[SimulatedCity, RegistryLog],
) -> None:
    page, _ = _page(eventful[0], "/registry/checkpoints", "en")
    assert "Does not verify" in page
    assert "Verified" not in page


# Words


@pytest.mark.parametrize("key", WORDS)
def test_says_it_in_both_languages(key: str) -> None:
    row = WORDS[key]
    assert set(row) == {"ko", "en"}
    assert HANGUL.search(row["ko"])
    assert not HANGUL.search(row["en"])
    for gap in (r"\{[a-z]+\}", "%[a-z]+"):
        texts = [sorted(re.findall(gap, text)) for text in row.values()]
        assert texts[0] == texts[1]


def test_every_word_is_said_somewhere_and_nothing_else_is_said() -> None:
    assert _said() == WORDS.keys()


def _said() -> set[str]:
    text = "\n".join(SOURCES.values())
    found = set(re.findall(r"""\bt\(["'](registry[a-z-]*\.[a-z-]+)["'][,)]""", text))
    found |= {
        f"registry.{name}" for name in ("agencies", "keys", "schemas", "checkpoints", "check")
    }
    found |= {f"registry-standing.{one}{end}" for one in Standing for end in ("", "-why")}
    found |= {f"registry-term.{one}" for one in Term}
    found |= {f"registry-change.{one}" for one in Change}
    found |= {f"registry-logged.{one}" for one in Logged}
    found |= {f"registry-key.{one}{end}" for one in KeyState for end in ("", "-why")}
    found |= {f"registry-key.{one}" for one in ("assertionMethod", "authentication")}
    found |= {f"registry-apply.{one}{end}" for one in Applicant for end in ("", "-lead")}
    found |= {f"registry-apply.rights-{one}" for one in Applicant}
    found |= {f"registry-apply.hint-code-{one}" for one in Applicant}
    found |= {f"registry-apply.field-{name}" for one in Applicant for name in lines(one)}
    found |= {f"registry-apply.field-{name}" for name in RIGHTS.values()}
    found |= {f"registry-apply.wrong-{name}" for name in ("code", "contact", "did", "anchor")}
    hints = ("purpose", "legalBasis", "retentionDays", "contact", "rights")
    found |= {f"registry-apply.hint-{name}" for name in hints}
    facts = ("code", "name", "purpose", "retention", "basis", "contact")
    found |= {f"registry-applied.{name}" for name in facts}
    found |= {
        f"registry-application.{one}{end}" for one in ApplicationState for end in ("", "-why")
    }
    found |= {f"registry-document.{one}" for one in ("metadata", "schema", "context")}
    columns = re.search(r"for column in \(([^)]*)\).*?registry-heads", text)
    assert columns
    found |= {f"registry-heads.{one}" for one in re.findall(r'"([a-z]+)"', columns[1])}
    script = SOURCES[FOLDER / "static/check_entry.js"] + SOURCES[FOLDER / "static/check_page.js"]
    for step in re.findall(r"^  \['([a-z]+)', ", script, re.MULTILINE):
        found |= {f"registry-step.{step}", f"registry-step.{step}-why"}
    states = set(re.findall(r"show\((?:name|later), '([a-z]+)'", script))
    found |= {f"registry-state.{one}" for one in states | {"unknown", "failed", "passed", "absent"}}
    words = set(re.findall(r"word: '([a-z-]+)'|word\('([a-z-]+)'", script))
    found |= {f"registry-said.{one or other}" for one, other in words}
    return found | {f"registry-said.{one}" for one in ("ended", "latest-is")}


def test_no_script_makes_markup_of_a_text_or_speaks_a_language() -> None:
    dangerous = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
        r"|createContextualFragment|createPolicy"
    )
    scripts = [text for path, text in SOURCES.items() if path.suffix == ".js"]
    assert scripts
    assert [text for text in scripts if dangerous.search(text) or HANGUL.search(text)] == []
