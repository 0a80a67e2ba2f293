"""Status lists over the network: fetched whole, verified, kept for their ttl, never taken back.

Whole lists are fetched, so an issuer never learns whose credential is being checked.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from credentials.errors import Error
from credentials.json_object import parse_object
from credentials.keys import PublicKey
from credentials.model import StatusPurpose
from credentials.status.bits import MAX_LIST_CHARS, VerifiedStatusList
from credentials.status.bitstring import parse_bitstring_list, verify_bitstring_list
from credentials.status.token_list import parse_token_list, verify_token_list
from credentials.validity import LEEWAY
from verifier.errors import StatusRolledBack, StatusUnavailable
from web.outbound import Outbound

TOKEN_TYPE: Final = "application/statuslist+jwt"  # noqa: S105 - a media type
CREDENTIAL_TYPES: Final = ("application/vc", "application/json")
MAX_BODY_BYTES: Final = MAX_LIST_CHARS + 16 * 1024
MAX_CACHED: Final = 256
MAX_TTL: Final = timedelta(hours=12)  # a list that claims to be good for longer is asked for anyway
DEFAULT_TTL: Final = timedelta(seconds=300)

# Who has signed a list, and with which key: from the DID URL that names the key, or from its
# certificates. Raises when it is not the issuer whose list it should be.
KeyFinder: TypeAlias = Callable[[str, tuple[bytes, ...]], tuple[str, PublicKey]]


@dataclass(frozen=True, slots=True)
class KnownList:
    """A verified list, and when it was fetched."""

    found: VerifiedStatusList
    fetched_at: datetime

    @property
    def ttl(self) -> timedelta:
        """For how long the list itself lets its readers use it without asking again."""
        return min(self.found.ttl or DEFAULT_TTL, MAX_TTL)

    def is_fresh(self, now: datetime) -> bool:
        """Whether it may be used without asking again."""
        expired = self.found.expires is not None and now >= self.found.expires
        return now - self.fetched_at < self.ttl and not expired

    def is_newer(self, since: datetime | None) -> bool:
        """Whether the log, as far as it is known, has a version of this list, and an older one."""
        return since is not None and self.found.issued_at > since

    def is_older(self, since: datetime | None) -> bool:
        """Whether it was issued before the latest one of which the log knows."""
        return since is not None and self.found.issued_at < since


class StatusLists:
    """The lists that one process knows; safe to share between threads."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._lock = threading.Lock()
        self._lists: dict[tuple[str, StatusPurpose], KnownList] = {}

    def get(
        self,
        uri: str,
        purpose: StatusPurpose,
        find_key: KeyFinder,
        now: datetime,
        since: datetime | None,
    ) -> KnownList:
        """The list at an address, fetched if the one that is known is past its ttl.

        since: when the latest one was issued as the registry's log has it; None if nothing is
        logged of it. Whoever serves an older one may have it from an honest cache, for its ttl.
        Raises StatusUnavailable, StatusRolledBack, or what `find_key` or the list's verification
        raises.
        """
        with self._lock:
            known = self._lists.get((uri, purpose))
        if known is not None and known.is_fresh(now) and not known.is_older(since):
            return known
        body = self._fetch(uri, purpose)
        fetched = self._remember(verify_list(body, uri, purpose, find_key, now), now)
        if fetched.is_older(since) and since is not None and now - since > fetched.ttl:
            raise StatusRolledBack("the registry's log knows a later status list")
        return fetched

    def known(self) -> tuple[KnownList, ...]:
        """Every list that this process knows at present."""
        with self._lock:
            return tuple(self._lists.values())

    def _fetch(self, uri: str, purpose: StatusPurpose) -> bytes:
        accept = (TOKEN_TYPE,) if purpose is StatusPurpose.ANY else CREDENTIAL_TYPES
        try:
            fetched = self._outbound.get(uri, accept=accept, max_bytes=MAX_BODY_BYTES)
        except Error as error:
            raise StatusUnavailable("the status list can't be fetched") from error
        if fetched.status != 200:
            raise StatusUnavailable("the status list is not there")
        return fetched.body

    def _remember(self, found: VerifiedStatusList, now: datetime) -> KnownList:
        key, known = (found.uri, found.purpose), KnownList(found, now)
        with self._lock:
            before = self._lists.get(key)
            if before is not None and found.issued_at < before.found.issued_at:
                if before.is_fresh(now):
                    return before  # another thread asked later, and was answered sooner
                raise StatusRolledBack("the status list is older than one that was seen")
            self._lists.pop(key, None)  # so that the oldest entry is always the first
            self._lists[key] = known
            if len(self._lists) > MAX_CACHED:
                del self._lists[next(iter(self._lists))]
        return known


def verify_list(
    body: bytes, uri: str, purpose: StatusPurpose, find_key: KeyFinder, now: datetime
) -> VerifiedStatusList:
    """Verify the bytes of a list. Raises what `find_key` or the list's verification raises."""
    if purpose is StatusPurpose.ANY:
        token = parse_token_list(body.decode("ascii", "replace"))
        issuer, key = find_key(token.key_id, token.certificates)
        named = replace(token, issuer=issuer)
        return verify_token_list(named, key, uri=uri, now=now, leeway=LEEWAY)
    credential = parse_bitstring_list(parse_object(body, max_bytes=MAX_BODY_BYTES))
    return verify_bitstring_list(
        credential,
        find_key(credential.key_id, ())[1],
        uri=uri,
        purpose=purpose,
        now=now,
        leeway=LEEWAY,
    )
