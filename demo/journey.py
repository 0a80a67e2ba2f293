"""P01's journey, step by step, through the commands and HTTP; never by import."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import zxingcpp
from PIL import Image

from demo.city import DemoFailed, Place
from demo.screen import Screen

PERSON = "P01"
TYPE = "SeoulResidencyCredential"
AGENCY = "GU-11620"
VERIFIER = "VER-LIB"
LIST_TTL_SECONDS = 6  # the demo's status lists may be kept for five


class Journey:
    """One citizen, one agency, one verifier. folder: private, for the wallet's files."""

    def __init__(self, city: Place, screen: Screen, folder: Path) -> None:
        self._city = city
        self._screen = screen
        self._folder = folder
        self._wallet = [
            "gwanin-wallet",
            "--vault",
            str(folder / "p01.vault"),
            "--passphrase-file",
            str(folder / "passphrase"),
        ]

    def walk(self) -> None:
        """All steps; raises DemoFailed at the first that does not go as it must."""
        self._prepare_wallet()
        offer = self._offer()
        self._receive(self._scan(), offer["tx_code"])
        request, first = self._ask(expect_code="OK", status=0)
        self._audit()
        self._revoke(offer["entitlement_id"])
        _, second = self._ask(expect_code="REVOKED", status=1, again=True)
        self._audit(again=True)
        self._replay(request)
        self._screen.checks(first, second)

    def _prepare_wallet(self) -> None:
        passphrase = self._folder / "passphrase"
        passphrase.write_text("a passphrase for one demonstration\n", "utf-8")
        passphrase.chmod(0o600)
        (self._folder / "p01.vault").unlink(missing_ok=True)
        (self._folder / "question.json").write_text(json.dumps(self._question()), "utf-8")

    def _question(self) -> dict[str, Any]:
        claims = [{"path": [name], "values": [True]} for name in ("residentOfSeoul", "ageOver19")]
        vct = f"{self._city.url}/types/{TYPE}/v1"
        query = {"id": "residency", "format": "dc+sd-jwt", "meta": {"vct_values": [vct]}}
        return {"credentials": [{**query, "claims": claims}]}

    def _offer(self) -> Any:
        with self._screen.step("offer"):
            claims = self._city.data_dir / "people" / f"{PERSON}.{TYPE}.json"
            offer = self._city.run_json(
                [
                    *("gwanin", "issuer", "offer", "--agency", AGENCY, "--type", TYPE),
                    *("--claims", str(claims), "--qr", str(self._picture())),
                ]
            )
        self._screen.fact(f"offer {offer['offer_uri']}")
        self._screen.fact(f"tx_code {offer['tx_code']} (goes to the citizen by another way)")
        return offer

    def _scan(self) -> str:
        with self._screen.step("qr"), Image.open(self._picture()) as picture:
            codes = zxingcpp.read_barcodes(picture)
            size = picture.size
        if len(codes) != 1:
            raise DemoFailed("the QR picture can't be read")
        self._screen.fact(f"{self._picture()} ({size[0]}×{size[1]} pixels)")
        self._screen.fact(codes[0].text)
        return codes[0].text

    def _receive(self, link: str, tx_code: str) -> None:
        with self._screen.step("receive"):
            kept = self._city.run_json([*self._wallet, "receive", link, "--tx-code", tx_code])
        self._screen.fact(f"{kept['type']} ({kept['format']}) {kept['issuer_name_ko']}")
        self._screen.fact(f"{len(kept['claims'])} claims, all of them the holder's to withhold")

    def _ask(self, *, expect_code: str, status: int, again: bool = False) -> tuple[Any, Any]:
        with self._screen.step("again" if again else "request"):
            request = self._city.run_json(
                [
                    *("gwanin", "verifier", "request", "--verifier", VERIFIER),
                    *("--dcql", str(self._folder / "question.json")),
                ]
            )
        with self._screen.step("present"):
            sent = self._city.run_json([*self._wallet, "present", request["link"], "--yes"])
        for line in sent["consent"]:
            for part in line.split("\n"):
                self._screen.fact(part)
        with self._screen.step("verdict"):
            result = self._city.run_json(
                ["gwanin", "verifier", "result", request["result_id"], "--wait", "10"],
                expect=status,
            )
        if result["code"] != expect_code:
            raise DemoFailed(f"the verdict is {result['code']}, not {expect_code}")
        claims = json.dumps(result["claims"], ensure_ascii=False) if result["claims"] else ""
        self._screen.fact(f"{result['decision']} [{result['code']}] {claims}")
        return request, result

    def _audit(self, *, again: bool = False) -> None:
        with self._screen.step("audit-again" if again else "audit"):
            remember = str(self._folder / "registry.audit")
            audit = self._city.run_json(
                ["gwanin", "registry", "audit", self._city.url, "--remember", remember]
            )
        if again and not audit["continued"]:
            raise DemoFailed("the log was not proven to continue the head that was audited before")
        self._screen.fact(f"{audit['size']} leaves, root {audit['root']}")
        self._screen.fact(
            f"{audit['continued']} as they were before, {audit['replayed']} replayed,"
            f" {audit['files']} files compared"
        )

    def _revoke(self, entitlement: str) -> None:
        with self._screen.step("revoke"):
            changed = self._city.run_json(
                ["gwanin", "issuer", "revoke", entitlement, "--reason", "R02"]
            )
            # The library's server may use its copy of the list until the list's ttl is over.
            time.sleep(LIST_TTL_SECONDS)
        self._screen.fact(f"{changed['status']}, published at {changed['published_at']}")

    def _replay(self, request: Any) -> None:
        with self._screen.step("replay"):
            answer = httpx.get(request["request_uri"], timeout=10)
        if answer.status_code != 400:
            raise DemoFailed("a request that was answered is still served")
        self._screen.fact(f"HTTP {answer.status_code} {answer.json()['error_description']}")

    def _picture(self) -> Path:
        return self._folder / "offer.png"
