"""Hosts of DIDs, as the outbound client would see them, without a network; and parties on them.

host = DidHost()
abroad = Abroad(host, clock, "web")          # did:web:busan.example:dids:BSN, or "webvh"
abroad.did, abroad.key_id, abroad.signer
abroad.rotate()                              # another key, under the next name
host.served[abroad.url] = 503                # away
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from credentials.claims import Claims
from credentials.jcs import canonicalize
from credentials.keys import Ed25519Signer, P256Signer, PublicKey
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.elsewhere import keys_url
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.writer import build_genesis, build_next, next_key_hash
from tests.simulators.clock import SimulatedClock
from web.errors import FetchFailed
from web.fetched import Fetched

HOST: Final = "busan.example"


class DidHost:
    """Answers what it was given, by URL; `asked` are the URLs in order."""

    def __init__(self, **served: bytes | int | Exception) -> None:
        self.served: dict[str, bytes | int | Exception] = dict(served)
        self.asked: list[str] = []

    def get(self, url: str, *, accept: Sequence[str], max_bytes: int) -> Fetched:
        """As `Outbound.get`."""
        assert accept
        self.asked.append(url)
        found = self.served.get(url, 404)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, int):
            return Fetched(status=found, content_type="", body=b"", headers={})
        if len(found) > max_bytes:
            raise FetchFailed("too long")
        return Fetched(status=200, content_type=accept[0], body=found, headers={})


class Abroad:
    """An agency or verifier of another city. issuer: the Credential Issuer that its DID names."""

    def __init__(
        self,
        host: DidHost,
        clock: SimulatedClock,
        method: Literal["web", "webvh"],
        *,
        purposes: Sequence[Purpose] = (Purpose.ASSERTION,),
        domain: str = HOST,
        issuer: str | None = None,
    ) -> None:
        self._host, self._clock, self._method = host, clock, method
        self._purposes, self._issuer = purposes, issuer
        self._domain = domain
        self._generation, self._log = 0, b""
        self._history: History | None = None
        self.did = f"did:web:{domain}:dids:BSN"
        self.rotate()

    @property
    def url(self) -> str:
        """Where its keys stand."""
        return keys_url(self.did)

    @property
    def key_id(self) -> str:
        return f"{self.did}#key-{self._generation}"

    @property
    def signer(self) -> P256Signer:
        """Its signing key of today."""
        return P256Signer(bytes([0x40 + self._generation]) * 32)

    def rotate(self, *, keep: bool = False) -> None:
        """Sign with another key from now on. keep: go on listing the keys of before."""
        first = 1 if keep or not self._generation else self._generation + 1
        self._generation += 1
        keys = {
            f"key-{n}": P256Signer(bytes([0x40 + n]) * 32).public_key
            for n in range(first, self._generation + 1)
        }
        self.show(keys)

    def show(self, keys: Mapping[str, PublicKey], **changes: Any) -> None:
        """List these keys from now on. changes: to the members of the document."""
        self._publish(keys, changes)

    def _publish(self, keys: Mapping[str, PublicKey], changes: Claims) -> None:
        if self._method == "web":
            self._host.served[self.url] = canonicalize(self._document(self.did, keys) | changes)
            return
        updater, following = (
            Ed25519Signer(bytes([0xA0 + len(self._lines()) + n]) * 32) for n in (0, 1)
        )
        hashes, now = [next_key_hash(following.public_key)], self._clock()
        if self._history is None:
            name = placeholder_did(self._domain, None, ("dids", "BSN"))
            line = build_genesis(
                document=self._document(name, keys) | changes,
                signer=updater,
                next_key_hashes=hashes,
                now=now,
            )
            self._history = begin(parse_entry(line[:-1], number=1), now)
            self.did = str(self._history.did)
        else:
            line = build_next(
                self._history,
                document=self._document(self.did, keys) | changes,
                signer=updater,
                next_key_hashes=hashes,
                now=now,
            )
            entry = parse_entry(line[:-1], number=len(self._lines()) + 1)
            self._history = self._history.advance(entry, now)
        self._log += line
        self._host.served[self.url] = self._log

    def _lines(self) -> list[bytes]:
        return self._log.splitlines()

    def _document(self, did: str, keys: Mapping[str, PublicKey]) -> Claims:
        return build_agency_document(
            did, dict(keys), purposes=self._purposes, credential_issuer=self._issuer
        )
