"""Creating a resource, or changing it if it exists.

The API has no such request. A creation whose response was lost is settled by making the change: it
sets the same values, so its success shows that the resource exists and has them.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sunco_async._base.deadlines import seconds_left
from sunco_async.errors import Conflict, NotFound, SuncoError

__all__ = ["create_or_update"]

T = TypeVar("T")


async def create_or_update(
    create: Callable[[], Awaitable[T]], update: Callable[[], Awaitable[T]]
) -> T:
    """Create a resource. If it exists, or if the outcome is unknown, update it.

    The error of the creation is raised if its outcome is unknown and the update finds no resource,
    or if the deadline of the call leaves no time for the update.

    Args:
        create: Creates the resource; raises `Conflict` if it exists.
        update: Sets the same values; raises `NotFound` if it does not exist. Doing it twice must
            have the same effect as doing it once.
    """
    try:
        return await create()
    except Conflict:
        return await update()
    except SuncoError as error:
        if error.outcome != "unknown":
            raise
        lost = error
    left = seconds_left()
    if left is not None and left <= 0:
        raise lost
    try:
        return await update()
    except NotFound:
        raise lost from None
    except SuncoError as error:
        error.outcome = "unknown"  # the creation may have taken effect even if the update failed
        raise
