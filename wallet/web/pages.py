"""The pages of the web wallet, the same for everybody: what differs stays in the browser."""

from flask import Blueprint, Response, render_template, request

from wallet.web.page_data import page_data
from web.headers import PageNeeds, page_needs
from web.pages import ASSET_MAX_AGE

bp = Blueprint(
    "wallet",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/wallet/static",
)
bp.context_processor(lambda: {"page_data": page_data})

_SCANNER = PageNeeds(scanner=True)


@bp.get("/wallet")
def cards() -> str:
    """What is held; also where every link with an offer or a request leads first."""
    return render_template("wallet/cards.html")


@bp.get("/wallet/card")
def card() -> str:
    """All of one credential, and its removal."""
    return render_template("wallet/card.html")


@bp.get("/wallet/receive")
def receive() -> str:
    """Receive what an offer stands for."""
    page_needs(_SCANNER)
    return render_template("wallet/receive.html")


@bp.get("/wallet/requests")
def requests() -> str:
    """Read a request, decide, and send or not."""
    page_needs(_SCANNER)
    return render_template("wallet/requests.html")


@bp.get("/wallet/show")
def show() -> str:
    """Show a QR code to somebody who stands here."""
    return render_template("wallet/show.html")


@bp.get("/wallet/history")
def history() -> str:
    """What was shown, to whom, what for, when."""
    return render_template("wallet/history.html")


@bp.get("/wallet/settings")
def settings() -> str:
    """Storage, backup, removal of everything."""
    return render_template("wallet/settings.html")


@bp.after_request
def _cache(response: Response) -> Response:
    if request.endpoint == "wallet.static":
        response.headers["Cache-Control"] = f"public, max-age={ASSET_MAX_AGE}"
    return response
