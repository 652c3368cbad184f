"""Reading the body of a webhook request.

A body that matches the structs is decoded in one strict pass. Any other body is decoded event by
event, so that an unexpected event does not affect the others:

- an event of an unknown type becomes an `UnknownEvent`;
- so does an event of a known type without its main objects, such as a message event without a
  message, because a handler of that type could do nothing with it;
- other unexpected fields and values in an event follow the rules of `sunco_async.models`;
- an entry of `events` that is not an object, such as null, is skipped.

A body without an array of `events` is not a payload and raises an error (see `_foreign`). An empty
array is a delivery without events.
"""

import codecs
from collections.abc import Awaitable
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct

from sunco_async.models._codec import DecodeFailure, Decoder
from sunco_async.models._lenient import convert
from sunco_async.webhooks._errors import PayloadError
from sunco_async.webhooks._events_base import UnknownEvent
from sunco_async.webhooks._foreign import describe_bytes, describe_json, describe_object
from sunco_async.webhooks._payload import Event, KnownEvent, WebhookPayload

__all__ = ["parse"]

PayloadT = TypeVar("PayloadT", bound=WebhookPayload)

MAX_BODY = 16 * 1024 * 1024
"""The longest body that is read, in bytes. A real delivery has a few events."""

_strict = msgspec.json.Decoder(WebhookPayload)
_CLASSES: dict[str, type[KnownEvent]] = {
    str(cls.__struct_config__.tag): cls for cls in get_args(KnownEvent)
}
_json: Decoder[Any] = Decoder(Any)


def parse(body: bytes | str) -> WebhookPayload:
    """Decode the body of a webhook request.

    Unknown events become `UnknownEvent`, and unknown fields and values are accepted. The error for
    a body that is not a payload of Sunshine Conversations v2 says what the body looks like: an
    event of Zendesk Support, an envelope of AWS, base64, compressed data, a v1 payload.

    Args:
        body: The unchanged body, as bytes or str, at most 16 MiB. A byte order mark is ignored, and
            UTF-16 and UTF-32 are accepted.

    Returns:
        The payload with its events, in the order in which they were sent.

    Raises:
        PayloadError: The body is not a payload of Sunshine Conversations v2. Respond with 400.
        TypeError: The body is not bytes or str.
    """
    raw = _checked(body)
    try:
        payload = _strict.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # a ValidationError is a DecodeError too
    else:
        if payload.events:
            return payload
    try:
        data = _json.decode(raw)
    except DecodeFailure as error:
        raise _unreadable(describe_bytes(raw) or str(error)) from None
    if not isinstance(data, dict):
        raise _unreadable(describe_json(data))
    return read_payload(WebhookPayload, data)


def _checked(body: object) -> bytes:
    if not isinstance(body, bytes | str):
        advice = "; await it" if isinstance(body, Awaitable) else ""
        raise TypeError(
            f"parse takes the unchanged body as bytes or str, not {type(body).__name__}{advice}"
        )
    if len(body) <= MAX_BODY:
        # A lone surrogate has no UTF-8 form; the codec replaces it.
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        raw = raw.removeprefix(codecs.BOM_UTF8)
        if not raw.strip():
            raise PayloadError("the webhook body is empty")
        if len(raw) <= MAX_BODY:
            return raw
    raise PayloadError(f"the webhook body is longer than {MAX_BODY:,} bytes")


def read_payload(cls: type[PayloadT], data: dict[str, Any]) -> PayloadT:
    """Decode the JSON object of a payload, event by event."""
    events = data.get("events")
    if not isinstance(events, list):
        raise _unreadable(describe_object(data) if events is None else "its `events` are no array")
    read = [read_event(event) for event in events if isinstance(event, dict)]
    if not read and any(event is not None for event in events):
        raise _unreadable("its `events` hold no object")
    if "destination" in data and "app" not in data and "webhook" not in data:
        raise _unreadable("it is a webhook of LINE")
    head: PayloadT = convert({**data, "events": []}, cls)
    return msgspec.structs.replace(head, events=read)


def _unreadable(problem: str) -> PayloadError:
    return PayloadError(f"the webhook body cannot be read: {problem}")


def read_event(raw: dict[str, Any]) -> Event:
    """Decode the JSON object of one event."""
    tag = raw.get("type")
    cls = _CLASSES.get(tag) if isinstance(tag, str) else None
    if cls is None:
        return UnknownEvent(raw)
    event: KnownEvent = convert(raw, cls)
    return event if _is_whole(event) else UnknownEvent(raw)


def _is_whole(value: object) -> bool:
    """Return whether an event, or a part of one, has the objects that its class requires."""
    return not isinstance(value, Struct) or all(
        isinstance(part := getattr(value, name), due) and _is_whole(part)
        for name, due in _essentials(type(value))
    )


@cache
def _essentials(cls: type[Struct]) -> tuple[tuple[str, type[Struct]], ...]:
    return tuple(
        (field.name, field.type)
        for field in msgspec.structs.fields(cls)
        if field.required and isinstance(field.type, type) and issubclass(field.type, Struct)
    )
