"""What another server answered, read within its bounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from web.errors import FetchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered, whatever its status; a redirect is an answer like any other.

    content_type: the media type in lower case without parameters, "" when there is none.
    headers: names in lower case; values of a repeated name joined by a comma.
    """

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str]


def collect(
    status: int,
    raw_headers: Sequence[tuple[bytes, bytes]],
    chunks: Iterable[bytes],
    max_bytes: int,
) -> Fetched:
    """Read an answer to its end. Raises FetchFailed beyond `max_bytes`, or if it is compressed."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw_headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if headers.get("content-encoding", "identity") != "identity":
        raise FetchFailed("the answer is compressed, which was not asked for")
    return Fetched(
        status=status,
        content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=_read(chunks, max_bytes),
        headers=headers,
    )


def check_type(fetched: Fetched, accept: Sequence[str]) -> None:
    """Refuse a success whose body has another type than was asked for. Raises FetchFailed."""
    is_success = 200 <= fetched.status < 300
    if is_success and fetched.body and fetched.content_type not in accept:
        raise FetchFailed("the answer has another media type than was asked for")


def _read(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise FetchFailed(f"the answer is longer than {max_bytes} bytes")
    return bytes(body)
