"""Why an audit does not find that all is right, beside what is wrong with a leaf or a head."""

from credentials.errors import Error
from did_registry.rewriting import Rewriting


class FileRejected(Error):
    """A file that the registry serves is not the one that its signed head commits to; file: which
    one, as a path below the registry's address or an address elsewhere."""

    code = "file-rejected"

    def __init__(self, detail: str, *, file: str) -> None:
        super().__init__(f"{file}: {detail}")
        self.file = file


class SignerUnknown(Error):
    """The head bears a signature that the trust file has no key for, so not all of it is known."""

    code = "signer-unknown"


class AuditInterrupted(Error):
    """Somebody has ended an audit before it could say anything."""

    code = "audit-interrupted"


class AuditMemoryDamaged(Error):
    """The file that should remember an audit is not as it was written."""

    code = "audit-memory-damaged"


class LogRewritten(Error):
    """The log does not continue a head of it that was believed before; rewriting: both heads."""

    code = "log-rewritten"

    def __init__(self, detail: str, *, rewriting: Rewriting) -> None:
        super().__init__(detail)
        self.rewriting = rewriting
