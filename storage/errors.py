"""Why the database or the keystore refuses, or cannot answer."""

from credentials.errors import Error


class StorageBusy(Error):
    """Others occupied the database for longer than we wait; the same act may be tried again."""

    code = "storage-busy"


class StorageUnavailable(Error):
    """The database cannot be reached or cannot write; whether the last act was kept is not known
    when this comes from its commit."""

    code = "storage-unavailable"


class DatabaseDamaged(Error):
    """The database's file is not as it was written: a disk's fault, or somebody's work."""

    code = "database-damaged"


class NestedTransaction(Error):
    """A transaction was begun inside another one of the same database and thread."""

    code = "nested-transaction"


class PermissionsTooOpen(Error):
    """Other users of this machine could read or replace a private file."""

    code = "permissions-too-open"


class SealBroken(Error):
    """A sealed value was changed, moved to another place, or sealed with a key we do not have."""

    code = "seal-broken"


class KeystoreExists(Error):
    """There is a keystore in this folder already."""

    code = "keystore-exists"


class KeystoreNotFound(Error):
    """There is no keystore in this folder."""

    code = "keystore-not-found"


class KeystoreLocked(Error):
    """The passphrase does not open the keystore, or the keystore's header was changed."""

    code = "keystore-locked"


class PassphraseTooShort(Error):
    """A passphrase that is too short to protect keys."""

    code = "passphrase-too-short"


class KeyFileDamaged(Error):
    """A key file was changed, or stands in another key's place."""

    code = "key-file-damaged"


class KeyExists(Error):
    """There is a key of this name already; keys are never overwritten."""

    code = "key-exists"


class KeyNotFound(Error):
    """There is no key of this name here."""

    code = "key-not-found"
