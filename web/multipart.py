"""Forms with a file: the one other shape of a form, read with the same care. The file stays in
memory: what a clerk uploads is other people's data and has no business in a temporary file."""

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from flask import g, request
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from openid4vc.form import MAX_FIELDS
from web.bodies import MAX_BODY_BYTES, read_body

MULTIPART: Final = "multipart/form-data"
MAX_FILE_NAME: Final = 255  # what file systems allow


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file as it was sent. name: a stranger's text, for people to recognise it by."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Multipart:
    """A form's fields, and its files by the field's name."""

    fields: JsonObject
    files: dict[str, SentFile]


def read_multipart(max_bytes: int) -> Multipart:
    """The body as a form with files; a name that comes twice is refused.

    A field without a value counts as left out, and so does a file field that nothing was chosen
    for. Raises as `read_body`, and Malformed.
    """
    body = read_body(MULTIPART, max_bytes)
    if "multipart" not in g:
        g.multipart = _parse(body, request.mimetype_params.get("boundary", ""))
    found: Multipart = g.multipart
    return found


def _parse(body: bytes, boundary: str) -> Multipart:
    parser = MultiPartParser(
        stream_factory=_in_memory,
        max_form_memory_size=MAX_BODY_BYTES,
        max_form_parts=MAX_FIELDS,
    )
    try:
        fields, files = parser.parse(BytesIO(body), boundary.encode("ascii"), len(body))
    except (ValueError, HTTPException) as error:
        raise Malformed("not a form in the parts that it announces") from error
    names = [
        *(name for name, _ in fields.items(multi=True)),
        *(name for name, _ in files.items(multi=True)),
    ]
    if len(names) != len(set(names)):
        raise Malformed("each field of a form comes once")
    sent = {
        name: SentFile(name=_file_name(file.filename), data=file.stream.read())
        for name, file in files.items()
        if file.filename
    }
    return Multipart(
        fields=JsonObject({name: value for name, value in fields.items() if value}), files=sent
    )


def _file_name(name: str | None) -> str:
    if name is None or len(name) > MAX_FILE_NAME or not name.isprintable():
        raise Malformed(f"a file's name has at most {MAX_FILE_NAME} printable characters")
    return name


def _in_memory(
    total_content_length: int | None,  # noqa: ARG001 - the parser's own signature
    content_type: str | None,  # noqa: ARG001
    filename: str | None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> IO[bytes]:
    return BytesIO()
