"""Describing webhook bodies that are not payloads of Sunshine Conversations v2.

If a body without `events` were read as a payload without events, the receiver would respond with
200, and the sender would not deliver it again. So such a body is an error, whose text says what the
body looks like and what to do. These functions guess for that text; they decode nothing.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

__all__ = ["describe_bytes", "describe_json", "describe_object"]

_SUPPORT = (
    "Zendesk Support has its own webhooks, which are not those of Sunshine Conversations: give "
    "them another URL"
)

_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"\x78\x01": "deflate",
    b"\x78\x5e": "deflate",
    b"\x78\x9c": "deflate",
    b"\x78\xda": "deflate",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "zip",
}

_HEAD = 4096
"""How many bytes at the start of a body are examined."""

_KEYS = 100
"""How many keys of an object are examined."""


def describe_bytes(raw: bytes) -> str | None:
    """Describe bytes that are not JSON, or return None."""
    head = raw[:_HEAD]
    text = head.lstrip()
    if compression := _compression(head):
        return (
            f"it is compressed ({compression}): decompress it first, as its Content-Encoding says"
        )
    if text.startswith(b"<"):
        return "it is HTML or XML"
    if text.startswith((b"b'", b'b"')):
        return "it is the repr of a bytes object: pass the bytes themselves"
    if text.startswith((b"{'", b"[{'", b"{None", b"{True", b"{False")):
        return "it is the repr of a Python object: pass the unchanged body"
    if text.startswith(b"--") and b"content-disposition" in text.lower():
        return "it is a multipart form"
    if re.match(rb"[\w.%+\[\]-]+=[^\s=]", text) and not re.fullmatch(rb"[\w+/-]+={1,2}\s*", text):
        return "it is form-encoded, and a payload of Sunshine Conversations is JSON"
    if re.search(rb"[\x00-\x08\x0e-\x1f]", head[:64]):
        return "it is binary: compressed (br?) or encrypted; its Content-Encoding may say how"
    return _base64(text)


def describe_json(value: object) -> str:
    """Describe JSON that is not an object."""
    if isinstance(value, list):
        return "it is a JSON array, and a payload is an object with `events`"
    if isinstance(value, str):
        inner = value.lstrip()
        if inner.startswith(("{", "[")):
            return "it is JSON inside a JSON string: decode the string, and pass the text in it"
        found = describe_bytes(inner.encode("utf-8", "surrogatepass"))
        return f"it is a JSON string: {found}" if found else "it is a JSON string"
    if value is None:
        return "it is null"
    kind = "boolean" if isinstance(value, bool) else "number"
    return f"it is a JSON {kind}, and a payload is an object with `events`"


def describe_object(data: Mapping[str, Any]) -> str:
    """Describe a JSON object without `events`."""
    for describe in (_zendesk, _legacy, _aws, _wrapped, _others):
        if found := describe(data):
            return found
    if "events" in data:
        return "its `events` are null"
    if not data:
        return "it is an empty object"
    return f"it is an object without `events`; it has {_keys(data)}"


def _zendesk(data: Mapping[str, Any]) -> str | None:
    kind = data.get("type")
    if isinstance(kind, str) and kind.startswith("zen:"):
        return f"it is an event of Zendesk Support ({_shown(kind)}). {_SUPPORT}"
    if "zendesk_event_version" in data or {"account_id", "detail"} <= data.keys():
        return f"it is an event of Zendesk Support. {_SUPPORT}"
    if any(re.match(r"ticket($|[_. ]|[A-Z])", key) for key in islice(data, _KEYS)):
        return f"it looks like the body of a trigger of Zendesk Support. {_SUPPORT}"
    if isinstance(kind, str) and "payload" in data and ":" in kind:
        return f"it is a single event ({_shown(kind)}): pass the whole body, with `events`"
    return None


def _legacy(data: Mapping[str, Any]) -> str | None:
    version = data.get("version")
    is_version = isinstance(version, str) and re.fullmatch(r"v1[\w.]{0,6}", version, re.ASCII)
    if "trigger" in data or "appUser" in data or is_version:
        return (
            f"it is the payload of a {version if is_version else 'v1'} webhook, and only v2 is "
            "read: replace the webhook by one made with the v2 API (`webhooks.create`)"
        )
    return None


def _aws(data: Mapping[str, Any]) -> str | None:
    kind = data.get("Type")
    if "TopicArn" in data or ("Message" in data and "MessageId" in data):
        if kind in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
            return f"it is a {kind} of Amazon SNS: confirm it at its SubscribeURL, or ignore it"
        return "it is a notification of Amazon SNS: pass its `Message`"
    records = data.get("Records")
    if isinstance(records, list):
        return "it is a batch of AWS records: pass the `body` (SQS) or `Sns.Message` of each"
    if "detail-type" in data:
        return "it is an event of Amazon EventBridge: pass its `detail`, as JSON"
    if "requestContext" in data or "httpMethod" in data or "isBase64Encoded" in data:
        decoded = ", decoded from base64" if data.get("isBase64Encoded") is True else ""
        return f"it is a request of AWS API Gateway or a load balancer: pass its `body`{decoded}"
    return None


def _wrapped(data: Mapping[str, Any]) -> str | None:
    """Recognise a payload below a key, as an object, as JSON text or as base64."""
    for key, value in islice(data.items(), _KEYS):
        if isinstance(value, dict) and isinstance(value.get("events"), list):
            return f"the payload is below `{_shown(key)}`: pass that part, as JSON"
        if isinstance(value, str):
            if value.lstrip().startswith("{") and '"events"' in value:
                return f"the payload is text below `{_shown(key)}`: pass that text"
            if key in ("body", "data", "payload") and _base64(
                value[:_HEAD].encode("utf-8", "replace")
            ):
                return f"`{_shown(key)}` is encoded in base64: decode it, and pass the result"
    message = data.get("message")
    if "subscription" in data and isinstance(message, dict):
        return "it is a push of Google Pub/Sub: decode `message.data` from base64, and pass that"
    return None


def _others(data: Mapping[str, Any]) -> str | None:
    if "specversion" in data:
        return "it is a CloudEvent: pass its `data`, as JSON"
    if "object" in data and isinstance(data.get("entry"), list):
        return "it is a webhook of Meta (Messenger, Instagram or WhatsApp)"
    return None


def _compression(head: bytes) -> str | None:
    for magic, name in _COMPRESSED.items():
        # The same bytes may have been decoded to text by mistake, as latin-1 or with U+FFFD.
        as_text = magic.decode("latin-1").encode()
        replaced = magic.decode("utf-8", "replace").encode()
        if head.startswith((magic, as_text, replaced)):
            return name
    return None


def _base64(text: bytes) -> str | None:
    """Recognise base64 of JSON or of compressed data by decoding its start."""
    if not re.fullmatch(rb"[A-Za-z0-9+/_\s-]{8,}={0,2}\s*", text):
        return None
    start = re.sub(rb"\s", b"", text).replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        decoded = base64.b64decode(start[: min(len(start) // 4 * 4, 64)])
    except binascii.Error:
        return None
    if compression := _compression(decoded):
        return f"it is base64 of compressed data ({compression}): decode it, then decompress it"
    if decoded.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return "it is encoded in base64 (`isBase64Encoded` on AWS): decode it first"
    return None


def _keys(data: Mapping[str, Any]) -> str:
    shown = ", ".join(f"`{_shown(key)}`" for key in islice(data, 5))
    return shown if len(data) <= 5 else f"{shown} and {len(data) - 5:,} more keys"


def _shown(text: str) -> str:
    """Return at most 40 characters of untrusted text, as printable ASCII."""
    cut = text if len(text) <= 40 else f"{text[:37]}..."
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in cut)
