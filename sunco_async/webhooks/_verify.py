"""Verifying that a webhook request was sent by the platform.

The platform sends the secret of the webhook in the header `X-API-Key`; there is no signature and no
timestamp. So the comparison takes the same time wherever the keys differ, and repeated deliveries
can only be recognised by the ids of their events.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from sunco_async.webhooks._errors import VerificationError

__all__ = ["verify"]

LONGEST_KEY = 1024
"""The longest key that is compared, in characters. The one in the API reference has 32."""

# The names in HTTP and in a WSGI environ, which is Django's `request.META`.
_API_KEY = (b"x-api-key", b"http_x_api_key")
_SIGNATURE = (b"x-zendesk-webhook-signature", b"http_x_zendesk_webhook_signature")
_NESTED = (b"headers", b"multivalueheaders")
_LONGEST_NAME = max(map(len, _API_KEY + _SIGNATURE))

_HINT = (
    "; it is signed as the webhooks of Zendesk Support are (X-Zendesk-Webhook-Signature), "
    "another system than the webhooks of Sunshine Conversations"
)

_HINT_NESTED = "; pass the headers themselves, which are below the key `headers` of what was passed"


@runtime_checkable
class _Items(Protocol):
    def items(self) -> Iterable[tuple[object, object]]: ...


Headers: TypeAlias = _Items | Iterable[tuple[str | bytes, str | bytes | Sequence[str | bytes]]]
"""A mapping of names to values, or (name, value) pairs as in an ASGI scope; str or bytes.

A value may be a list or tuple of values, as in `multiValueHeaders` of AWS.
"""


def verify(headers: Headers, secrets: str | Iterable[str]) -> None:
    """Check that a request has the secret of the webhook, or one of several during a rotation.

    Args:
        headers: The headers of the request: a mapping or (name, value) pairs, as str or bytes, with
            names in any case. Django's `request.META` is accepted, and so are values that are lists
            (`multiValueHeaders` of AWS).
        secrets: The secret of the webhook, or several of them.

    Raises:
        VerificationError: The request has none of the secrets. Respond with 401.
        ValueError: No secret is configured, or one cannot be sent in a header. It is raised for
            every request.
    """
    keys = as_list(secrets)
    misconfigured = invalid_secrets(keys)
    refused = None if misconfigured else rejection_reason(headers, keys)
    del headers, secrets, keys  # no traceback with locals may show them
    if misconfigured:
        raise ValueError(misconfigured)
    if refused:
        raise VerificationError(refused)


def as_list(secrets: str | Iterable[str] | None) -> list[str]:
    """Return the configured secrets as a list, unchecked."""
    return [secrets] if isinstance(secrets, str | bytes) else list(secrets or ())


def invalid_secrets(secrets: Sequence[object]) -> str | None:
    """Return why the configured secrets cannot be used, or None."""
    if not secrets:
        return "no webhook secret is configured; it is in the response of `webhooks.create`"
    for secret in secrets:
        if not isinstance(secret, str):
            return f"a webhook secret is a str, not {type(secret).__name__}"
        if not secret:
            return "a webhook secret is empty"
        if not (secret.isascii() and secret.isprintable() and secret == secret.strip()):
            return "a webhook secret has characters, or spaces around it, that no header can carry"
        if len(secret) > LONGEST_KEY:
            return f"a webhook secret is longer than {LONGEST_KEY:,} characters"
    return None


def rejection_reason(headers: Headers, secrets: Iterable[str]) -> str | None:
    """Return why a request is rejected, or None if it has one of the secrets."""
    sent: list[object] = []
    hint = ""
    for name, value in _pairs(headers):
        plain = _plain(name, _LONGEST_NAME).lower()
        if plain in _API_KEY:
            sent.extend(value if isinstance(value, list | tuple) else [value])
        elif plain in _SIGNATURE:
            hint = _HINT
        elif plain in _NESTED and isinstance(value, Mapping):
            hint = hint or _HINT_NESTED
    if not sent:
        return f"the request has no X-API-Key header{hint}"
    if len(sent) > 1:
        return f"the request has more than one X-API-Key header{hint}"
    if not _matches(_plain(sent[0], LONGEST_KEY), secrets):
        return f"the request's X-API-Key is not the webhook's secret{hint}"
    return None


def _pairs(headers: Headers) -> Iterable[tuple[object, object]]:
    if isinstance(
        headers, list | tuple
    ):  # as in ASGI; the check for a protocol takes 10 times longer
        return headers
    return headers.items() if isinstance(headers, _Items) else headers


def _plain(text: object, longest: int) -> bytes:
    """Return the name or value of a header as bytes; empty if it is too long or not ASCII."""
    if not isinstance(text, str | bytes) or len(text) > longest or not text.isascii():
        return b""
    return text.encode("ascii") if isinstance(text, str) else text


def _matches(sent: bytes, secrets: Iterable[str]) -> bool:
    # Every secret is compared, so that the time does not show which one matched. The sent key is
    # the second argument, because the time of compare_digest depends on that argument's length.
    matches = [hmac.compare_digest(secret.encode("ascii"), sent) for secret in secrets]
    return any(matches)
