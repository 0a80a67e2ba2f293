"""Why a service's events are refused, or not believed."""

from credentials.errors import Error


class UnknownService(Error):
    """The city has no service of this name that keeps a ledger."""

    code = "unknown-service"


class LedgerBroken(Error):
    """The stored events are not those that were recorded. event: the number of the first that is
    wrong, from 1."""

    code = "ledger-broken"

    def __init__(self, detail: str, *, event: int) -> None:
        super().__init__(f"event {event}: {detail}")
        self.event = event
