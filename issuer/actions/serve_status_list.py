"""Gives out a published list, signing it anew when half its life is over.

The one action that opens its own transactions: reading must not wait for writers, and the rare
re-signing needs the write lock.
"""

from datetime import datetime

from issuer import store
from issuer.actions.agencies import get_agency
from issuer.actions.context import IssuerContext
from issuer.actions.publish_status_list import ListForm, is_half_over, publish_status_list
from issuer.agency import is_code
from issuer.errors import StatusListNotFound
from issuer.models import PublishedList
from storage.transaction import Database


def serve_status_list(
    database: Database, context: IssuerContext, list_id: str, form: ListForm, *, now: datetime
) -> bytes:
    """The current document of a list. Raises StatusListNotFound."""
    if not is_code(list_id):
        raise StatusListNotFound("there is no status list at this address")
    published = _read(database, list_id, form)
    if is_half_over(published, now):
        _sign_anew(database, context, list_id, form, now)
        published = _read(database, list_id, form)
    return published.body


def _read(database: Database, list_id: str, form: ListForm) -> PublishedList:
    with database.reading() as session:
        published = store.find_published(session, list_id, form.value)
    if published is None:
        raise StatusListNotFound("there is no status list at this address")
    return published


def _sign_anew(
    database: Database, context: IssuerContext, list_id: str, form: ListForm, now: datetime
) -> None:
    with database.writing() as session:
        row = store.lock_status_list(session, list_id)
        published = store.find_published(session, list_id, form.value)
        if row is None or published is None or not is_half_over(published, now):
            return  # another worker was faster
        agency = get_agency(session, context.settings, row.agency)
        publish_status_list(session, context, agency, now=now)
