"""What an error's code means, for people: where a problem document's `type` leads.

In both languages at once, because the address comes from a program and tells nothing of a reader.
Spec: RFC 9457 §3.1.1.
"""

from flask import Blueprint, abort, render_template

from web.problem_rows import problems

bp = Blueprint("problem_pages", __name__)


@bp.get("/problems/<code>")
def show(code: str) -> str:
    """The row of a code; there is nothing at any other."""
    row = problems().get(code)
    if row is None:
        abort(404)
    return render_template("web/problem_type.html", row=row)
