"""The one HTTP client: everything that a role fetches from another server passes here.

No redirects, no cookies, no proxies, no compression: there is no client object that could have
them, only one request over one checked connection. Requests to our own public URL are answered by
our own application in the same process, so that no worker waits for itself.
"""

import json
import re
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpcore
import httpx

from credentials.strict_json import JsonValue
from openid4vc.form import encode_form
from web.errors import FetchFailed, FetchRefused, SettingRefused
from web.fetch_failures import FailureMemory
from web.fetch_guard import Authority, Destination, authority, check_url
from web.fetched import Fetched, check_type, collect
from web.guarded_connection import TOTAL_SECONDS, Deadline, GuardedBackend, Network
from web.origin import Origin
from web.own_app import OwnApp

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MAX_FETCH_BYTES: Final = 1024 * 1024
MAX_CONCURRENT: Final = 8  # in one worker, so that slow strangers cannot take all its threads

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"

_HEADER_VALUE: Final = re.compile(r"[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?")


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verification of names against the public authorities, and those in `ca_file` (PEM).

    Raises SettingRefused when the file can't be used.
    """
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:
            raise SettingRefused("GWANIN_CA_FILE is not a file of PEM certificates") from error
    return context


class Outbound:
    """Fetches for a whole process; safe to share between threads.

    allowed: hosts and ports that may be reached though private or over plain http; our own is
    always among them. own_origin with own_app: requests there stay in this process.

    Every method: `accept` lists the media types asked for, and a success with a body of another
    type is a failure; `bearer` is an access token; `max_bytes` bounds the body. All raise
    FetchRefused when the guard says no, FetchFailed when no usable answer came.
    """

    def __init__(
        self,
        *,
        allowed: frozenset[Authority],
        network: Network,
        tls: ssl.SSLContext,
        own_origin: Origin | None = None,
        own_app: "WSGIApplication | None" = None,
    ) -> None:
        own = {authority(own_origin.host, own_origin.port)} if own_origin else set()
        self._allowed = allowed | own
        self._network = network
        self._tls = tls
        self._own_origin = own_origin
        self._own_app = OwnApp(own_app) if own_app else None
        self._slots = threading.BoundedSemaphore(MAX_CONCURRENT)
        self._failures = FailureMemory(network.monotonic)

    def get(
        self,
        url: str,
        *,
        accept: Sequence[str],
        max_bytes: int = MAX_FETCH_BYTES,
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """GET a document."""
        sent = _headers(accept, bearer, headers)
        return self._fetch("GET", url, None, sent, accept, max_bytes)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str,
        accept: Sequence[str],
        max_bytes: int = MAX_FETCH_BYTES,
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """POST a body of any media type, such as a JWE or a signed note."""
        sent = {**_headers(accept, bearer, headers), "Content-Type": _value(content_type)}
        return self._fetch("POST", url, body, sent, accept, max_bytes)

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        accept: Sequence[str] = (JSON,),
        max_bytes: int = MAX_FETCH_BYTES,
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """POST form fields, as a token endpoint or `response_uri` takes them."""
        body = encode_form(fields)
        return self.post(
            url,
            body,
            content_type=FORM,
            accept=accept,
            max_bytes=max_bytes,
            bearer=bearer,
            headers=headers,
        )

    def post_json(
        self,
        url: str,
        body: JsonValue,
        *,
        accept: Sequence[str] = (JSON,),
        max_bytes: int = MAX_FETCH_BYTES,
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """POST a JSON value."""
        return self.post(
            url,
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode(),
            content_type=JSON,
            accept=accept,
            max_bytes=max_bytes,
            bearer=bearer,
            headers=headers,
        )

    def _fetch(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        accept: Sequence[str],
        max_bytes: int,
    ) -> Fetched:
        destination = check_url(url, self._allowed)
        try:
            request = httpx.Request(method, url, headers=headers, content=body)
        except (httpx.InvalidURL, ValueError) as error:
            # Such as `xn--` with nothing that it could stand for, or 999.999.999.999.
            raise FetchRefused("the URL has no host name that is one") from error
        if self._own_app and _is_own(destination, self._own_origin):
            with closing(self._own_app.answer(request)) as answer:
                fetched = collect(
                    answer.status_code, answer.headers.raw, answer.iter_raw(), max_bytes
                )
        else:
            fetched = self._over_the_network(destination, request, max_bytes)
        check_type(fetched, accept)
        return fetched

    def _over_the_network(
        self, destination: Destination, request: httpx.Request, max_bytes: int
    ) -> Fetched:
        self._failures.check(destination)
        total = Deadline(self._network.monotonic, TOTAL_SECONDS)
        backend = GuardedBackend(destination, self._network, total)
        try:
            with self._slot(total), self._connection(backend) as pool:
                url = request.url
                target = httpcore.URL(
                    scheme=url.raw_scheme,
                    host=url.raw_host,
                    port=url.port,
                    target=url.raw_path,
                )
                with pool.stream(
                    request.method,
                    target,
                    headers=request.headers.raw,
                    content=request.content or None,
                ) as response:
                    return collect(
                        response.status, response.headers, response.iter_stream(), max_bytes
                    )
        except httpcore.ProtocolError as error:
            raise FetchFailed("the other server does not speak HTTP/1.1 properly") from error
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            self._failures.remember(destination)
            raise FetchFailed(_reason(error)) from error

    def _connection(self, backend: GuardedBackend) -> httpcore.ConnectionPool:
        # One pool for one request: a connection is never reused for another name.
        return httpcore.ConnectionPool(
            ssl_context=self._tls,
            max_connections=1,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
            retries=0,
            network_backend=backend,
        )

    @contextmanager
    def _slot(self, total: Deadline) -> Iterator[None]:
        if not self._slots.acquire(timeout=total.left()):
            raise FetchFailed("too many fetches are under way")
        try:
            yield
        finally:
            self._slots.release()


def _is_own(destination: Destination, own: Origin | None) -> bool:
    return own is not None and (own.scheme, own.host, own.port) == (
        destination.scheme,
        destination.host,
        destination.port,
    )


def _headers(
    accept: Sequence[str], bearer: str | None, more: Mapping[str, str] | None
) -> dict[str, str]:
    sent = {
        **(more or {}),
        "Accept": ", ".join(accept),
        # A body is read as it comes: nothing is inflated, so nothing can blow up.
        "Accept-Encoding": "identity",
        "User-Agent": "Gwanin",
    }
    if bearer is not None:
        sent["Authorization"] = f"Bearer {bearer}"
    return {name: _value(value) for name, value in sent.items()}


def _value(text: str) -> str:
    """A header value that can't end its line; tokens and nonces in it come from strangers."""
    if not _HEADER_VALUE.fullmatch(text):
        raise FetchRefused("a header value holds printable ASCII only")
    return text


def _reason(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "the other server did not answer in time"
    # The connection pool raises anew `from None`, so the cause is only in the context.
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        return "the other server has no certificate that is trusted here"
    return "the other server could not be reached, or broke off"
