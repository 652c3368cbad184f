"""Telling the cancellation of a task from a CancelledError that something else raised."""

import asyncio

__all__ = ["end_of", "unexpected_cancellation", "was_cancelled"]


def was_cancelled() -> bool:
    """Whether the running task itself was cancelled, and not only something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def unexpected_cancellation(where: str, cancelled: asyncio.CancelledError) -> RuntimeError:
    """Return the error for a CancelledError although the task was not cancelled.

    The CancelledError itself would end one task silently, and the run would wait forever for its
    item.

    Args:
        where: What raised it.
        cancelled: The CancelledError.
    """
    error = RuntimeError(f"{where} raised CancelledError although the run was not cancelled")
    error.__cause__ = cancelled
    return error


async def end_of(task: asyncio.Task[None]) -> None:
    """Wait for the end of a task that was stopped.

    Args:
        task: The task.
    """
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # retrieved, so that asyncio does not report it
