"""The bridge from a refusal to HTTP: `Error.code` → a row of problems.toml → RFC 9457.

Nothing else in the project knows a status code for an error. Protocol endpoints answer OAuth JSON
as their specifications demand (`oauth_errors`); everybody else gets `application/problem+json`
with title and advice in Korean and English. What nobody expected is an opaque 500.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, json, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from credentials.errors import Error
from openid4vc.errors import InvalidRequest, OAuthError
from schemas.errors import InvalidClaims
from web.errors import TooManyRequests
from web.logs import correlation_id, log_unexpected, name_error
from web.origin import Origin
from web.problem_rows import Problem, problem
from web.words import EXTENSION as WORDS
from web.words import language

PROBLEM_TYPE: Final = "application/problem+json"

# What the framework itself refuses, by its status. Whatever else it may raise is a bad request
# below 500, and our being unavailable from there on.
_FRAMEWORK: Final[Mapping[int, str]] = {
    404: "not-found",
    405: "method-not-allowed",
    408: "body-too-slow",
    411: "length-required",
    413: "body-too-large",
    414: "uri-too-long",
    415: "media-type-refused",
    416: "range-not-satisfiable",
    429: "too-many-requests",
    431: "headers-too-large",
    503: "unavailable",
}
_KEPT_HEADERS: Final = ("Allow", "Content-Range", "Retry-After")

# On a protocol endpoint these keep their status, because a client acts on it; all else is 400.
_OURS_TO_MEND: Final = frozenset({429, 500, 502, 503})
_TELLING: Final = _OURS_TO_MEND | {408, 411, 413, 415}


def register(app: Flask, origin: Origin) -> None:
    """Answer every error of an application with a problem document, whatever was raised."""
    edge = _Edge(origin)
    app.register_error_handler(Error, edge.refused)
    app.register_error_handler(HTTPException, edge.framework_refused)
    app.register_error_handler(Exception, edge.unexpected)


def oauth_errors(blueprint: Blueprint) -> None:
    """Answer the errors of a protocol blueprint in the protocol's own words, as OAuth JSON.

    An Error that the protocol has no word for is `invalid_request`.
    Spec: RFC 6749 §5.2, RFC 6750 §3, OpenID4VCI 1.0 §6.3 and §8.3.1.
    """
    blueprint.register_error_handler(OAuthError, _protocol_refused)
    blueprint.register_error_handler(Error, _refused_in_protocol)
    blueprint.register_error_handler(HTTPException, _framework_refused_in_protocol)


@dataclass(frozen=True, slots=True)
class _Edge:
    origin: Origin

    def refused(self, error: Error) -> Response:
        row = problem(error.code)
        if row.status == 500:
            return self.unexpected(error)  # Our own failure; its detail is nobody else's concern.
        claims = _claims(error) if isinstance(error, InvalidClaims) else None
        return self._answer(
            row, error.detail, headers=_waiting(error), errors=claims, members=error.members
        )

    def framework_refused(self, error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.code < 400:
            return error  # A redirect of the router, which is an exception there.
        if isinstance(error, InternalServerError):
            return self.unexpected(error.original_exception or error)
        # The framework's own description may repeat the request, so it is not passed on.
        return self._answer(_framework_problem(error), None, headers=_kept(error))

    def unexpected(self, error: BaseException) -> Response:
        log_unexpected(error)
        return self._answer(problem("internal-error"), None, incident=correlation_id())

    def _answer(
        self,
        row: Problem,
        detail: str | None,
        *,
        headers: Mapping[str, str] | None = None,
        incident: str | None = None,
        errors: list[dict[str, str]] | None = None,
        members: Mapping[str, str] | None = None,
    ) -> Response:
        name_error(row.code)
        if _wants_page():
            return _page(row, headers=headers, incident=incident, errors=errors)
        read = request.accept_languages.best_match(("ko", "en"), "ko")
        document = {
            "type": f"{self.origin}/problems/{row.code}",
            "title": row.title_en if read == "en" else row.title_ko,
            "status": row.status,
            "detail": detail,
            "instance": quote(request.path),
            "code": row.code,
            "title_ko": row.title_ko,
            "title_en": row.title_en,
            "advice_ko": row.advice_ko,
            "advice_en": row.advice_en,
            "errors": errors,
            "incident": incident,
            **(members or {}),
        }
        response = _json(
            {name: value for name, value in document.items() if value is not None},
            row.status,
            PROBLEM_TYPE,
            {**_retry(row), **(headers or {})},
        )
        response.content_language.add(read)
        response.vary.add("Accept-Language")
        return response


def _claims(error: InvalidClaims) -> list[dict[str, str]]:
    return [
        {
            "where": found.where,
            "code": found.code.value,
            "detail_ko": found.detail_ko,
            "detail_en": found.detail_en,
        }
        for found in error.problems
    ]


def _wants_page() -> bool:
    """Whether a person is looking: a browser names text/html itself, a program does not."""
    named = [value for value, _ in request.accept_mimetypes]
    return "text/html" in named and WORDS in current_app.extensions


def _page(
    row: Problem,
    *,
    headers: Mapping[str, str] | None,
    incident: str | None,
    errors: list[dict[str, str]] | None,
) -> Response:
    korean = language() == "ko"
    # A request whose Host is not ours has no addresses to link to, not even that of a style sheet.
    template = "web/bare_problem.html" if request_ctx.url_adapter is None else "web/problem.html"
    body = render_template(
        template,
        title=row.title_ko if korean else row.title_en,
        advice=row.advice_ko if korean else row.advice_en,
        problems=[
            f"{error['where']}: {error['detail_ko' if korean else 'detail_en']}"
            for error in errors or ()
        ],
        code=row.code,
        incident=incident,
    )
    return Response(body, row.status, {**_retry(row), **(headers or {})}, mimetype="text/html")


def _protocol_refused(error: OAuthError) -> Response:
    name_error(error.code)
    headers = {"WWW-Authenticate": f'Bearer error="{error.error}"'} if error.status == 401 else {}
    return _json(error.to_json(), error.status, "application/json", headers)


def _refused_in_protocol(error: Error) -> Response:
    row = problem(error.code)
    if row.status == 500:
        return _failed_in_protocol(error)
    return _in_protocol(row, error.detail, _waiting(error))


def _framework_refused_in_protocol(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError):
        return _failed_in_protocol(error.original_exception or error)
    row = _framework_problem(error)
    return _in_protocol(row, row.title_en, _kept(error))


def _failed_in_protocol(error: BaseException) -> Response:
    log_unexpected(error)
    row = problem("internal-error")
    return _in_protocol(row, row.title_en, {})


def _in_protocol(row: Problem, detail: str, headers: Mapping[str, str]) -> Response:
    name_error(row.code)
    status = row.status if row.status in _TELLING else 400
    body = InvalidRequest(detail).to_json()
    if status in _OURS_TO_MEND:
        # RFC 6749 has this word for the authorization endpoint; the token endpoint has none, and
        # `invalid_request` would tell a wallet never to send the same again.
        body["error"] = "temporarily_unavailable"
    return _json(body, status, "application/json", {**_retry(row), **headers})


def _framework_problem(error: HTTPException) -> Problem:
    if isinstance(error, SecurityError):
        return problem("wrong-host")
    status = error.code or 500
    return problem(_FRAMEWORK.get(status, "bad-request" if status < 500 else "unavailable"))


def _kept(error: HTTPException) -> dict[str, str]:
    return {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}


def _waiting(error: Error) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else {}


def _retry(row: Problem) -> dict[str, str]:
    return {} if row.retry_after is None else {"Retry-After": str(row.retry_after)}


def _json(
    body: Mapping[str, object], status: int, media_type: str, headers: Mapping[str, str]
) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, headers=dict(headers), mimetype=media_type)
