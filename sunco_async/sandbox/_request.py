"""One authorised request, as a handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from sunco_async.sandbox._errors import bad_request

T = TypeVar("T")

_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


def decode_json(data: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], path: str = "$") -> T:
    """Decode and validate JSON, or raise a 400 that names the offending place below `path`."""
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise bad_request(str(error).replace("`$", f"`{path}")) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("Request body is not valid JSON") from error


def _decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.json.Decoder(type_)
    return decoder


@dataclass(frozen=True, slots=True)
class Request:
    """Path parameters by their names in the path, query, body, and the URL it came to.

    `url` has no query string: page links are built on it.
    """

    path_params: Mapping[str, str]
    query_string: bytes
    content_type: bytes
    body: bytes
    url: str

    def query(self) -> dict[str, str]:
        """Return the query parameters; the last of a repeated one counts."""
        if not self.query_string:
            return {}
        try:
            pairs = parse_qsl(self.query_string.decode(), keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise bad_request("Invalid query parameters") from error
        return dict(pairs)

    def read(self, type_: type[T]) -> T:
        """Return the JSON body as `type_`."""
        media_type = self.content_type.partition(b";")[0].strip().lower()
        if media_type != b"application/json":
            raise bad_request("Content-Type must be application/json")
        return decode_json(self.body, _decoder(type_))
