"""Reading the body of a webhook request.

A body that fits the structs is read in one strict pass. One that does not is read event by event,
so that an odd event never hides its neighbours:

- an event of an unknown type becomes an `UnknownEvent`;
- so does one of a known type that lacks what it is about, such as a message event without a
  message, because a handler of that type could do nothing with it;
- whatever else is odd in an event stays inside it, by the rules of `sunco_async.models`;
- an entry of `events` that is no object, a null for one, is left out.
"""

from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import Struct

from sunco_async._codec import DecodeFailure, Decoder
from sunco_async.models._tolerant import convert
from sunco_async.webhooks._errors import PayloadError
from sunco_async.webhooks._events_base import UnknownEvent
from sunco_async.webhooks._payload import Event, KnownEvent, WebhookPayload

MAX_BODY = 16 * 1024 * 1024
"""The longest body that is read, in bytes; a real one holds a few events."""

_strict = msgspec.json.Decoder(WebhookPayload)
_CLASSES: dict[str, type[KnownEvent]] = {
    str(cls.__struct_config__.tag): cls for cls in get_args(KnownEvent)
}
_json_object: Decoder[dict[str, Any]] = Decoder(dict[str, Any])


def parse(body: bytes | str) -> WebhookPayload:
    """Read the body of a webhook request, as it came.

    Raises PayloadError for what is no JSON object, nests too deeply, exceeds 16 MB, or comes from
    a legacy (v1) webhook; for nothing that the API may add to its events.
    """
    raw = _checked(body)
    try:
        return _strict.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # a ValidationError is a DecodeError too
    try:
        data = _json_object.decode(raw)
    except DecodeFailure as error:
        raise PayloadError(f"the webhook body cannot be read: {error}") from None
    return _read(data)


def _checked(body: bytes | str) -> bytes:
    if not isinstance(body, bytes | str):
        raise TypeError(f"parse reads the body as it came, bytes or str, not {type(body).__name__}")
    if len(body) <= MAX_BODY:
        # Half an emoji has no UTF-8 form; the codec mends it.
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        if not raw:
            raise PayloadError("the webhook body is empty")
        if len(raw) <= MAX_BODY:
            return raw
    raise PayloadError(f"the webhook body is longer than {MAX_BODY:,} bytes")


def _read(data: dict[str, Any]) -> WebhookPayload:
    if "trigger" in data and "events" not in data:
        raise PayloadError(_legacy(data))
    events = data.get("events")
    if events is None:
        events = []
    if not isinstance(events, list):
        raise PayloadError("the webhook body cannot be read: its `events` are no array")
    head: WebhookPayload = convert({**data, "events": []}, WebhookPayload)
    read = [_event(event) for event in events if isinstance(event, dict)]
    return msgspec.structs.replace(head, events=read)


def _legacy(data: dict[str, Any]) -> str:
    version = data.get("version")
    known = isinstance(version, str) and len(version) <= 8 and version.isprintable()
    return (
        f"this is the payload of a {version if known else 'v1'} webhook, and only v2 payloads "
        "can be read: replace the webhook by one made with the v2 API (`webhooks.create`)"
    )


def _event(raw: dict[str, Any]) -> Event:
    tag = raw.get("type")
    cls = _CLASSES.get(tag) if isinstance(tag, str) else None
    if cls is None:
        return UnknownEvent(raw)
    event: KnownEvent = convert(raw, cls)
    return event if _is_whole(event) else UnknownEvent(raw)


def _is_whole(value: object) -> bool:
    """Tell whether an event, or a part of one, has the objects that its class requires."""
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
