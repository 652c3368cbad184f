"""The delivery of one item: build, find the conversation, send."""

from sunco_async._call.request import EncodedBody
from sunco_async._client import AsyncSunco
from sunco_async.bulk._conversations import ConversationFinder
from sunco_async.bulk._items import Failed, Outgoing, Sent, check_target
from sunco_async.errors import NotFound, RequestTooLarge, SuncoError
from sunco_async.models import Message
from sunco_async.resources.messages import build_message, encode_message, send_message

__all__ = ["Delivery", "build_body"]


def build_body(item: Outgoing) -> EncodedBody:
    """Check an item, and build the request body that sends it.

    Args:
        item: The item to send.

    Returns:
        The JSON of the request body.

    Raises:
        RequestTooLarge: The body exceeds 100 kB, the metadata 4 KB, or a text its limit.
        TypeError: It holds a value that JSON has no form for, or metadata that is not flat.
        ValueError: The target cannot be in a request, or a struct breaks a rule of the API.
    """
    check_target(item.target)
    return encode_message(
        build_message(
            item.content,
            author=item.author,
            destination=item.destination,
            metadata=item.metadata,
            override=item.override,
            schema=item.schema,
        )
    )


class Delivery:
    """Sends one item, once.

    An item's own failure is returned. An exception that is raised is a bug of the program.

    Args:
        sunco: The client to send with.
    """

    def __init__(self, sunco: AsyncSunco) -> None:
        self._messages = sunco.messages
        self._finder = ConversationFinder(sunco.conversations)

    async def __call__(self, item: Outgoing) -> Sent | Failed:
        """Build the request first, so that a malformed item fails before anything is sent.

        Args:
            item: The item to send.

        Returns:
            How it ended.
        """
        try:
            body = build_body(item)
        except (RequestTooLarge, TypeError, ValueError) as error:
            return Failed(item.key, error, before_sending=True)
        try:
            conversation_id = await self._finder.find(item.target)
        except SuncoError as error:
            return Failed(item.key, error, before_sending=True)
        try:
            messages = await send_message(self._messages, conversation_id, body)
        except SuncoError as error:
            if isinstance(error, NotFound):
                self._finder.forget(item.target)
            return Failed(item.key, error)
        return Sent(item.key, messages[0] if messages else Message(), conversation_id)
