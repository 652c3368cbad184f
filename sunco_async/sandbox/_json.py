"""JSON that callers send."""

from typing import TypeVar

import msgspec

from sunco_async.sandbox._errors import bad_request

T = TypeVar("T")


def decode_json(data: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], path: str = "$") -> T:
    """Decode and validate JSON, or raise a 400 that names the offending place below `path`."""
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise bad_request(str(error).replace("`$", f"`{path}")) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("Request body is not valid JSON") from error
