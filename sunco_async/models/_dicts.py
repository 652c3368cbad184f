"""Models to plain dicts in the API's own keys, and back."""

from collections.abc import Sequence
from typing import Any, TypeVar, overload

from sunco_async.models._base import Model, Unknown
from sunco_async.models._tolerant import convert
from sunco_async.models._wire import to_wire

ModelT = TypeVar("ModelT", bound=Model)


@overload
def to_dict(value: Model | Unknown) -> dict[str, Any]: ...
@overload
def to_dict(value: Sequence[Model | Unknown]) -> list[dict[str, Any]]: ...
def to_dict(
    value: Model | Unknown | Sequence[Model | Unknown],
) -> dict[str, Any] | list[dict[str, Any]]:
    """Return the wire form of a model, or of a list of them: camelCase keys, ISO timestamps.

    Secrets are in it, as they are on the wire.
    """
    wire: dict[str, Any] | list[dict[str, Any]] = to_wire(value)
    return wire


def from_dict(cls: type[ModelT], data: dict[str, Any]) -> ModelT:
    """Build a model from its wire form, as tolerantly as an answer is read.

    Raises TypeError when `data` is not a dict.
    """
    if not isinstance(data, dict):
        raise TypeError(f"{cls.__name__} is built from a dict, not {type(data).__name__}")
    model: ModelT = convert(data, cls)
    return model
