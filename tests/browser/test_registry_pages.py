"""The registry's public pages, and the check that a reader's own browser makes."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from playwright.sync_api import Browser, Page, Route, expect

from demo.city import Place, place, served
from demo.witnesses import watched
from tests.flows.test_demo import free_port
from tests.simulators.browser import Visitor, assert_accessible, picture

VIEWS = [("ko", 1280), ("en", 360)]
PAGES = {
    "registry-agencies": "/registry",
    "registry-nothing": "/registry?q=nobody",
    "registry-agency": "/registry/agencies/GU-11620",
    "registry-keys": "/registry/keys?q=GU",
    "registry-schemas": "/registry/schemas",
    "registry-checkpoints": "/registry/checkpoints",
}
STEPS = 10


def _looked_at(page: Page, name: str) -> None:
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, name)


def _check(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(검사 시작|Start)$")).click()
    page.locator("#verdict .message").wait_for()
    expect(page.locator("#check button")).to_be_enabled()


def _results(page: Page) -> list[str]:
    """What became of each step; `absent`, for want of witnesses, is as good as passed."""
    found = [line.get_attribute("data-result") or "" for line in page.locator("#steps > li").all()]
    assert "absent" not in (*found[:2], *found[3:])
    return ["passed" if one == "absent" else one for one in found]


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_the_pages_in_both_languages_on_a_phone_and_on_a_desk(
    visitor: Visitor, language: str, width: int
) -> None:
    page = visitor.profile(language=language, width=width).new_page()
    for name, path in PAGES.items():
        page.goto(visitor.city.url + path)
        assert page.locator("html").get_attribute("lang") == language
        _looked_at(page, name)


def test_from_the_front_door_to_one_agency_by_the_keyboard(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.get_by_role("link", name="등록부 보기").press("Enter")
    page.get_by_label("이름이나 코드로 찾기").fill("관악")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("관악구")).press("Enter")
    page.wait_for_url("**/registry/agencies/GU-11620")
    page.get_by_role("link", name="직접 검사하기").last.press("Enter")
    page.wait_for_url("**/registry/check?agency=GU-11620")
    assert page.locator("#agency").input_value().endswith(":dids:GU-11620")


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_a_reader_recomputes_everything(visitor: Visitor, language: str, width: int) -> None:
    page = visitor.open("/registry/check?agency=GU-11620", language=language, width=width)
    _looked_at(page, "registry-check")
    _check(page)
    assert _results(page) == ["passed"] * STEPS
    assert page.locator("#verdict .success").count() == 1
    _looked_at(page, "registry-check-passed")
    for code in ("SEL-DIG", "VER-LIB"):
        page.locator("#agency").select_option(
            page.locator(f'option[data-code="{code}"]').get_attribute("value")
        )
        _check(page)
        assert _results(page) == ["passed"] * STEPS


# What is changed on its way, and the step that says so


def _changing(change: Callable[[bytes], bytes]) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        fetched = route.fetch()
        route.fulfill(response=fetched, body=change(fetched.body()))

    return answer


def _byte(pattern: bytes, other: bytes) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        changed, times = re.subn(pattern, other, body, count=1)
        assert times == 1
        assert len(changed) == len(body)
        return changed

    return change


def _in_leaf(pattern: bytes, other: bytes) -> Callable[[bytes], bytes]:
    """Change the leaf that a proof brings along."""

    def change(body: bytes) -> bytes:
        found = re.search(rb"^extra (.*)$", body, re.MULTILINE)
        assert found
        leaf = _byte(pattern, other)(base64.b64decode(found[1]))
        return body.replace(found[1], base64.b64encode(leaf))

    return change


def _longer(body: bytes) -> bytes:
    """Say that the log has one leaf more."""
    origin, size, rest = body.split(b"\n", 2)
    return b"\n".join((origin, b"%d" % (int(size) + 1), rest))


def _other_path(body: bytes) -> bytes:
    """Turn one bit of the first hash of the path."""
    found = re.search(rb"^index [0-9]+\n(.*)$", body, re.MULTILINE)
    assert found
    raw = bytearray(base64.b64decode(found[1]))
    raw[0] ^= 1
    return body.replace(found[1], base64.b64encode(raw), 1)


def _latest(body: bytes) -> bytes:
    """Say that another version is the latest one."""
    answer = json.loads(body)
    answer["rows"][0]["row"][1] = "2-" + answer["rows"][0]["row"][1][2:]
    return json.dumps(answer).encode()


DIRECTORY, HEAD, LOG = "**/log/directory/**", "**/log/checkpoint", "**/did.jsonl"
TAMPERED = {
    "head": (HEAD, _longer, "signature-invalid"),
    "directory": (DIRECTORY, _byte(rb"@v1", b"@v2"), "malformed"),
    "latest": (DIRECTORY, _latest, "inclusion-invalid"),
    "leaf": ("own", _in_leaf(rb'"kind":"did"', b'"kind":"dId"'), "unsupported"),
    "chain": ("before", _in_leaf(rb'"t":"20', b'"t":"21'), "leaf-chain-broken"),
    "inclusion": ("own", _other_path, "inclusion-invalid"),
    "history": (LOG, _byte(rb'"created":"2', b'"created":"1'), "log-proof-invalid"),
}


@pytest.fixture(scope="module")
def names() -> list[str]:
    """The steps in their order."""
    script = Path(__file__).parents[2] / "did_registry/web/static/check_entry.js"
    return re.findall(r"^  \['([a-z]+)', ", script.read_text("utf-8"), re.MULTILINE)


def _pattern(page: Page, pattern: str) -> str:
    """The address of the proof of the agency's own leaf, or of the one before it."""
    if pattern not in {"own", "before"}:
        return pattern
    did = page.locator("#agency").input_value()
    scid = did.split(":")[2]
    answer = page.request.get(f"{page.url.split('/registry')[0]}/log/directory/did/{scid}").json()
    index = answer["rows"][0]["row"][2] - (pattern == "before")
    return f"**/log/proof/{index}.tlog-proof"


def test_one_wrong_byte_is_named_by_its_step(visitor: Visitor, names: list[str]) -> None:
    page = visitor.open("/registry/check?agency=GU-11620")
    for step, (where, change, code) in TAMPERED.items():
        pattern = _pattern(page, where)
        page.route(pattern, _changing(change))
        _check(page)
        page.unroute(pattern)
        at = names.index(step)
        expected = ["passed"] * at + ["failed"] + ["skipped"] * (STEPS - at - 1)
        assert _results(page) == expected, step
        assert code in page.locator(f'[data-step="{step}"] .said').inner_text(), step
        assert f"{at + 1}단계" in page.locator("#verdict .danger").inner_text()
    _looked_at(page, "registry-check-failed")
    _check(page)
    assert _results(page) == ["passed"] * STEPS


def test_a_file_of_another_agency_is_not_this_ones(visitor: Visitor, names: list[str]) -> None:
    page = visitor.open("/registry/check?agency=GU-11620")
    page.route(
        LOG, lambda route: route.continue_(url=route.request.url.replace("GU-11620", "SEL-DIG"))
    )
    _check(page)
    assert _results(page)[names.index("history")] == "failed"


def test_what_can_not_be_fetched_is_unknown_and_not_wrong(
    visitor: Visitor, names: list[str]
) -> None:
    page = visitor.open("/registry/check?agency=GU-11620", language="en", width=360)
    page.route(DIRECTORY, lambda route: route.abort())
    _check(page)
    at = names.index("directory")
    assert _results(page) == ["passed"] * at + ["unknown"] + ["skipped"] * (STEPS - at - 1)
    assert page.locator("#verdict .warning").count() == 1
    assert page.locator("#verdict .danger").count() == 0
    _looked_at(page, "registry-check-unknown")


def test_a_trust_file_of_the_readers_own_decides(
    visitor: Visitor, names: list[str], tmp_path: Path
) -> None:
    page = visitor.open("/registry/check?agency=GU-11620")
    trust = json.loads((visitor.city.data_dir / "trust.json").read_text("utf-8"))
    witness = "SEL-WIT1+" + _vkey("SEL-WIT1", b"\x04")
    cases = {
        "same": (trust, None),
        "witness": (trust | {"witnesses": [witness], "quorum": 1}, "witnesses"),
        "other log": (trust | {"log": "other.example+" + _vkey("other.example", b"\x01")}, "head"),
        "broken": (trust | {"log": trust["log"].replace("+", "+0", 1)}, "keys"),
    }
    page.locator("summary").first.click()
    for name, (content, step) in cases.items():
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(content), "utf-8")
        page.locator("#trust").set_input_files(file)
        _check(page)
        at = STEPS if step is None else names.index(step)
        assert _results(page)[: at + 1] == (["passed"] * at + ["failed"])[:STEPS], name


def _vkey(name: str, kind: bytes) -> str:
    material = kind + bytes(SigningKey(bytes(range(32))).verify_key)
    key_id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    return f"{key_id.hex()}+{base64.b64encode(material).decode()}"


# A city that three witnesses watch


@pytest.fixture(scope="module")
def watched_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A city like the demo's: two of three witnesses must have signed."""
    folder = tmp_path_factory.mktemp("watched") / "var"
    folder.mkdir(mode=0o700)
    city = place(port=free_port(), workers=1, data_dir=folder, database_url=None)
    with watched(city) as seen:
        seen.run(["gwanin", "seed"])
        with served(seen):
            yield seen


def test_the_witnesses_count(browser: Browser, watched_city: Place, names: list[str]) -> None:
    visitor = Visitor(browser, watched_city)
    page = visitor.open("/registry/checkpoints")
    expect(page.locator("tbody tr").first.locator(".witnesses .success")).to_have_count(3)
    _looked_at(page, "registry-checkpoints-watched")
    page = visitor.open("/registry/check?agency=GU-11620")
    _check(page)
    lines = page.locator("#steps > li").all()
    assert [line.get_attribute("data-result") for line in lines] == ["passed"] * STEPS
    said = page.locator('[data-step="witnesses"] .said')
    assert "SEL-WIT1, SEL-WIT2, SEL-WIT3" in said.inner_text()
    at = names.index("witnesses")
    for change, code in (
        (_one_witness, "quorum-missing"),
        (_other_cosignature, "signature-invalid"),
    ):
        page.route(HEAD, _changing(change))
        _check(page)
        page.unroute(HEAD)
        assert _results(page)[: at + 1] == ["passed"] * at + ["failed"], code
        assert code in said.inner_text()
    visitor.leave()


def test_what_has_changed_is_drawn_and_checked(browser: Browser, watched_city: Place) -> None:
    for command in (["rotate", "GU-11620"], ["deactivate", "VER-EMP"]):
        act = watched_city.run_json(["gwanin", "registry", *command, "--by", "SEL-DIG-01"])
        watched_city.run(["gwanin", "registry", "approve", act["act"], "--by", "SEL-DIG-02"])
    visitor = Visitor(browser, watched_city)
    page = visitor.open("/registry/agencies/GU-11620")
    for _ in range(20):  # a view of the registry is used for five seconds
        if page.locator(".bar.retired").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".bar.retired")).to_have_count(2)
    expect(page.locator(".bar.current")).to_have_count(2)
    _looked_at(page, "registry-agency-rotated")
    page.goto(f"{watched_city.url}/registry/agencies/VER-EMP")
    expect(page.locator(".badges .danger")).to_have_text("사용 종료")
    _looked_at(page, "registry-agency-ended")
    for code, said in (("GU-11620", "2줄"), ("VER-EMP", "3줄")):
        page.goto(f"{watched_city.url}/registry/check?agency={code}")
        _check(page)
        assert _results(page) == ["passed"] * STEPS, code
        assert said in page.locator('[data-step="history"] .said').inner_text()
    assert "사용을 끝낸" in page.locator('[data-step="latest"] .said').inner_text()
    visitor.leave()


def _one_witness(body: bytes) -> bytes:
    """Leave out all cosignatures but the first."""
    return b"".join(line for line in body.splitlines(keepends=True) if not _is_later(line))


def _is_later(line: bytes) -> bool:
    return line.startswith(("\u2014 SEL-WIT2".encode(), "\u2014 SEL-WIT3".encode()))


def _other_cosignature(body: bytes) -> bytes:
    """Turn one bit of the last witness's signature."""
    line = body.splitlines()[-1].split(b" ")
    raw = bytearray(base64.b64decode(line[-1]))
    raw[-1] ^= 1
    return body.replace(line[-1], base64.b64encode(raw))
