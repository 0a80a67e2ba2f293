"""A server for status lists beside a simulated city, and evidence that comes from both.

host = StatusHost(city)
host.serve("lists.example", token_list(forger, "https://lists.example/1"), TOKEN_TYPE)
host.evidence.status(reference, issuer, now)
host.network.dead.add(...)
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from credentials.keys import KeyType
from credentials.model import StatusPurpose
from credentials.status.bits import MIN_ENTRIES, State, StatusBits
from credentials.status.bitstring import sign_bitstring_list
from credentials.status.token_list import sign_token_list
from did_registry.actions.follow import RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.network import SimulatedNetwork, answer
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import StatusLists
from web.outbound import Outbound, tls_context

TOKEN_TYPE: Final = "application/statuslist+jwt"
CREDENTIAL_TYPE: Final = "application/vc"
LIST_URI: Final = "https://lists.example/1"


class StatusHost:
    """Names that serve what they are told to, each one document; and who asks them."""

    def __init__(self, city: SimulatedCity, follower: RegistryFollower | None = None) -> None:
        self.network = SimulatedNetwork()
        outbound = Outbound(
            allowed=frozenset(),
            network=self.network.network,
            tls=tls_context(None),
            own_origin=city.city.settings.addresses.public_url,
            own_app=city.app,
        )
        self.lists = StatusLists(outbound)
        self.evidence = OnlineEvidence(
            follower or city.city.follower, self.lists, ForeignDids(outbound), URL
        )

    def serve(
        self, host: str, body: str | bytes, content_type: str = TOKEN_TYPE, status: int = 200
    ) -> None:
        """Let a name serve one document from now on."""
        count = len(self.network.names)
        new = f"93.184.{count // 250}.{count % 250 + 1}"
        (address,) = self.network.names.get(host, [new])
        data = body.encode() if isinstance(body, str) else body
        self.network.serve(host, answer(status, content_type, data), address)

    @property
    def fetched(self) -> int:
        """How often anything was fetched."""
        return len(self.network.requests)


def token_list(
    forger: Forger, uri: str = LIST_URI, marked: Mapping[int, State] | None = None, **changes: Any
) -> str:
    """A status list of the agency's at an address; `changes` are arguments of its signing."""
    now = forger.city.clock().replace(microsecond=0)
    arguments: dict[str, Any] = {
        "uri": uri,
        "issued_at": now,
        "expires": now + timedelta(hours=24),
        "ttl": timedelta(seconds=300),
        "signer": forger.signer(),
        "key_id": forger.key_id(),
        **changes,
    }
    return sign_token_list(StatusBits(size=MIN_ENTRIES, marked=marked or {}), **arguments)


def bitstring_list(
    forger: Forger,
    uri: str,
    purpose: StatusPurpose,
    marked: Mapping[int, State] | None = None,
) -> Any:
    """A Bitstring status list of the agency's for one purpose."""
    now = forger.city.clock().replace(microsecond=0)
    return sign_bitstring_list(
        StatusBits(size=MIN_ENTRIES, marked=marked or {}),
        uri=uri,
        purpose=purpose,
        issued_at=now,
        expires=now + timedelta(hours=24),
        ttl=timedelta(seconds=300),
        signer=forger.signer(KeyType.ED25519),
        key_id=forger.key_id(KeyType.ED25519),
    )
