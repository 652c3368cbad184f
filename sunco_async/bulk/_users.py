"""Creating the users of a campaign before they are written to."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable

from msgspec import UNSET

from sunco_async._client import AsyncSunco
from sunco_async.bulk._abort_policy import affects_every_item
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.errors import PermissionDenied, SuncoError
from sunco_async.models import Profile

__all__ = ["create_users", "ensure_user"]


async def ensure_user(sunco: AsyncSunco, external_id: str, name: str) -> bool:
    """Create a user, or change the name of the user that has the external id.

    Args:
        sunco: The client to send with.
        external_id: The external id of the user.
        name: The given name of the user. An empty one leaves the name as it is.

    Returns:
        Whether the user certainly is new, and so has no conversation.

    Raises:
        SuncoError: The user could be neither created nor changed.
    """
    profile = Profile(given_name=name) if name else UNSET
    response = await sunco.raw(sunco.users.upsert, external_id, profile=profile)
    return response.status_code == 201  # of the creation; the change of a user returns 200


async def create_users(
    sunco: AsyncSunco,
    messages: Iterable[RowMessage],
    *,
    ahead: int,
    on_failure: Callable[[RowMessage, Exception], None],
) -> AsyncGenerator[RowMessage, None]:
    """Yield messages in order, each after its user was created.

    Args:
        sunco: The client to send with.
        messages: The messages to users with an external id.
        ahead: Users that are created at once.
        on_failure: Called with a message whose user cannot be created. It is not yielded.

    Yields:
        The messages whose users exist.

    Raises:
        SuncoError: An error that affects every user, such as a wrong key.
    """
    waiting: deque[tuple[RowMessage, asyncio.Task[bool]]] = deque()
    iterator = iter(messages)
    try:
        while True:
            while len(waiting) < ahead and (message := next(iterator, None)) is not None:
                external_id = message.outgoing.user_external_id or ""
                creation = ensure_user(sunco, external_id, message.name)
                waiting.append((message, asyncio.create_task(creation)))
            if not waiting:
                return
            message, task = waiting[0]
            # The task stays in the queue until it has ended, so that a cancellation here ends it.
            await asyncio.wait([task])
            waiting.popleft()
            try:
                task.result()
            except (SuncoError, ValueError) as error:
                if affects_every_item(error) or isinstance(error, PermissionDenied):
                    raise
                on_failure(message, error)
            else:
                yield message
    finally:
        tasks = [task for _, task in waiting]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
