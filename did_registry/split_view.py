"""That a log has signed two histories, as an error that carries what shows it."""

from credentials.errors import Error
from did_registry.rewriting import Rewriting


class SplitView(Error):
    """The log has signed two heads of which only one can be true. status: 409 for two roots of one
    size, else 422 (c2sp.org/tlog-witness); rewriting: both, None where they were met before."""

    code = "split-view"

    def __init__(self, detail: str, *, status: int, rewriting: Rewriting | None) -> None:
        super().__init__(detail)
        self.status = status
        self.rewriting = rewriting
