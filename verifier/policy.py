"""What a verifier accepts, as values: which mechanisms, how old its knowledge may be."""

from dataclasses import dataclass, field
from datetime import timedelta

from credentials.securing import mechanisms


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What counts, and for how long.

    mechanisms: names of the securing mechanisms that count; registry_age: how old the view of the
    registry may be before it says nothing about today; status_age: how long ago a status list may
    have been signed, whatever it says of its own end (decision 0006). The leeway for clocks is a
    constant of `credentials.validity`.
    """

    mechanisms: frozenset[str] = field(default_factory=lambda: frozenset(mechanisms()))
    registry_age: timedelta = timedelta(hours=1)
    status_age: timedelta = timedelta(hours=24)


ONLINE = Policy()
