"""Reading a body of type multipart/form-data."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from sunco_async.sandbox._errors import bad_request

_PARAMETER = re.compile(r';\s*([A-Za-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))')
# How browsers and httpx write the characters that would end a quoted name.
_ESCAPES = {'\\"': '"', "%22": '"', "%0D": "\r", "%0A": "\n"}
_ESCAPE = re.compile("|".join(map(re.escape, _ESCAPES)))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: the name of its field, and its file if it is one."""

    name: str
    file_name: str | None
    content_type: str | None
    content: bytes


def read_parts(body: bytes, content_type: bytes) -> list[Part]:
    """Return the parts of a form in their order, or raise a 400."""
    header = content_type.decode("latin-1")
    if header.partition(";")[0].strip().lower() != "multipart/form-data":
        raise bad_request("Content-Type must be multipart/form-data")
    boundary = _parameters(header).get("boundary")
    if not boundary:
        raise bad_request("Content-Type has no boundary")
    delimiter = b"\r\n--" + boundary.encode("latin-1")
    if body.startswith(delimiter[2:]):
        position = len(delimiter) - 2
    else:
        position = _find(body, delimiter, 0) + len(delimiter)
    parts: list[Part] = []
    while not body.startswith(b"--", position):
        start = _find(body, b"\r\n", position)
        # A part without headers has its empty line at once.
        end_of_headers = _find(body, b"\r\n\r\n", start)
        end = _find(body, delimiter, end_of_headers + 4)
        headers = body[start + 2 : end_of_headers].decode(errors="replace")
        parts.append(_part(headers, body[end_of_headers + 4 : end]))
        position = end + len(delimiter)
    return parts


def _find(body: bytes, wanted: bytes, start: int) -> int:
    position = body.find(wanted, start)
    if position < 0:
        raise bad_request("Request body is not valid multipart/form-data")
    return position


def _part(headers: str, content: bytes) -> Part:
    values = {}
    for line in headers.split("\r\n"):
        name, _, value = line.partition(":")
        values[name.strip().lower()] = value.strip()
    disposition = _parameters(values.get("content-disposition", ""))
    if "name" not in disposition:
        raise bad_request("A part of the form has no name")
    file_name = disposition.get("filename")
    if "filename*" in disposition:
        file_name = unquote(disposition["filename*"].rpartition("'")[2])
    return Part(disposition["name"], file_name, values.get("content-type"), content)


def _parameters(header: str) -> dict[str, str]:
    return {
        name.lower(): _ESCAPE.sub(lambda found: _ESCAPES[found[0]], quoted) or plain
        for name, quoted, plain in _PARAMETER.findall(header)
    }
