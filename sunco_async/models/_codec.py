"""The codec: one encoder, and a decoder for each type of response."""

import json
from functools import cache
from types import UnionType
from typing import Annotated, Any, Generic, NoReturn, TypeVar, Union, cast, get_args, get_origin

import msgspec

from sunco_async.models._base import Model
from sunco_async.models._checks import check
from sunco_async.models._encode import TOO_DEEP, to_builtins

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


class DecodeFailure(ValueError):
    """The body is not JSON, or not JSON of the expected type."""


def encode(value: object) -> bytes:
    """Encode a model, or any nesting of models, dicts and lists, as JSON.

    Raises:
        TypeError: The value contains a type that JSON cannot represent.
        ValueError: The value contains NaN, an infinity or itself.
    """
    return _encoder.encode(to_builtins(value))


def encode_body(value: object) -> bytes:
    """Check the models in a request body, and encode it as JSON; see `models._checks`.

    Raises:
        RequestTooLarge: A text or metadata is longer than the API accepts.
        TypeError: The body contains a type that JSON cannot represent, or metadata that is not
            flat.
        ValueError: A model breaks a rule of the API, or the body contains itself.
    """
    try:
        check(value)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    return encode(value)


class Decoder(Generic[T]):
    """Decodes bodies of one type: strictly first, and leniently if that fails.

    Only models are decoded leniently. For a type that the user defined, a body that does not fit it
    is a failure.
    """

    __slots__ = ("_annotation", "_lenient", "_strict")

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._strict: msgspec.json.Decoder[T] = msgspec.json.Decoder(annotation)
        self._lenient = _is_model(annotation)

    def decode(self, body: bytes) -> T:
        """Decode a body.

        Raises:
            DecodeFailure: The body is not JSON of the expected type. A change that the API may
                make without notice never raises it.
        """
        try:
            return self._strict.decode(body)
        except msgspec.ValidationError as error:
            # Any value is an Any, so this is a number that `parse_json` accepts.
            if not self._lenient and self._annotation is not Any:
                raise DecodeFailure(str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass  # `parse_json` accepts some of these bodies, and raises for the others
        except RecursionError:
            _raise_too_deep()
        try:
            return self._convert(parse_json(body))
        except RecursionError:
            _raise_too_deep()

    def _convert(self, data: Any) -> T:
        if not self._lenient:
            try:
                return cast("T", msgspec.convert(data, self._annotation))
            except msgspec.ValidationError as error:
                raise DecodeFailure(str(error)) from error
        # Most responses are decoded strictly and do not need this module.
        from sunco_async.models._lenient import convert  # noqa: PLC0415 - 3 ms to import

        expected: type = list if get_origin(self._annotation) is list else dict
        if not isinstance(data, expected):
            found = _JSON_NAMES.get(type(data), "a number")
            raise DecodeFailure(f"expected a JSON {_JSON_NAMES[expected]}, got {found}")
        return cast("T", convert(data, self._annotation))


@cache
def decoder(annotation: type[T]) -> Decoder[T]:
    """Return the decoder for a type. There is one for each."""
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
    r"""Parse JSON, including two cases that msgspec refuses.

    JavaScript servers cut strings by UTF-16 units, so that half an emoji (`"\ud83d"`) can occur,
    which is legal JSON. So are numbers beyond the range of floats. msgspec refuses both, the
    standard library accepts them. Half an emoji becomes U+FFFD.

    Raises:
        DecodeFailure: The body is not JSON.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = str(error)
    try:
        return _replace_surrogates(json.loads(body, parse_constant=_refuse_constant))
    except ValueError as error:
        raise DecodeFailure(reason) from error


def _replace_surrogates(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(data, list):
        return [_replace_surrogates(item) for item in data]
    if isinstance(data, dict):
        return {_replace_surrogates(key): _replace_surrogates(item) for key, item in data.items()}
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _raise_too_deep() -> NoReturn:
    raise DecodeFailure("the JSON is nested too deeply") from None
