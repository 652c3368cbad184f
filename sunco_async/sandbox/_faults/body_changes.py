"""Response bodies of a later version of the API: unknown fields, types and values."""

from collections.abc import Callable, Iterable

import msgspec

from sunco_async.sandbox._faults.fault import Fault
from sunco_async.sandbox._http.messages import Response

__all__ = ["change_body", "with_body"]

_FREE_FORM = frozenset({"metadata", "payload", "override", "raw", "settings"})
"""Fields whose values belong to the caller, or have no documented members."""

_ENUMERATIONS = frozenset(
    {
        "creationReason",
        "imageAspectRatio",
        "reason",
        "size",
        "status",
        "subtypes",
        "tier",
        "verification",
    }
)


def change_body(response: Response, changes: Iterable[Fault]) -> Response:
    """Return a successful JSON response with its body changed; any other as it is."""
    if not (response.is_json and 200 <= response.status < 300):
        return response
    value = msgspec.json.decode(response.body)
    for fault in changes:
        value = _walk(value, _CHANGES[fault.action])
    return with_body(response, msgspec.json.encode(value))


def with_body(response: Response, body: bytes) -> Response:
    """Return a response with another body, and its length."""
    headers = [(name, value) for name, value in response.headers if name != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    return Response(response.status, body, headers)


def _walk(value: object, change: Callable[[dict[str, object]], dict[str, object]]) -> object:
    if isinstance(value, list):
        return [_walk(each, change) for each in value]
    if isinstance(value, dict):
        return change(
            {
                name: each if name in _FREE_FORM else _walk(each, change)
                for name, each in value.items()
            }
        )
    return value


def _unknown_fields(value: dict[str, object]) -> dict[str, object]:
    return {
        "futureField": {"type": "future", "values": [1, None, "x"]},
        **value,
        "futureFlag": True,
    }


def _unknown_types(value: dict[str, object]) -> dict[str, object]:
    return value | {"type": "futureType"} if isinstance(value.get("type"), str) else value


def _unknown_enums(value: dict[str, object]) -> dict[str, object]:
    changed = dict(value)
    for name in _ENUMERATIONS & value.keys():
        if isinstance(value[name], str):
            changed[name] = "futureValue"
        elif isinstance(value[name], list):
            changed[name] = ["futureValue"]
    return changed


_CHANGES = {
    "unknown_fields": _unknown_fields,
    "unknown_types": _unknown_types,
    "unknown_enums": _unknown_enums,
}
