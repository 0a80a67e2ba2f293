"""What the clerk who prepared a draft may do with it besides correcting: hand it in, take it back,
give it up."""

from sqlalchemy.orm import Session

from issuer import desk_store
from issuer.actions.context import IssuerContext
from issuer.actions.drafts import lock_draft, read_draft
from issuer.agency import Agency
from issuer.draft import Draft, DraftEvent, DraftState, advance, check_drafter
from issuer.errors import DraftNotOpen


def move_draft(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    draft_id: str,
    event: DraftEvent,
    *,
    clerk: str,
) -> Draft:
    """Submit, withdraw or discard one's own draft.

    Raises UnknownDraft, NotYourDraft or DraftNotOpen.
    """
    row = lock_draft(session, agency.code, draft_id)
    check_drafter(row.drafted_by, clerk)
    after = advance(DraftState(row.state), event)
    if not desk_store.move_draft(session, agency.code, row, after.value, {}):
        raise DraftNotOpen("the draft was changed in the meantime")
    return read_draft(context, row)
