"""A copy of everything that a registry serves, as files in memory; a test changes them one by one.

files = copy_of(registry.http().get, registry.replay(), url=registry.url)
files.put("/log/tile/0/000.p/9", b"…")           # instead of what was copied
files.remove("/dids/GU-11620/did.jsonl")
audit_over_http(anchor, registry.url, files.outbound, …)
files.restore()
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from werkzeug.test import TestResponse

from did_registry.tlog.tiles import changed_bundles, changed_tiles
from did_registry.view import RegistryView
from tests.simulators.network import SimulatedNetwork
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

BUNDLE: Final = "application/octet-stream"

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ServedFiles:
    """A WSGI application at one address.

    outbound: a fetcher to which this is the server there; asked: what was fetched; statuses: path →
    HTTP status instead of 200; interrupt_at: the path at which somebody presses Ctrl-C.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []
        self.statuses: dict[str, int] = {}
        self.interrupt_at: str | None = None
        self._copied: dict[str, bytes] = {}
        self._files: dict[str, bytes] = {}
        self._types: dict[str, str] = {}
        self.outbound = Outbound(
            allowed=frozenset(),
            network=SimulatedNetwork().network,
            tls=tls_context(None),
            own_origin=parse_origin(url),
            own_app=self,
        )

    @property
    def paths(self) -> list[str]:
        """Every file that was copied."""
        return sorted(self._copied)

    def add(self, path: str, body: bytes, media_type: str) -> None:
        """One more file of the copy."""
        self._copied[path] = self._files[path] = body
        self._types[path] = media_type

    def clear(self) -> None:
        """Forget every file."""
        self._copied, self._files, self._types = {}, {}, {}

    def read(self, path: str) -> bytes:
        """What stands at a path now."""
        return self._files[path]

    def put(self, path: str, body: bytes) -> None:
        """Serve something else there."""
        self._files[path] = body

    def remove(self, path: str) -> None:
        """Serve nothing there."""
        del self._files[path]

    def move(self, path: str, to: str) -> None:
        """Serve a file at another path."""
        self._files[to], self._types[to] = self._files.pop(path), self._types[path]

    def restore(self) -> None:
        """Serve what was copied."""
        self._files = dict(self._copied)
        self.asked.clear()
        self.statuses.clear()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        if path == self.interrupt_at:
            raise KeyboardInterrupt
        self.asked.append(path)
        body = self._files.get(path)
        if body is None:
            start_response("404 NOT FOUND", [("Content-Type", "text/plain")])
            return []
        start_response(f"{self.statuses.get(path, 200)} Any", [("Content-Type", self._types[path])])
        return [body]


def copy_of(
    get: Callable[[str], TestResponse], view: RegistryView, *, url: str, lists: bool = True
) -> ServedFiles:
    """Copy a registry's files. get: of a client; view: what follows from its log; lists: whether it
    serves status lists as well."""
    files = ServedFiles(url)
    for path in _paths(view, url if lists else None):
        answer = get(path)
        assert answer.status_code == 200, path
        files.add(path, answer.data, str(answer.mimetype))
    return files


def _paths(view: RegistryView, list_url: str | None) -> list[str]:
    size = view.checkpoint.size
    codes = [history.did.path[-1] for history in view.histories.values()]
    return [
        "/log/checkpoint",
        "/log/urgent",
        *(f"/log/{tile.path}" for tile in changed_tiles(0, size)),
        *(f"/log/{bundle.path}" for bundle in changed_bundles(0, size)),
        *(f"/dids/{code}/{name}" for code in codes for name in ("did.jsonl", "did-witness.json")),
        *(f"/{path}" for path in view.schemas),
        *(uri.removeprefix(list_url) for uri in view.lists if list_url is not None),
    ]
