"""A server on loopback that serves our ES modules and their tests to a browser.

with js_pages() as url:
    page.goto(f"{url}/run?file=jws.test.js")

The test files are those that node runs; `node:test`, `node:assert/strict` and the reader of vectors
are replaced by those of tests/js/in_browser. The page has the city's kind of policy: scripts from
its own origin only, none inline, no eval.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import unquote, urlsplit

ROOT: Final = Path(__file__).parents[2]
POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types"
)
PAGE: Final = (
    b"<!doctype html><meta charset=utf-8><title>tests</title>"
    b"<script type=module src=/in_browser/run.js></script>"
)
REPLACED: Final = {
    "'node:test'": "'/in_browser/noted_tests.js'",
    "'node:assert/strict'": "'/in_browser/assert.js'",
}
FOLDERS: Final = {
    "/web/static/js/": ROOT / "web" / "static" / "js",
    "/tests/js/": ROOT / "tests" / "js",
    "/in_browser/": ROOT / "tests" / "js" / "in_browser",
    "/vectors/": ROOT / "tests" / "vectors",
    "/names/": ROOT / "tests" / "vectors",
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # head and body in one packet: else each answer waits for an ACK
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == "/run":
            return self._answer(PAGE, "text/html")
        if path == "/tests/js/simulators/vectors.js":
            path = "/in_browser/vectors.js"
        prefix = next((one for one in FOLDERS if path.startswith(one)), None)
        file = None if prefix is None else (FOLDERS[prefix] / path[len(prefix) :]).resolve()
        if file is None or ROOT not in file.parents:
            return self.send_error(HTTPStatus.NOT_FOUND)
        if prefix == "/names/" and file.is_dir():
            found = json.dumps(sorted(one.name for one in file.iterdir()))
            return self._answer(found.encode(), "application/json")
        if prefix == "/names/" or not file.is_file():
            return self.send_error(HTTPStatus.NOT_FOUND)
        return self._answer(_content(file), _kind(file))

    def _answer(self, data: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """A test says enough when it fails."""


@contextmanager
def js_pages() -> Iterator[str]:
    """The URL of a running server; it ends with the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _content(file: Path) -> bytes:
    data = file.read_bytes()
    if file.suffix != ".js":
        return data
    text = data.decode()
    for name, replacement in REPLACED.items():
        text = text.replace(name, replacement)
    return text.encode()


def _kind(file: Path) -> str:
    return "text/javascript" if file.suffix == ".js" else "application/octet-stream"
