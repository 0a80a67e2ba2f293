"""What an issuer has to be told: addresses, and how long things live."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerSettings:
    """public_url: where this issuer is reached; registry_url: where types are published.

    status_ttl: how long a copy of a status list may be used; status_life: until its `exp`.
    offer_life: how long an offer link works that a tx_code protects, as in a notice;
    counter_life: one that nothing else protects, handed over at the counter.
    Addresses without a slash at their end.
    """

    public_url: str
    registry_url: str
    status_ttl: timedelta = timedelta(seconds=300)
    status_life: timedelta = timedelta(hours=24)
    offer_life: timedelta = timedelta(days=14)
    counter_life: timedelta = timedelta(minutes=10)
