"""`/`: what this is, for a citizen, a clerk, a verifier and anybody who wants to check."""

from flask import Blueprint, current_app, render_template

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
def home() -> str:
    """The front door: it leads to the rooms that this application serves."""
    return render_template("seoul/home.html", rooms=current_app.blueprints.keys())
