"""The security headers of every answer, each written once, also on errors.

    text/html       the page baseline: nonce, trusted types, no frames, no store
    public_file()   readable from every origin, cached by age and ETag
    anything else   the API baseline: nothing may be loaded, framed or stored

A view says what its page needs beyond the baseline (`page_needs`); it never writes a policy.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, g, request

from web.origin import Origin

_HSTS: Final = "max-age=63072000; includeSubDomains"
_EVERY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "Gwanin",  # in place of the server's own name and version
}
_API: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGE: Final = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNeeds:
    """What one page may do beyond the baseline.

    scanner: use the camera and the QR reader, which is WebAssembly.
    data_images: show `data:` pictures, as pages with a QR code do.
    form_targets: schemes and origins that a form's answer may redirect to, such as `openid4vp:`.
    """

    scanner: bool = False
    data_images: bool = False
    form_targets: tuple[str, ...] = ()


def secure_headers(app: Flask, origin: Origin) -> None:
    """Put the baseline on every answer, and give templates `csp_nonce()`.

    Strict-Transport-Security is sent only where visitors come over https.
    """

    def finish(response: Response) -> Response:
        response.headers.update(_EVERY)
        if origin.is_https:
            response.headers["Strict-Transport-Security"] = _HSTS
        _baseline(response)
        return response

    app.after_request(finish)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce of this answer's scripts: 128 random bits, the same for the whole answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def page_needs(needs: PageNeeds) -> None:
    """Widen the policy of the page that this request answers with."""
    g.page_needs = needs


def public_file(response: Response, *, max_age: int, immutable: bool = False) -> Response:
    """Let everybody read, cache and revalidate an answer that is the same for everybody.

    max_age: seconds. Metadata, DID logs, status lists, tiles, checkpoints: never an answer that
    depends on who asks. A matching If-None-Match gets 304.
    """
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={max_age}" + (
        ", immutable" if immutable else ""
    )
    response.add_etag()
    response.make_conditional(request)
    return response


def _baseline(response: Response) -> None:
    if response.mimetype == "text/html":
        needs: PageNeeds = g.get("page_needs", PageNeeds())
        response.headers["Content-Security-Policy"] = _page_policy(needs)
        response.headers["Permissions-Policy"] = _permissions(needs)
        response.headers.update(_PAGE)
        return
    for name, value in _API.items():
        # What `public_file` wrote, or the framework for a static file, stands.
        response.headers.setdefault(name, value)


def _page_policy(needs: PageNeeds) -> str:
    wasm = " 'wasm-unsafe-eval'" if needs.scanner else ""
    data = " data:" if needs.data_images else ""
    targets = "".join(f" {target}" for target in needs.form_targets)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{csp_nonce()}' 'strict-dynamic'{wasm}",
            "style-src 'self'",
            f"img-src 'self' blob:{data}",
            "connect-src 'self'",
            "font-src 'self'",
            f"form-action 'self'{targets}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types app",
            "report-uri /csp-report",
        )
    )


def _permissions(needs: PageNeeds) -> str:
    camera = "(self)" if needs.scanner else "()"
    return f"camera={camera}, geolocation=(), microphone=(), payment=(), usb=()"
