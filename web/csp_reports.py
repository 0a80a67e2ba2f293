"""What browsers tell of pages that broke their content security policy: that it happened, no more.

A report quotes addresses and pieces of script, which may hold anything; only its arrival is logged.
"""

import logging
from typing import Final

from flask import Flask, Response, request

from web.bodies import read_body
from web.flood import limited
from web.logs import LogLine

MAX_REPORT_BYTES: Final = 16 * 1024

_LOG: Final = logging.getLogger("gwanin")


def take_csp_reports(app: Flask) -> None:
    """Add `/csp-report`, which `report-uri` of every page's policy names."""

    @app.post("/csp-report")
    @limited("csp-report", per_minute=30)
    def csp_report() -> Response:
        read_body(request.mimetype, MAX_REPORT_BYTES)
        line = LogLine(event="csp-violation")
        _LOG.warning(line.event, extra={"line": line})
        return Response(status=204)
