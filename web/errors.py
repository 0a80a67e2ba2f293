"""What the plumbing refuses, before or after any role has seen it. No Flask in here."""

from credentials.errors import Error, TooLarge


class SettingRefused(Error):
    """A setting has a value that would be unsafe or meaningless; nothing is started with it."""

    code = "setting-refused"


class FetchRefused(Error):
    """The guard does not let our server go there: scheme, port, address or header."""

    code = "fetch-refused"


class FetchFailed(Error):
    """The other server could not be reached, was too slow, or sent what was not asked for."""

    code = "fetch-failed"


class MediaTypeRefused(Error):
    """The body is not of the media type that this address takes."""

    code = "media-type-refused"


class LengthRequired(Error):
    """The body's length is unknown, and this server could not tell where it ends."""

    code = "length-required"


class BodyTooLarge(TooLarge):
    """The body has more bytes than this address takes."""

    code = "body-too-large"


class BodyTooSlow(Error):
    """The body did not arrive in the time that one body is given."""

    code = "body-too-slow"


class UriTooLong(TooLarge):
    """The path and query are longer than any address of ours."""

    code = "uri-too-long"


class HeadersTooLarge(TooLarge):
    """The header fields are larger than a request of ours needs."""

    code = "headers-too-large"


class TooManyRequests(Error):
    """One client asked too often; `retry_after` is the number of seconds to wait, at least 1."""

    code = "too-many-requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ServerBusy(Error):
    """Too many others are still sending; nothing of this request was done."""

    code = "server-busy"


class ImageRefused(Error):
    """Not a PNG or JPEG picture, or one beyond the bounds."""

    code = "image-refused"


class NoQrFound(Error):
    """The picture shows no QR code that can be read."""

    code = "no-qr-found"


class CrossSiteRefused(Error):
    """A form or an unsafe request that was not sent from a page of ours."""

    code = "cross-site-refused"
