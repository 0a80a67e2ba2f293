"""Why a city can't be run as it is."""

from credentials.errors import Error


class NotSeeded(Error):
    """There is no city in this database and data folder yet."""

    code = "not-seeded"
