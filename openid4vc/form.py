"""Fields in `application/x-www-form-urlencoded`: request bodies, and what stands in a link.

Lenient form parsers differ in which of two equal names wins and in what a broken `%` means, so
either is refused here. WHATWG URL §5, RFC 6749 §3.2 and appendix B.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlencode

from credentials.claims import Claims
from credentials.errors import Malformed, TooLarge
from credentials.json_object import JsonObject

MAX_FIELDS: Final = 50  # the number of parts that the web server takes, too

_FIELD: Final = re.compile(rb"(?:[\x21-\x24\x26-\x7E]|%[0-9A-Fa-f]{2})*")


def parse_form(body: bytes, *, max_bytes: int) -> JsonObject:
    """Read form fields as a JSON object of non-empty strings.

    A field without a value counts as left out (RFC 6749 §3.2). Raises TooLarge beyond `max_bytes`
    or 50 fields; Malformed for a name that comes twice, a broken escape, or text not in UTF-8.
    """
    if len(body) > max_bytes:
        raise TooLarge(f"the form is longer than {max_bytes} bytes")
    pairs = body.split(b"&") if body else []
    if len(pairs) > MAX_FIELDS:
        raise TooLarge(f"the form has more than {MAX_FIELDS} fields")
    fields: Claims = {}
    for pair in pairs:
        name, equals, value = pair.partition(b"=")
        text = _decode(name)
        if not equals or text in fields:
            raise Malformed("each field of a form is a name, = and a value, and comes once")
        fields[text] = _decode(value)
    return JsonObject({name: value for name, value in fields.items() if value})


def encode_form(fields: Mapping[str, str]) -> bytes:
    """Write form fields, with spaces as `%20` so that the same bytes serve in a link."""
    return urlencode(fields, quote_via=quote, safe="").encode("ascii")


def _decode(data: bytes) -> str:
    if not _FIELD.fullmatch(data):
        raise Malformed("a form holds printable ASCII, everything else is escaped with %")
    try:
        return unquote_to_bytes(data.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("a form is written in UTF-8") from error
