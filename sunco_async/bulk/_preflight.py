"""The first request of a campaign, which finds a wrong setting before anything is sent."""

from sunco_async._client import AsyncSunco
from sunco_async.bulk._abort_policy import affects_every_item
from sunco_async.bulk._items import Target
from sunco_async.errors import APIStatusError, NotFound

__all__ = ["preflight"]


async def preflight(sunco: AsyncSunco, target: Target) -> None:
    """Fetch the target of the first message, or the integration of the first notification.

    Any response of the API passes, a 404 included, unless it affects every message.

    Args:
        sunco: The client to send with.
        target: The target of the first message.

    Raises:
        AuthenticationFailed: The key or its secret is wrong.
        ConfigurationError: A setting cannot be used.
        ConnectionFailed: The host cannot be reached.
        NotFound: The app does not exist, or the integration of a notification.
        RequestTimeout: The host does not respond.
        ResponseDecodeError: The response is not from the API.
        UnexpectedRedirect: The host redirects.
    """
    try:
        if target.kind == "notification":
            await sunco.integrations.get(target.id.partition("/")[0], retry=None)
        elif target.kind == "conversation_id":
            await sunco.conversations.get(target.id, retry=None)
        else:
            await sunco.users.get(target.id, retry=None)
    except APIStatusError as error:
        if affects_every_item(error) or (
            target.kind == "notification" and isinstance(error, NotFound)
        ):
            raise
