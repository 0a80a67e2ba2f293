"""Why a verifier refuses an act of its own people; what it finds about others is a `Verdict`."""

from credentials.errors import Error, Malformed


class UnknownVerifier(Error):
    """No verifier with this code is set up here."""

    code = "unknown-verifier"


class RequestNotFound(Error):
    """There is no request at this address."""

    code = "request-not-found"


class RequestOver(Error):
    """The request was answered before, or its time is over."""

    code = "request-over"


class StatusUnavailable(Error):
    """A status list could not be fetched, or not believed."""

    code = "status-unavailable"


class StatusRolledBack(Error):
    """A status list is older than one that was seen before."""

    code = "status-rolled-back"


class NothingAsked(Error):
    """The desk asked for nothing, or for things of two types at once."""

    code = "nothing-asked"


class NotACredential(Malformed):
    """What was handed over to be checked has the shape of nothing that could be checked."""

    code = "not-a-credential"
