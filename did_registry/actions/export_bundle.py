"""Makes a trust bundle from what a registry and its agencies serve to everybody."""

from datetime import datetime
from typing import Final

from did_registry.actions.follow import fetch_log
from did_registry.bundle import TrustBundle, encode_bundle_file, is_latest, open_bundle
from did_registry.errors import RegistryUnavailable
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from web.outbound import Outbound

LIST_TYPES: Final = ("application/statuslist+jwt", "application/vc", "application/json")
MAX_LIST_BYTES: Final = 4 * 1024 * 1024
_TRIES: Final = 3  # a list may change between the log and its own address


def export_bundle(
    anchor: TrustAnchor, outbound: Outbound, now: datetime
) -> tuple[bytes, RegistryView]:
    """Fetch, verify, and write; returns the file and what it says.

    Raises what following the registry raises, and RegistryUnavailable when a list that the log
    names is not served, or keeps changing meanwhile.
    """
    for _ in range(_TRIES):
        note, leaves = fetch_log(anchor, outbound)
        bare = TrustBundle(checkpoint=note, leaves=tuple(leaves), lists={})
        view = open_bundle(bare, anchor, now)
        lists = {uri: _fetch_list(uri, outbound) for uri in view.lists}
        if all(is_latest(uri, data, view) for uri, data in lists.items()):
            bundle = TrustBundle(checkpoint=note, leaves=bare.leaves, lists=lists)
            return encode_bundle_file(bundle), view
    raise RegistryUnavailable("the status lists are not those that the log names; try again")


def _fetch_list(uri: str, outbound: Outbound) -> bytes:
    fetched = outbound.get(uri, accept=LIST_TYPES, max_bytes=MAX_LIST_BYTES)
    if fetched.status != 200:
        raise RegistryUnavailable(f"the status list {uri} is not served")
    return fetched.body
