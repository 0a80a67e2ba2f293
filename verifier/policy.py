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
    constant of `credentials.validity`. accepted_as: the row of the result words for what is
    accepted with its holder's signature.
    """

    mechanisms: frozenset[str] = field(default_factory=lambda: frozenset(mechanisms()))
    registry_age: timedelta = timedelta(hours=1)
    status_age: timedelta = timedelta(hours=24)
    accepted_as: str = "OK"


ONLINE = Policy()


def offline(max_age: timedelta) -> Policy:
    """What counts where nothing can be asked: knowledge that is at most so old."""
    return Policy(registry_age=max_age, status_age=max_age, accepted_as="OK_OFFLINE")
