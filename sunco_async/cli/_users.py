"""Making sure that users exist before they are written to."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable

from msgspec import UNSET

from sunco_async import (
    AsyncSunco,
    AuthenticationFailed,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    PermissionDenied,
    SuncoError,
)
from sunco_async.cli._compose import RowMessage
from sunco_async.models import Profile

__all__ = ["ensure_user", "with_users"]


async def ensure_user(sunco: AsyncSunco, external_id: str, name: str) -> bool:
    """Create a user, or give the one that exists this name; returns whether it is new.

    An answer that was lost on the way is settled by looking, since creating a user is no message:
    what counts is that it is there.
    """
    profile = Profile(given_name=name) if name else UNSET
    try:
        await sunco.users.create(external_id=external_id, profile=profile)
    except Conflict:
        if profile is not UNSET:
            await sunco.users.update(external_id, profile=profile)
        return False
    except SuncoError as error:
        if error.outcome != "unknown":
            raise
        await sunco.users.update(external_id, profile=profile)
        return False
    return True


async def with_users(
    sunco: AsyncSunco,
    drafts: Iterable[RowMessage],
    *,
    ahead: int,
    refused: Callable[[RowMessage, Exception], None],
) -> AsyncGenerator[RowMessage, None]:
    """Hand out drafts in order, each after its user exists; `ahead` users are made at once.

    A user that cannot be made is told to `refused`, and its draft is not handed out. What fails
    for one user as it would for all, such as a wrong key, is raised.
    """
    waiting: deque[tuple[RowMessage, asyncio.Task[bool]]] = deque()
    iterator = iter(drafts)
    try:
        while True:
            while len(waiting) < ahead and (draft := next(iterator, None)) is not None:
                external_id = draft.message.user_external_id or ""
                making = ensure_user(sunco, external_id, draft.name)
                waiting.append((draft, asyncio.create_task(making)))
            if not waiting:
                return
            draft, task = waiting[0]
            # The task stays in line until it has ended, so that a cancellation here ends it too.
            await asyncio.wait([task])
            waiting.popleft()
            try:
                task.result()
            except (AuthenticationFailed, ConfigurationError, PermissionDenied):
                raise
            except (SuncoError, ValueError) as error:
                if isinstance(error, ConnectionFailed) and error.permanent:
                    raise
                refused(draft, error)
            else:
                yield draft
    finally:
        left = [task for _, task in waiting]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
