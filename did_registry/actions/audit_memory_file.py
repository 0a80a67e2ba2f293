"""An auditor's memory as a file, and the evidence that is kept beside it.

Nothing in either is secret, but who can change the memory can hide a rewriting from its owner.
"""

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from did_registry.audit_memory import (
    MAX_MEMORY_BYTES,
    AuditMemory,
    encode_memory,
    parse_memory,
)
from did_registry.rewriting import Rewriting
from storage.errors import StorageUnavailable
from storage.private_files import check_not_writable


def read_memory(path: Path) -> AuditMemory | None:
    """Read what an audit left; None before the first one.

    Raises AuditMemoryDamaged, PermissionsTooOpen for a file that others can change, or
    StorageUnavailable.
    """
    try:
        check_not_writable(path)
        with path.open("rb") as stream:
            return parse_memory(stream.read(MAX_MEMORY_BYTES + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageUnavailable(f"{path.name}: {error.strerror}") from error


def write_memory(path: Path, memory: AuditMemory) -> None:
    """Replace the memory in one step: after a crash there is the old one or this one.

    Raises StorageUnavailable.
    """
    _write(path, encode_memory(memory))


def keep_evidence(path: Path, rewriting: Rewriting) -> Path:
    """Write the evidence beside the memory, under a name of its own, and return where it is.

    Raises StorageUnavailable.
    """
    data = rewriting.encode()
    name = f"{path.name}.evidence-{hashlib.sha256(data).hexdigest()[:16]}.json"
    _write(path.with_name(name), data + b"\n")
    return path.with_name(name)


def _write(path: Path, data: bytes) -> None:
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StorageUnavailable(f"{path.name}: {error.strerror}") from error
