"""Why an issuer refuses an act of its clerks; what it refuses a wallet is in `openid4vc.errors`."""

from credentials.errors import Error


class UnknownAgency(Error):
    """No agency with this code issues here."""

    code = "unknown-agency"


class TypeNotIssued(Error):
    """The agency is not set up to issue this type, or not in this format."""

    code = "type-not-issued"


class UnknownEntitlement(Error):
    """There is no entitlement with this id."""

    code = "unknown-entitlement"


class UnknownPerson(Error):
    """There is no person with this reference."""

    code = "unknown-person"


class EntitlementExists(Error):
    """The person has an entitlement to this type that still waits to be fetched."""

    code = "entitlement-exists"


class OfferNotFound(Error):
    """There is no offer at this address."""

    code = "offer-not-found"


class OfferNotOpen(Error):
    """The offer was used, withdrawn or locked."""

    code = "offer-not-open"


class OfferExpired(Error):
    """The offer's time is over; the clerk can make a new one."""

    code = "offer-expired"


class StatusUnchangeable(Error):
    """The status can't move this way: the type forbids it, or it was revoked for good."""

    code = "status-unchangeable"


class ReasonUnknown(Error):
    """The reason code is not in the table, or is for another act."""

    code = "reason-unknown"


class RevocationUnconfirmed(Error):
    """Somebody asked to revoke without saying that they know it is final."""

    code = "revocation-unconfirmed"


class StatusListFull(Error):
    """No free place was found in the agency's status list."""

    code = "status-list-full"


class StatusListNotFound(Error):
    """There is no status list at this address."""

    code = "status-list-not-found"


class CsvUnreadable(Error):
    """The file is not CSV in UTF-8 or CP949 with the columns that the type needs."""

    code = "csv-unreadable"


class UnknownDraft(Error):
    """There is no draft, file or proposal with this id in the agency."""

    code = "unknown-draft"


class OwnDraft(Error):
    """Somebody tried to decide about what they have prepared themselves."""

    code = "own-draft"


class NotYourDraft(Error):
    """Somebody tried to change what a colleague has prepared."""

    code = "not-your-draft"


class DraftNotOpen(Error):
    """The draft, file or proposal was decided about, withdrawn or changed in the meantime."""

    code = "draft-not-open"


class ReasonMissing(Error):
    """A refusal says why, in at most 300 characters without hidden ones."""

    code = "reason-missing"


class NothingChosen(Error):
    """Nothing was ticked, or no file chosen."""

    code = "nothing-chosen"


class SearchRefused(Error):
    """What was searched for is too long, or looks like a resident registration number."""

    code = "search-refused"


class KeysInUse(Error):
    """The agency's keys have signed in the second in which they were to be retired."""

    code = "keys-in-use"
