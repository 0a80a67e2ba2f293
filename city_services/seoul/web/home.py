"""`/`: what this is, for a citizen, a clerk, a verifier and anybody who wants to check."""

from flask import Blueprint, render_template

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
def home() -> str:
    """The front door."""
    return render_template("seoul/home.html")
