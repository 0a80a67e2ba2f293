"""A citizen before the web wallet of a served city: what a person does, step by step.

    wallet = WebWallet(visitor, language="ko", width=360)
    wallet.receive(wallet.offer())                      # types the tx_code, agrees to keep
    wallet.open_request(wallet.request("VER-LIB", [["ageOver19"]]))
    wallet.agree()

Words are looked for by the elements' roles and hooks, so the same steps do in both languages.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from playwright.sync_api import Page

from city_services.seoul.city import City
from city_services.seoul.settings import Settings
from demo.city import Place
from issuer.cli import issuer_commands
from tests.simulators.browser import Visitor
from verifier.cli.desk import verifier_commands

RESIDENCY = "SeoulResidencyCredential"
CITIZEN_CARD = "SeoulCitizenCardCredential"


class WebWallet:
    """One browser profile that holds a wallet.

    city: where clerks and verifiers are, if that is not where the wallet's pages are.
    """

    def __init__(
        self,
        visitor: Visitor,
        *,
        city: Place | None = None,
        language: str = "ko",
        width: int = 1280,
        **profile: Any,
    ) -> None:
        self.visitor = visitor
        self.url = visitor.city.url
        self.city = city or visitor.city
        self.context = visitor.profile(language=language, width=width, **profile)
        self.page: Page = self.context.new_page()

    def open(self, path: str = "/wallet") -> Page:
        """A page of the wallet, ready."""
        self.page.goto(self.url + path)
        self.page.locator("html[data-ready]").wait_for(state="attached")
        return self.page

    def offer(
        self,
        type_name: str = RESIDENCY,
        *,
        agency: str = "GU-11620",
        claims: Path | None = None,
        options: Sequence[str] = (),
    ) -> dict[str, Any]:
        """What a clerk hands over: {link, tx_code, …}; P01's claims unless others are given."""
        file = claims or self.city.data_dir / "people" / f"P01.{type_name}.json"
        said = ["issuer", "offer", "--agency", agency, "--type", type_name]
        made: dict[str, Any] = command(self.city, [*said, "--claims", str(file), *options])
        return made

    def request(self, paths: list[list[str]], folder: Path, verifier: str = "VER-LIB") -> Any:
        """What a verifier asks: {link, result_id, …}."""
        query = {
            "credentials": [
                {
                    "id": "residency",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": [f"{self.city.url}/types/{RESIDENCY}/v1"]},
                    "claims": [{"path": path} for path in paths],
                }
            ]
        }
        return self.ask(query, folder, verifier)

    def ask(self, query: Any, folder: Path, verifier: str = "VER-LIB") -> Any:
        """The same for any DCQL query."""
        file = folder / "question.json"
        file.write_text(json.dumps(query), "utf-8")
        return command(
            self.city, ["verifier", "request", "--verifier", verifier, "--dcql", str(file)]
        )

    def verdict(self, request: Any) -> Any:
        """What the verifier found."""
        return command(self.city, ["verifier", "result", request["result_id"]])

    def paste(self, link: str, path: str = "/wallet/receive") -> None:
        """Paste a link where one is asked for."""
        self.open(path)
        self.page.locator("#link").fill(link)
        self.page.locator("[data-form] button").click()

    def type_code(self, code: str) -> None:
        """Type a transaction code and send it."""
        self.page.locator("#tx-code").fill(code)
        self.page.locator("#tx-code").press("Enter")

    def fetch(self, offer: dict[str, Any]) -> None:
        """Receive what a clerk handed over, up to the question whether to keep it."""
        self.paste(offer["link"])
        self.page.locator("#tx-code").wait_for()
        self.type_code(offer["tx_code"])
        self.page.locator("[data-keep]").wait_for()

    def receive(self, offer: dict[str, Any]) -> None:
        """Receive and keep what a clerk handed over."""
        self.fetch(offer)
        self.page.locator("[data-keep]").click()
        self.page.locator("[data-card]").wait_for()

    def open_request(self, request: Any) -> None:
        """Open a verifier's link, up to the question for consent."""
        self.page.goto(request["link"])
        self.page.locator("[data-required]").wait_for()

    def agree(self) -> None:
        """Tick what is required, and send."""
        self.page.locator("[data-required]").check()
        self.page.locator("[data-form] button:not([data-refuse])").click()
        self.page.get_by_role("heading", name=re.compile("보냈어요|It is sent")).wait_for()

    def refusal(self) -> str:
        """The code of the problem that the page shows."""
        self.page.locator("#view [role=alert] .code").wait_for()
        return self.page.locator("#view [role=alert] .code").inner_text()

    def exported(self, folder: Path) -> Path:
        """The file that the settings let a person save."""
        self.open("/wallet/settings")
        with self.page.expect_download() as download:
            self.page.locator("#export").click()
        file = folder / download.value.suggested_filename
        download.value.save_as(file)
        return file

    def kept(self) -> dict[str, int]:
        """How many keys and credentials this browser keeps."""
        counts: dict[str, int] = self.page.evaluate(_COUNT)
        return counts


def command(place: Place, said: Sequence[str]) -> Any:
    """What `gwanin` prints as JSON for a served city; in this process, which saves starting one."""
    city = City(Settings.from_env(place.environment))
    groups = {
        "issuer": issuer_commands(lambda: city.issuer),
        "verifier": verifier_commands(lambda: city.verifier),
    }
    try:
        done = CliRunner().invoke(groups[said[0]], [*said[1:], "--json"])
    finally:
        city.database.close()
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


_COUNT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('gwanin-wallet');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = async () => {
    const database = opening.result;
    const count = (name) => new Promise((done) => {
      const asked = database.transaction(name).objectStore(name).count();
      asked.onsuccess = () => done(asked.result);
    });
    const found = { keys: await count('keys'), credentials: await count('credentials') };
    database.close();
    resolve(found);
  };
})"""
