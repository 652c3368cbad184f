"""Bytes to models and back: one encoder, and a decoder per answer type."""

import json
from functools import cache
from types import UnionType
from typing import Annotated, Any, Generic, NoReturn, TypeVar, Union, cast, get_args, get_origin

import msgspec

from sunco_async.models._base import Model
from sunco_async.models._checks import check
from sunco_async.models._encode import TOO_DEEP, to_wire

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


class DecodeFailure(ValueError):
    """A body that is not JSON, or not the kind of JSON that is due."""


def encode(value: object) -> bytes:
    """Write a model, or any nest of models, dicts and lists, as JSON.

    Raises TypeError or ValueError for what JSON cannot hold; see `to_wire`.
    """
    return _encoder.encode(to_wire(value))


def encode_body(value: object) -> bytes:
    """Write a request body as JSON, after checking the models in it; see `models._checks`.

    Raises:
        RequestTooLarge: A text or metadata in it is longer than the API takes.
        TypeError: It holds what JSON has no form for, or metadata that is not flat.
        ValueError: A model in it breaks a rule of the API, or it holds itself.
    """
    try:
        check(value)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    return encode(value)


class Decoder(Generic[T]):
    """Reads bodies of one type: strictly first, and tolerantly where that fails.

    Only models are read tolerantly. A type of the caller's own is a promise the caller made, so
    a body that breaks it is a failure.
    """

    __slots__ = ("_annotation", "_strict", "_tolerant")

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._strict: msgspec.json.Decoder[T] = msgspec.json.Decoder(annotation)
        self._tolerant = _is_model(annotation)

    def decode(self, body: bytes) -> T:
        """Decode a body; raises DecodeFailure, and for nothing that the API may add."""
        try:
            return self._strict.decode(body)
        except msgspec.ValidationError as error:
            if not self._tolerant:
                raise DecodeFailure(str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass  # `parse_json` reads what it can of this, and words the failure where it cannot
        except RecursionError:
            _too_deep()
        try:
            return self._from_plain(parse_json(body))
        except RecursionError:
            _too_deep()

    def _from_plain(self, data: Any) -> T:
        if not self._tolerant:
            try:
                return cast("T", msgspec.convert(data, self._annotation))
            except msgspec.ValidationError as error:
                raise DecodeFailure(str(error)) from error
        # Most answers are as the schema says, and never come here.
        from sunco_async.models._lenient import convert  # noqa: PLC0415 - 3 ms to import

        due: type = list if get_origin(self._annotation) is list else dict
        if not isinstance(data, due):
            raise DecodeFailure(
                f"expected a JSON {_JSON_NAMES[due]}, got {_JSON_NAMES.get(type(data), 'a number')}"
            )
        return cast("T", convert(data, self._annotation))


@cache
def decoder(annotation: type[T]) -> Decoder[T]:
    """Return the one decoder for a type."""
    return Decoder(annotation)


_JSON_NAMES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    type(None): "null",
}


def _is_model(annotation: Any) -> bool:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated or origin is list:
        return _is_model(args[0])
    if origin is Union or origin is UnionType:
        return all(map(_is_model, args))
    return isinstance(annotation, type) and issubclass(annotation, Model)


def parse_json(body: bytes) -> Any:
    r"""Parse JSON, some that msgspec refuses included; raises `DecodeFailure`.

    JavaScript servers cut strings by UTF-16 units, so half an emoji (`"\ud83d"`) is possible and
    legal JSON, as is a number beyond the range of floats. msgspec refuses both and the standard
    library neither; half an emoji becomes U+FFFD.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = str(error)
    try:
        return _mended(json.loads(body, parse_constant=_no_constant))
    except ValueError as error:
        raise DecodeFailure(reason) from error


def _mended(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(data, list):
        return [_mended(item) for item in data]
    if isinstance(data, dict):
        return {_mended(key): _mended(item) for key, item in data.items()}
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _too_deep() -> NoReturn:
    raise DecodeFailure("the JSON nests too deeply") from None
