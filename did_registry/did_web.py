"""did:web identifiers and the address of their document. did:web method, §2.1, §2.5.2."""

from typing import Final

from did_registry.errors import DidInvalid
from did_registry.webvh.did import Did, log_url, parse_did

WEB: Final = "did:web:"

_ANY_SCID: Final = "did:webvh:Qm" + "1" * 44 + ":"


def parse_web(did: str) -> Did:
    """The host, port and path of a did:web, as strictly as those of a did:webvh, whose SCID means
    nothing here. Raises DidInvalid."""
    if not did.startswith(WEB):
        raise DidInvalid("not a did:web DID")
    return parse_did(_ANY_SCID + did.removeprefix(WEB))


def document_url(did: str) -> str:
    """The address of did.json; plain http for a loopback host only. Raises DidInvalid."""
    return log_url(parse_web(did), unsafe_http_loopback=True).removesuffix("l")
