"""One pass over an outbox.

A reader takes items from the outbox and adds them to a queue that keeps the order within each
target. Workers take items from the queue and deliver them. The results go to the consumer.

An item holds one of a fixed number of slots from before it is read until its result is returned.
This bounds the memory for any outbox: many items of one target, or a slow consumer, make the reader
wait.

A run that ends early always ends in the same way, whatever the cause: nothing more is read, items
that were started are finished, all others are skipped, every result is returned, and only then is
an error raised. The tasks belong to the run and not to the consumer, so no `yield` is inside a task
group.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeAlias

from sunco_async._base.finish import finish
from sunco_async._base.keyed_queue import KeyedQueue
from sunco_async.bulk._abort_policy import AbortPolicy
from sunco_async.bulk._items import Failed, Outgoing, Result, Sent, Skipped, Target
from sunco_async.bulk._statistics import Counters

__all__ = ["BulkRun", "Outbox"]

Outbox: TypeAlias = Iterable[Outgoing] | AsyncIterable[Outgoing]


class BulkRun:
    """The reader, the workers and their shared state.

    Args:
        deliver: Delivers one item. It returns the item's own failure, and raises only bugs.
        concurrency: Items under way at once.
        window: Items in memory at once.
        counters: Counts the items and their results.
    """

    def __init__(
        self,
        deliver: Callable[[Outgoing], Awaitable[Sent | Failed]],
        *,
        concurrency: int,
        window: int,
        counters: Counters,
    ) -> None:
        self._deliver = deliver
        self._concurrency = concurrency
        self._slots = asyncio.Semaphore(window)
        self._counters = counters
        self._queue: KeyedQueue[Target, Outgoing] = KeyedQueue(lambda item: item.target)
        self._abort_policy = AbortPolicy()
        # Never longer than the window, since each result still holds the slot of its item.
        self._results: asyncio.Queue[Result | None] = asyncio.Queue()
        self._reader: asyncio.Task[None] | None = None
        self._stop_reason: str | None = None
        self._error: Exception | None = None

    async def results(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        """Deliver an outbox. Leaving the iteration cancels the run and waits for its end.

        Args:
            outbox: The items to deliver.

        Yields:
            One result for each item that was read.
        """
        work = asyncio.create_task(self._run(outbox))
        work.add_done_callback(lambda _: self._results.put_nowait(None))
        try:
            while (result := await self._results.get()) is not None:
                self._slots.release()
                yield result
            work.result()
            if self._error is not None:
                raise self._error
        finally:
            await finish(_cancel(work))

    def stop(self) -> None:
        """Start no further item."""
        self._stop("stopped")

    def _abort(self, error: Exception) -> None:
        """Stop early. The first such error is raised at the end of the run."""
        if self._error is None:
            self._error = error
        self._stop("aborted")

    def _stop(self, reason: str) -> None:
        if self._stop_reason is None:
            self._stop_reason = reason
        # If the outbox itself stops the run, the reader checks the reason after the current item.
        if self._reader is not None and self._reader is not asyncio.current_task():
            self._reader.cancel()

    async def _run(self, outbox: Outbox) -> None:
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self._concurrency)]
            self._reader = group.create_task(self._read(outbox))
            await asyncio.wait([self._reader])
            await self._queue.drained()
            for worker in workers:
                worker.cancel()

    async def _read(self, outbox: Outbox) -> None:
        try:
            async with aclosing(_items(outbox)) as items:
                while self._stop_reason is None:
                    await self._slots.acquire()
                    item = await anext(items, None)
                    if item is None:
                        return
                    self._counters.read += 1
                    self._queue.add(item)
        except asyncio.CancelledError as cancelled:
            if _was_cancelled():
                raise
            self._abort(_unexpected_cancellation("the outbox", cancelled))
        except Exception as error:  # noqa: BLE001 - the caller's own; raised at the end of the run
            self._abort(error)

    async def _work(self) -> None:
        while True:
            item = await self._queue.take()
            if self._stop_reason is not None:
                result: Result = Skipped(item.key, self._stop_reason)
            else:
                result = await self._deliver_item(item)
            self._counters.count(result)
            self._results.put_nowait(result)
            self._queue.ended(item)

    async def _deliver_item(self, item: Outgoing) -> Sent | Failed:
        self._counters.in_flight += 1
        try:
            result = await self._deliver(item)
        except asyncio.CancelledError as cancelled:
            if _was_cancelled():
                raise
            bug: Exception = _unexpected_cancellation("a call", cancelled)
        except Exception as error:  # noqa: BLE001 - a bug; it is raised at the end of the run
            bug = error
        else:
            if (error_of_all := self._abort_policy.record(result)) is not None:
                self._abort(error_of_all)
            return result
        finally:
            self._counters.in_flight -= 1
        self._abort(bug)
        return Failed(item.key, bug)


async def _items(outbox: Outbox) -> AsyncGenerator[Outgoing, None]:
    """Iterate over either kind of outbox. An async generator that is left early is closed."""
    if isinstance(outbox, AsyncIterable):
        iterator = aiter(outbox)
        try:
            async for item in iterator:
                yield _checked(item)
        finally:
            if isinstance(iterator, AsyncGenerator):
                await iterator.aclose()
    else:
        for item in outbox:
            yield _checked(item)


def _checked(item: object) -> Outgoing:
    if not isinstance(item, Outgoing):
        raise TypeError(f"an outbox must yield Outgoing items, not {type(item).__name__}")
    return item


def _was_cancelled() -> bool:
    """Whether the running task itself was cancelled, and not only something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _unexpected_cancellation(where: str, cancelled: asyncio.CancelledError) -> RuntimeError:
    # A CancelledError would end one task silently, and the run would wait forever for its item.
    error = RuntimeError(f"{where} raised CancelledError although the run was not cancelled")
    error.__cause__ = cancelled
    return error


async def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # retrieved, so that asyncio does not report it
