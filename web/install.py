"""Everything that every answer of an application goes through, joined to it once."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from web import bodies, csp_reports, flood, headers, logs, problems, request_head
from web.errors import SettingRefused
from web.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """What the plumbing needs to know.

    public_url: where visitors reach us. trusted_proxies: how many proxies of ours stand in front.
    rate_limits: false only with a loopback public URL. Raises SettingRefused.
    """

    public_url: Origin
    trusted_proxies: int
    rate_limits: bool

    def __post_init__(self) -> None:
        if self.trusted_proxies < 0:
            raise SettingRefused("GWANIN_TRUSTED_PROXIES is a number of proxies, 0 or more")
        if not self.rate_limits and not self.public_url.is_loopback:
            raise SettingRefused("GWANIN_RATE_LIMITS=off is for a loopback public URL only")


def install(app: Flask, settings: WebSettings, monotonic: Callable[[], float]) -> None:
    """Join logs, head checks, flood limits, bodies, headers and problems to an application.

    monotonic: seconds, never going back. Call it before any blueprint is registered, so that its
    checks run before theirs.
    """
    logs.log_requests(app, monotonic)
    request_head.check_heads(app, settings.public_url)
    bodies.bound_bodies(app, monotonic)
    flood.watch_floods(
        app, monotonic, trusted_proxies=settings.trusted_proxies, enabled=settings.rate_limits
    )
    headers.secure_headers(app, settings.public_url)
    problems.register(app, settings.public_url)
    csp_reports.take_csp_reports(app)
