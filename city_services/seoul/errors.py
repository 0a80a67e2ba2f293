"""Why a city can't be run as it is."""

from credentials.errors import Error


class NotSeeded(Error):
    """There is no city in this database and data folder yet."""

    code = "not-seeded"


class AddressUnavailable(Error):
    """Somebody listens at the address that this city would be served at, or it is none of ours."""

    code = "address-unavailable"
