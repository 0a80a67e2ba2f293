"""Whether we are alive and ready, and what time it is here."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from flask import Flask, Response, jsonify

from credentials.data_integrity import format_timestamp
from web.flood import limited


def serve_health(
    app: Flask,
    *,
    check_ready: Callable[[], None],
    clock: Callable[[], datetime],
    clock_is_set: bool,
) -> None:
    """Add `/healthz`, `/readyz` and `/time`, and the city's time in every `Date` header.

    check_ready: raises while a dependency is away, which then is the answer.
    """

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify({"alive": True})

    @app.get("/readyz")
    @limited("readyz", per_minute=120)
    def readyz() -> Response:
        check_ready()
        return jsonify({"ready": True})

    @app.get("/time")
    def time() -> Response:
        return jsonify({"now": format_timestamp(clock()), "set": clock_is_set})

    @app.after_request
    def dated(response: Response) -> Response:
        response.headers["Date"] = format_datetime(clock(), usegmt=True)
        return response
