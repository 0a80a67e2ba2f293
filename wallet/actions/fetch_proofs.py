"""Asks issuers since when the held credentials stand in the log, once for each.

An issuer learns that somebody still holds a credential when it is asked for a proof, so it is asked
when cards are listed, and not when one is shown, unless the card could not be believed without.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from credentials.encoding import encode_base64url
from credentials.errors import Error
from credentials.issuance_proof import IssuanceProof, read_issuance_proof
from credentials.json_object import JsonObject, parse_object
from credentials.model import Unverified
from credentials.securing import mechanism_of
from did_registry.actions.connect import Connection
from did_registry.document import Purpose
from did_registry.issuance_tree import find_batch
from did_registry.view import RegistryView
from schemas.seoul_calendar import day_in_seoul, start_of_day
from wallet.errors import CounterpartRefused
from wallet.held_credential import HeldCredential
from web.outbound import Outbound

MAX_ANSWER_BYTES: Final = 8 * 1024


def fetch_missing(
    held: Iterable[HeldCredential], connection: Connection, *, now: datetime
) -> dict[int, IssuanceProof]:
    """The proofs that were missing and could be had, by the credential's number; each is verified.

    What an issuer does not tell, or not yet, stays missing: nobody is the worse for it today.
    Raises what following the registry raises.
    """
    view, found, silent = connection.follower.view(now), dict[int, IssuanceProof](), set[str]()
    for item in held:
        mechanism = mechanism_of(item.serialized)
        unverified = mechanism.parse(item.serialized)
        if unverified.issuer in silent or not _is_due(item, unverified, view, now):
            continue
        digest = mechanism.issued_digest(unverified)
        try:
            proof = _fetch(view, unverified.issuer, digest, connection.outbound)
        except Error:
            silent.add(unverified.issuer)
            continue
        if proof is not None and find_batch(view, unverified.issuer, digest, proof) is not None:
            found[item.number] = proof
    return found


def lacks_proof(item: HeldCredential, view: RegistryView, now: datetime) -> bool:
    """Whether nobody would believe this credential's time of issue without a proof of it."""
    if item.issuance_proof is not None:
        return False
    unverified = mechanism_of(item.serialized).parse(item.serialized)
    issuer, issued_at = unverified.issuer, unverified.issued_at
    try:
        key = view.key_of(issuer, unverified.key_id, Purpose.ASSERTION, issued_at)
    except Error:
        return False  # no proof would help it
    return key.retired_at is not None or not view.accreditations_at(issuer, now)


def _is_due(
    item: HeldCredential, unverified: Unverified, view: RegistryView, now: datetime
) -> bool:
    """A day's credentials are logged when it is over, or before if the issuer's keys change."""
    ends = start_of_day(day_in_seoul(unverified.issued_at) + timedelta(days=1))
    is_over = item.issuance_proof is None and now >= ends
    return is_over or lacks_proof(item, view, now)


def _fetch(
    view: RegistryView, issuer: str, digest: bytes, outbound: Outbound
) -> IssuanceProof | None:
    """What the issuer tells; None for nothing, and for an issuer that is none of this registry."""
    addresses = view.credential_issuers(issuer)
    if not addresses:
        return None
    fetched = outbound.post_json(
        f"{addresses[0]}/issuance-proof",
        {"digest": encode_base64url(digest)},
        max_bytes=MAX_ANSWER_BYTES,
    )
    if fetched.status != 200:
        raise CounterpartRefused(f"the issuer answered {fetched.status}")
    answer: JsonObject = parse_object(fetched.body, max_bytes=MAX_ANSWER_BYTES)
    proof = answer.object_or_none("issuance_proof")
    return None if proof is None else read_issuance_proof(proof)
