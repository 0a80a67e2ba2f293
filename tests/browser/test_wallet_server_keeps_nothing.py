"""The server of the web wallet stands alone, relays a whole journey, and keeps nothing of it.

Three processes: a city (issuer, verifier, registry), the wallet's server on another origin with a
data folder of its own, and a browser.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser

from demo.city import Place, place, served
from tests.flows.test_demo import free_port
from tests.simulators.browser import Visitor
from tests.simulators.web_wallet import WebWallet

# Nobody else has such a name or address, so wherever it is found, it came from this journey.
NAME, POSITION = "카나리아새", "카나리아위원"
CERTIFICATE = "CityCertificateCredential"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("city") / "var"
    found = place(port=free_port(), workers=1, data_dir=folder, database_url=None)
    roles = {"GWANIN_ROLES": "issuer,verifier,registry"}
    found = replace(found, environment={**found.environment, **roles})
    found.run(["gwanin", "seed"])
    with served(found):
        yield found


@pytest.fixture(scope="module")
def wallet_server(city: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder with the trust file in it, and nothing else: no seed, no passphrase, no keys."""
    folder = tmp_path_factory.mktemp("wallet") / "var"
    folder.mkdir(mode=0o700)
    shutil.copy(city.data_dir / "trust.json", folder)
    found = place(port=free_port(), workers=1, data_dir=folder, database_url=None)
    own = {"GWANIN_ROLES": "wallet", "GWANIN_REGISTRY_URL": city.url}
    found = replace(found, environment={**found.environment, **own})
    with served(found):
        yield found


def test_a_journey_leaves_no_trace_on_the_wallets_server(
    browser: Browser, city: Place, wallet_server: Place, tmp_path: Path
) -> None:
    visitor = Visitor(browser, wallet_server)
    wallet = WebWallet(visitor, city=city)
    offer = wallet.offer(CERTIFICATE, agency="SEL-HR", claims=_canary(city, tmp_path))
    wallet.receive(offer)
    request = wallet.ask(_question(city), tmp_path, verifier="VER-EMP")
    wallet.open(f"/wallet/requests#{request['link'].partition('#')[2]}")
    wallet.agree()
    exported = wallet.exported(tmp_path)
    visitor.leave()
    assert wallet.verdict(request)["claims"]["body"] == {"position": POSITION}

    credential = json.loads(exported.read_text("utf-8"))["credentials"][0]["credential"]
    needles = [
        *_spellings(NAME),
        *_spellings(POSITION),
        *(part.encode() for part in credential.split("~") if part),  # signature and disclosures
        offer["tx_code"].encode(),
        offer["link"].rpartition("%2F")[2].encode(),
        request["request_uri"].rpartition("/")[2].encode(),
    ]
    assert _files_with(needles, wallet_server.data_dir) == []
    assert {path.name for path in wallet_server.data_dir.iterdir()} == {"trust.json", "server.log"}
    # The same search finds what there is: at the wallet's owner, and at those who keep records.
    assert exported.name in _files_with(needles[:2], tmp_path)
    assert _files_with(needles[-1:], city.data_dir)


def test_the_relay_of_a_wallet_that_stands_alone_is_no_open_proxy(
    city: Place, wallet_server: Place
) -> None:
    ours = {"Sec-Fetch-Site": "same-origin"}
    relay = f"{wallet_server.url}/wallet/relay"

    def relayed(url: str, headers: dict[str, str] = ours) -> httpx.Response:
        body = {"method": "GET", "url": url, "accept": ["text/plain", "application/json"]}
        return httpx.post(relay, json=body, headers=headers)

    assert relayed(f"{city.url}/log/checkpoint").headers["X-Relayed-Status"] == "200"
    for url in ("https://example.com/", "http://localhost:22/", wallet_server.url + "/time"):
        assert relayed(url).json()["code"] == "relay-refused"
    assert relayed(f"{city.url}/time", {"Sec-Fetch-Site": "cross-site"}).status_code == 403


def _canary(city: Place, folder: Path) -> Path:
    sample = city.data_dir / "people" / f"P12.{CERTIFICATE}.json"
    claims = json.loads(sample.read_text("utf-8"))
    claims |= {"holderName": NAME, "body": {**claims["body"], "position": POSITION}}
    file = folder / "claims"
    file.write_text(json.dumps(claims), "utf-8")
    return file


def _question(city: Place) -> dict[str, Any]:
    return {
        "credentials": [
            {
                "id": "appointment",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [f"{city.url}/types/{CERTIFICATE}/v1"]},
                "claims": [{"path": ["body", "position"]}],
            }
        ]
    }


def _spellings(text: str) -> list[bytes]:
    """A text in UTF-8, and as JSON and URLs may spell it."""
    return [text.encode(), json.dumps(text)[1:-1].encode(), quote(text).encode()]


def _files_with(needles: list[bytes], folder: Path) -> list[str]:
    """The names of all files below a folder that hold one of these."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in needles)]
