"""The city that the workloads measure in: seeded, in a folder, with its registry and status lists.

One certificate of residence with twelve claims that its holder may withhold is issued, shown and
verified everywhere, so that the figures of different workloads can be compared.
"""

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from credentials.claims import ClaimPath, Claims
from credentials.keys import KeyType, signer_from_secret
from credentials.model import Content, Disclosure, Serialized
from credentials.securing.mechanism import Mechanism
from credentials.validity import Validity
from did_registry.view import RegistryView
from issuer.actions.agencies import get_agency
from issuer.minting import Place, mint
from openid4vc.dcql import Query
from schemas.catalogue import get, type_url
from schemas.published_documents import integrity
from tests.simulators.city import SimulatedCity
from tests.simulators.event_loop import EventLoop
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import CREDENTIAL_TYPES, MAX_BODY_BYTES, TOKEN_TYPE

ISSUER: Final = "GU-11620"
TYPE: Final = "SeoulResidencyCredential"
STATUS_INDEX: Final = 94_567
HOLDER_SECRET: Final = b"\2" * 32
# Peers read the machine's clock, so what they are given must not expire.
UNTIL: Final = datetime(2124, 3, 10, tzinfo=UTC)

CLAIMS: Final[Claims] = {
    "nameKo": "김시범",
    "nameRoman": "KIM SIBEOM",
    "birthDate": "1999-05-17",
    "guCode": "11620",
    "dongName": "가상동",
    "roadAddress": "서울특별시 관악구 예시로12길 34",
    "addressDetail": "101동 1203호 (가상동, 견본아파트)",
    "residentType": "citizen",
    "registeredSince": "2019-03-02",
    "residentOfSeoul": True,
    "ageOver19": True,
    "asOfDate": "2026-03-13",
    "residentOfGu": {"11620": True},
}
SELECTIVE: Final[frozenset[ClaimPath]] = frozenset((name,) for name in CLAIMS) - {("residentOfGu",)}
SHOWN: Final[tuple[ClaimPath, ...]] = (("nameKo",), ("residentOfSeoul",), ("ageOver19",))


class World:
    """What the workloads share: the city, one agency and its keys, the moment. Not measured itself.

    scratch: a folder for files of a workload's own; resources: closed at the end, as is the city.
    """

    def __init__(self, city: SimulatedCity, scratch: Path) -> None:
        self.scratch: Final = scratch
        self.resources: Final = ExitStack()
        self._city = city
        self._entered = city.claims("P01")
        self.now: Final = city.clock()
        self.evidence: Final[OnlineEvidence] = city.city.verifier.evidence
        self._issuer = city.city.issuer.context
        with city.city.issuer.database.reading() as session:
            self.agency: Final = get_agency(session, self._issuer.settings, ISSUER)
        self.signers: Final = {kind: self._issuer.signer(self.agency, kind) for kind in KeyType}
        self.holders: Final = {kind: signer_from_secret(kind, HOLDER_SECRET) for kind in KeyType}
        self.registry_url: Final = self._issuer.settings.registry_url
        self.type_url: Final = type_url(get(TYPE), self.registry_url)
        self.contents: Final = {kind: self._content(kind) for kind in KeyType}

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.resources.close()
        self._city.close()

    @cached_property
    def loop(self) -> EventLoop:
        """An event loop, for peers that want one."""
        return self.resources.enter_context(EventLoop())

    @property
    def view(self) -> RegistryView:
        """The registry as the verifier knows it."""
        return self.evidence.registry(self.now)

    def secure(self, mechanism: Mechanism, key_type: KeyType) -> Serialized:
        """Issue the certificate with the agency's key of a type to a holder with such a key."""
        return mechanism.secure(
            self.contents[key_type],
            signer=self.signers[key_type],
            key_id=self.agency.key_id(key_type),
            entropy=os.urandom,
        )

    def mint(self, mechanism: Mechanism, key_type: KeyType) -> Serialized:
        """What the agency issues to persona P01: derived claims, and decoys beside them."""
        return mint(
            get(TYPE),
            self._entered,
            agency=self.agency,
            registry_url=self.registry_url,
            holder=self.holders[key_type].public_key,
            place=Place(uri=self.agency.status_uri(), index=STATUS_INDEX),
            mechanism=mechanism,
            signer=self.signers[key_type],
            entropy=os.urandom,
            now=self.now,
        )

    def served(self, uri: str) -> bytes:
        """A status list, as a stranger gets it at its address."""
        accept = (TOKEN_TYPE, *CREDENTIAL_TYPES)
        return self._city.outbound.get(uri, accept=accept, max_bytes=MAX_BODY_BYTES).body

    def query(self) -> Query:
        """A question for the three claims of `SHOWN`."""
        return self._city.query(TYPE, *(str(name) for (name,) in SHOWN))

    def _content(self, holder: KeyType) -> Content:
        """The certificate before an envelope is chosen for it."""
        return Content(
            type_url=self.type_url,
            type_name=TYPE,
            integrity=integrity(get(TYPE), self.registry_url),
            issuer=self.agency.did,
            issued_at=self.now,
            validity=Validity(self.now, UNTIL),
            claims=CLAIMS,
            disclosure=Disclosure(paths=SELECTIVE),
            holder=self.holders[holder].public_key,
            status_uri=self.agency.status_uri(),
            status_index=STATUS_INDEX,
        )
