"""Flood limits per client address, in worker memory: against noise, not against guessing.

Counters that protect a secret (log-in, tx_code) stand in SQL and refuse when they fail; these may
forget, and each worker has its own. A limit must be generous enough for a counter's one address.
"""

import threading
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from typing import Final, ParamSpec, TypeVar

from flask import Blueprint, Flask, current_app, request

from web.errors import TooManyRequests
from web.own_app import OWN_CALL

WINDOW_SECONDS: Final = 60.0
MAX_WINDOWS: Final = 50_000  # about 10 MB; beyond it the oldest window is forgotten

_LIMITS: Final = "gwanin.flood_limits"

_P = ParamSpec("_P")
_R = TypeVar("_R")


class FloodLimits:
    """Fixed windows of a minute, one for each name and subject; safe to share between threads."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        # In the order in which the windows began, so that the first is always the oldest.
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def count(self, name: str, subject: str, per_minute: int) -> None:
        """Count one request. Raises TooManyRequests when the minute has had `per_minute`."""
        now, key = self._monotonic(), (name, subject)
        with self._lock:
            began, seen = self._windows.get(key, (now, 0))
            if now - began >= WINDOW_SECONDS:
                del self._windows[key]
                began, seen = now, 0
            if seen >= per_minute:
                wait = ceil(began + WINDOW_SECONDS - now)
                raise TooManyRequests("too many requests in one minute", retry_after=wait)
            self._windows[key] = (began, seen + 1)
            if len(self._windows) > MAX_WINDOWS:
                del self._windows[next(iter(self._windows))]


def watch_floods(
    app: Flask, monotonic: Callable[[], float], *, trusted_proxies: int, enabled: bool
) -> None:
    """Give an application its counters; `enabled` false counts nothing."""
    limits = FloodLimits(monotonic) if enabled else None
    app.extensions[_LIMITS] = (limits, trusted_proxies)


def limit(blueprint: Blueprint, name: str, *, per_minute: int) -> None:
    """Limit all requests to a blueprint together, per client address."""
    blueprint.before_request(lambda: _count_client(name, per_minute))


def limited(name: str, *, per_minute: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Limit one view, per client address."""

    def decorate(view: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(view)
        def counted(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            _count_client(name, per_minute)
            return view(*args, **kwargs)

        return counted

    return decorate


def count_subject(name: str, subject: str, *, per_minute: int) -> None:
    """Count against an offer, an agency or the like, besides the address.

    Raises TooManyRequests.
    """
    limits, _ = current_app.extensions[_LIMITS]
    if limits:
        limits.count(name, subject, per_minute)


def client_network(remote: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The client as the limits see it: its IPv4 address, or its IPv6 network of /64.

    remote: who is connected to us; forwarded_for: the X-Forwarded-For header. Each trusted proxy
    has appended one entry, so exactly that many are believed, from the right: whatever stands
    further left is the client's own invention.
    """
    hops = [*forwarded_for.split(",")[-trusted_proxies:], remote] if trusted_proxies else [remote]
    return _network(hops[0].strip() or remote)


def client() -> str:
    """The client of this request, as the limits see it."""
    _, trusted_proxies = current_app.extensions[_LIMITS]
    forwarded_for = request.headers.get("X-Forwarded-For", "")
    return client_network(request.remote_addr or "", forwarded_for, trusted_proxies)


def _count_client(name: str, per_minute: int) -> None:
    if OWN_CALL in request.environ:
        return  # Counted where it came in from outside.
    count_subject(name, client(), per_minute=per_minute)


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        # A proxy that writes no addresses: its clients share one window rather than have none.
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))
