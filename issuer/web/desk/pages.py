"""All pages of the desk, joined to its blueprint by being imported."""

from typing import Final

from issuer.web.desk import (
    access_log,
    approvals,
    draft_form,
    drafts,
    file_approvals,
    files,
    issued,
    offers,
    revocations,
    today,
)
from issuer.web.desk.room import assets, bp

PAGES: Final = (
    today,
    drafts,
    draft_form,
    files,
    approvals,
    file_approvals,
    issued,
    offers,
    revocations,
    access_log,
)

__all__ = ["PAGES", "assets", "bp"]
