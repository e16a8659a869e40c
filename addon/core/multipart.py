"""A form (multipart/form-data, RFC 7578), read so that nobody can read it differently.

Promise: only the plain form that every client sends passes: lines end with CR LF, nothing stands before the first
part or behind the last, and a part has one name, written in one way. Go's reader, which is Ollama's, is kinder: it
joins names from several parameters (RFC 2231), decodes quoted-printable, and skips what it does not understand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from addon.core.refusal import Reason, Refusal

MOST_PARTS = 32
MOST_HEAD_BYTES = 4096
MOST_FIELD_BYTES = 2**20
# A boundary that needs quotes may stand in quotes only (RFC 2046, section 5.1.1; RFC 9110, section 5.6.2).
_CONTENT_TYPE = re.compile(
    r"multipart/form-data[ \t]*;[ \t]*boundary=(?:([0-9A-Za-z'+_.-]{1,70})|\"([0-9A-Za-z'()+_,./:=?-]{1,70})\")",
    re.IGNORECASE | re.ASCII,
)
_WORD = r"[0-9A-Za-z!#$%&'*+.^_`|~-]+"
_DISPOSITION = re.compile(
    rf'form-data; *name=(?:"(?P<quoted>[^"\\]*)"|(?P<token>{_WORD}))'
    rf'(?P<file>; *filename=(?:"(?:[^"\\]|\\["\\])*"|{_WORD})(?:; *filename\*={_WORD})?)?',
    re.IGNORECASE | re.ASCII,
)
_TYPE = re.compile(r"text/plain(?:; *charset=\"?(?:utf-8|us-ascii)\"?)?", re.IGNORECASE | re.ASCII)
_HEADERS = frozenset({"content-disposition", "content-type", "content-length", "content-transfer-encoding"})
_UNCHANGED = frozenset({"binary", "8bit", "7bit"})


class _OddError(ValueError):
    """The form can be read in more than one way, or not at all."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    is_file: bool
    body: bytes
    content_type: str


def read_form(body: bytes, content_type: str) -> dict[str, str] | Refusal:
    """The fields of a form without its files, or why it is none.

    No name may come twice, in any case, but the name of a list, which ends in `[]`; its last member is given.
    """
    try:
        return _fields(_parts(body, _boundary(content_type)))
    except _OddError as error:
        return Refusal(Reason.BODY_NOT_FORM, str(error))


def _boundary(content_type: str) -> bytes:
    match = _CONTENT_TYPE.fullmatch(content_type)
    if match is None:
        _refuse("its Content-Type is not multipart/form-data with one plain boundary")
    return str(match[1] or match[2]).encode()


def _parts(body: bytes, boundary: bytes) -> Iterator[_Part]:
    first, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_PARTS + 2)
    if first or not pieces:
        _refuse("it does not begin with its boundary")
    if len(pieces) > MOST_PARTS + 1:
        _refuse(f"it has more than {MOST_PARTS} parts")
    if pieces.pop() not in (b"--", b"--\r\n"):
        _refuse("it does not end with its boundary")
    for piece in pieces:
        if not piece.startswith(b"\r\n"):
            _refuse("something follows a boundary on its line")
        if any(line_end + b"--" + boundary in piece for line_end in (b"\n", b"\r")):
            _refuse("a boundary stands behind half a line end")  # where some readers split and Go's does not
        yield _part(piece[2:])


def _part(piece: bytes) -> _Part:
    head, end, body = piece.partition(b"\r\n\r\n")
    if not end or len(head) > MOST_HEAD_BYTES:
        _refuse(f"a part has no head, or one of more than {MOST_HEAD_BYTES} bytes")
    headers = _headers(head)
    match = _DISPOSITION.fullmatch(headers.get("content-disposition", ""))
    if match is None:
        _refuse('a part is not named as form-data; name="NAME"')
    if headers.get("content-transfer-encoding", "binary").lower() not in _UNCHANGED:
        _refuse("a part is encoded")
    return _Part(
        match["quoted"] or match["token"] or "",
        match["file"] is not None,
        body,
        headers.get("content-type", "text/plain"),
    )


def _headers(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _text(head).split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or name.lower() not in _HEADERS or not value.strip(" \t").isprintable():
            _refuse("a part has a header line that forms do not have")
        if name.lower() in found:
            _refuse("a part has a header twice")
        found[name.lower()] = value.strip(" \t")
    return found


def _fields(parts: Iterator[_Part]) -> dict[str, str]:
    names: set[str] = set()
    fields: dict[str, str] = {}
    for part in parts:
        if part.name.casefold() in names and not part.name.endswith("[]"):
            _refuse("a name appears twice")
        names.add(part.name.casefold())
        if part.is_file:
            continue
        if not _TYPE.fullmatch(part.content_type) or len(part.body) > MOST_FIELD_BYTES:
            _refuse("a field is not plain text, or a very long one")
        fields[part.name] = _text(part.body)
    return fields


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _OddError("it is not UTF-8") from error


def _refuse(detail: str) -> NoReturn:
    raise _OddError(detail)
