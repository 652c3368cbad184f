"""One item from its beginning to its end, and what its end says of the others."""

from typing import Final

from sunco_async._client import AsyncSunco
from sunco_async.bulk._conversations import ConversationFinder
from sunco_async.bulk._items import MALFORMED, Failed, Outgoing, Sent, is_malformed
from sunco_async.errors import (
    AuthenticationFailed,
    ConfigurationError,
    ConnectionFailed,
    NotFound,
    PaymentRequired,
    PermissionDenied,
    SuncoError,
    UnexpectedRedirect,
)
from sunco_async.models import Message

__all__ = ["AbortPolicy", "Delivery"]


class Delivery:
    """Sends one item, once: it begins and ends here, whatever happens to it in between.

    What is the item's own failure is returned. What is raised is a fault of the program.
    """

    def __init__(self, sunco: AsyncSunco) -> None:
        self._messages = sunco.messages
        self._finder = ConversationFinder(sunco.conversations)

    async def __call__(self, item: Outgoing) -> Sent | Failed:
        try:
            return await self._send(item)
        except MALFORMED as error:
            if not is_malformed(item):
                raise
            return Failed(item.key, error, before_sending=True)

    async def _send(self, item: Outgoing) -> Sent | Failed:
        try:
            conversation_id = await self._finder.find(item.target)
        except SuncoError as error:
            return Failed(item.key, error, before_sending=True)
        try:
            messages = await self._messages.post(
                conversation_id,
                item.content,
                author=item.author,
                destination=item.destination,
                metadata=item.metadata,
                override=item.override,
                schema=item.schema,
            )
        except SuncoError as error:
            if isinstance(error, NotFound):
                self._finder.forget(item.target)
            return Failed(item.key, error)
        return Sent(item.key, messages[0] if messages else Message(), conversation_id)


MAX_CONSECUTIVE_REFUSALS: Final = 50
"""Refusals without a message sent in between, after which they are taken to be for everybody."""


class AbortPolicy:
    """Tells from the ends of items whether the ones to come can succeed.

    - A 401, a setting that cannot be used, an app that does not exist and a connection that can
      never be made (a certificate that does not verify) are the same for every item: the first one
      decides.
    - A 402 or 403 may be about one conversation (another integration's, a channel that the plan
      lacks) or about the key; a redirect may be about anything. Many in a row decide.
    - Every other error is the item's own.
    """

    def __init__(self) -> None:
        self._refused = 0

    def note(self, end: Sent | Failed) -> Exception | None:
        """Take note of an end; return its error if no other item can succeed either."""
        if isinstance(end, Sent):
            self._refused = 0
            return None
        error = end.error
        hopeless = _is_for_everybody(error)
        if isinstance(error, PermissionDenied | PaymentRequired | UnexpectedRedirect):
            self._refused += 1
            hopeless = self._refused >= MAX_CONSECUTIVE_REFUSALS
        return error if hopeless else None


def _is_for_everybody(error: Exception) -> bool:
    if isinstance(error, NotFound):
        return any(detail.code == "app_not_found" for detail in error.errors)
    if isinstance(error, ConnectionFailed):
        return error.permanent
    return isinstance(error, AuthenticationFailed | ConfigurationError)
