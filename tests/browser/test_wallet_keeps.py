"""What the browser keeps, how, and for whom: sealed, bound to its place, and gone when told so."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.simulators.browser import Visitor, assert_accessible, picture
from tests.simulators.web_wallet import RESIDENCY, WebWallet, command

# Everything in the database, as bytes and what can be told of keys.
DUMP = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('gwanin-wallet');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = async () => {
    const database = opening.result;
    const all = (name, what) => new Promise((done) => {
      const asked = database.transaction(name).objectStore(name)[what]();
      asked.onsuccess = () => done(asked.result);
    });
    const tell = (value) => (value instanceof Uint8Array ? new TextDecoder('latin1').decode(value)
      : value?.privateKey ? { extractable: value.privateKey.extractable }
      : value instanceof CryptoKey ? { extractable: value.extractable } : value);
    const found = {};
    for (const name of database.objectStoreNames) {
      found[name] = (await all(name, 'getAll')).map(tell);
    }
    database.close();
    resolve(found);
  };
})"""
SWAP = """() => new Promise((resolve) => {
  const opening = indexedDB.open('gwanin-wallet');
  opening.onsuccess = () => {
    const transaction = opening.result.transaction('credentials', 'readwrite');
    const store = transaction.objectStore('credentials');
    store.get(1).onsuccess = ({ target }) => store.put(target.result, 2);
    transaction.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""

REPIN = """() => new Promise((resolve) => {
  const opening = indexedDB.open('gwanin-wallet');
  opening.onsuccess = () => {
    const transaction = opening.result.transaction('meta', 'readwrite');
    const meta = transaction.objectStore('meta');
    meta.get('pin').onsuccess = ({ target }) => meta.put({ ...target.result, log: 'x' }, 'pin');
    transaction.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""


@pytest.fixture
def wallet(visitor: Visitor) -> WebWallet:
    found = WebWallet(visitor, width=360)
    found.receive(found.offer())
    return found


def _dump(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(DUMP)
    return found


def test_nothing_that_is_kept_can_be_read_and_no_key_can_be_taken(wallet: WebWallet) -> None:
    found = _dump(wallet.page)
    assert len(found["credentials"]) == 1
    assert found["keys"] == [{"extractable": False}]
    assert {"extractable": False} in found["meta"]
    sealed = json.dumps([found["credentials"], found["history"]])
    for text in ("김시범", "KIM", "eyJ", RESIDENCY):
        assert text.encode().decode("latin-1") not in sealed
        assert text not in sealed


def test_a_record_that_is_put_in_anothers_place_is_not_believed(wallet: WebWallet) -> None:
    wallet.page.evaluate(SWAP)
    wallet.page.goto(f"{wallet.url}/wallet")
    assert wallet.refusal() == "vault-unreadable"
    assert_accessible(wallet.page)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_is_removed_when_told_so_twice(visitor: Visitor, language: str) -> None:
    wallet = WebWallet(visitor, language=language, width=360)
    wallet.receive(wallet.offer())
    page = wallet.open("/wallet/settings")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    picture(page, "wallet-settings")
    page.locator("#persist").click()
    expect(page.locator("#persisted")).not_to_be_empty()
    page.locator("#delete button").click()
    expect(page.locator("#delete-problem")).not_to_be_empty()
    page.locator("#delete-tick").check()
    page.locator("#delete button").click()
    page.locator(
        "#view h2", has_text="모두 지웠어요" if language == "ko" else "is deleted"
    ).wait_for()
    assert page.evaluate("indexedDB.databases()") == []
    expect(wallet.open().locator(".empty")).to_be_visible()


def test_a_revocation_is_seen_and_what_is_not_known_is_said_so(visitor: Visitor) -> None:
    wallet = WebWallet(visitor, width=360)
    offer = wallet.offer()
    wallet.receive(offer)
    page = wallet.open("/wallet/card#1")
    told, check = page.locator("[data-status]"), page.locator("[data-check]")
    check.click()
    expect(told).to_contain_text("확인됨")
    wallet.context.route("**/status/**", lambda route: route.abort())
    check.click()
    expect(told).to_contain_text("지금은 확인할 수 없습니다")
    expect(told).to_contain_text("fetch-failed")
    wallet.context.unroute("**/status/**")
    command(wallet.city, ["issuer", "revoke", offer["entitlement_id"], "--reason", "R02"])
    check.click()
    expect(told).to_contain_text("폐기된 증명입니다")
    assert_accessible(page)
    picture(page, "wallet-card-revoked")


def test_another_registry_than_the_first_is_not_believed(wallet: WebWallet) -> None:
    wallet.page.evaluate(REPIN)
    wallet.paste(wallet.offer()["link"])
    assert wallet.refusal() == "registry-changed"
    assert_accessible(wallet.page)


def test_a_registry_that_forgets_what_it_has_signed_is_not_believed(wallet: WebWallet) -> None:
    """A head that was signed for other leaves, in the place of the one that was seen last."""
    wallet.context.route(
        "**/log/tile/entries/**",
        lambda route: route.fulfill(body=b"", content_type="application/octet-stream"),
    )
    wallet.paste(wallet.offer()["link"])
    assert wallet.refusal() == "malformed"


def test_what_is_kept_can_be_taken_along_without_its_keys(
    wallet: WebWallet, tmp_path: Path
) -> None:
    saved = json.loads(wallet.exported(tmp_path).read_text("utf-8"))
    (credential,) = saved["credentials"]
    assert credential["claims"]["nameKo"] == "김시범"
    assert set(credential) == {"id", "credential", "claims", "received_at"}


def test_optional_items_are_sent_only_if_chosen(wallet: WebWallet, tmp_path: Path) -> None:
    item = {
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [f"{wallet.url}/types/{RESIDENCY}/v1"]},
    }
    query = {
        "credentials": [
            {**item, "id": "age", "claims": [{"path": ["ageOver19"]}]},
            {**item, "id": "home", "claims": [{"path": ["residentOfSeoul"]}]},
        ],
        "credential_sets": [
            {"options": [["age"]]},
            {"options": [["home"]], "required": False},
        ],
    }
    for choose, sent in ((False, {"age"}), (True, {"age", "home"})):
        request = wallet.ask(query, tmp_path)
        wallet.open_request(request)
        boxes = wallet.page.locator("[data-optional] input")
        expect(boxes).to_have_count(1)
        assert_accessible(wallet.page)
        picture(wallet.page, "wallet-consent-optional")
        if choose:
            boxes.check()
        wallet.agree()
        assert set(wallet.verdict(request)["credentials"]) == sent


def test_the_whole_way_can_be_gone_by_keyboard(visitor: Visitor) -> None:
    wallet = WebWallet(visitor)
    offer = wallet.offer()
    page = wallet.open()
    _tab_to(page, ".empty .button")
    page.keyboard.press("Enter")
    page.locator("#link").wait_for()
    _tab_to(page, "#link")
    page.keyboard.insert_text(offer["link"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#tx-code").wait_for()
    _tab_to(page, "#tx-code")
    page.keyboard.type(offer["tx_code"])
    page.keyboard.press("Enter")
    page.locator("[data-keep]").wait_for()
    _tab_to(page, "[data-keep]")
    page.keyboard.press("Enter")
    page.locator("[data-card]").wait_for()
    _tab_to(page, "[data-card]")
    page.keyboard.press("Enter")
    page.locator("[data-remove]").wait_for()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus; the test fails if it never gets there."""
    for _ in range(40):
        if page.locator(selector).evaluate("found => found === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {selector}")
