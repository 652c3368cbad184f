"""One pass over an outbox.

A reader takes items from the outbox and puts them into their targets' lines; workers take them out,
one ready target after the other, and deliver them; the results go to whoever iterates.

An item holds one of a fixed number of places from before it is read until its result is handed out.
So what is in memory is bounded, whatever the outbox looks like: a busy target fills its line and
not the memory, and a slow consumer slows the reader.

Ending early, for whatever cause, is always the same: nothing more is read, what has begun ends,
what has not is skipped, every result is handed out, and only then is an error raised. The tasks are
the run's own and none of them is the consumer's, so a `yield` never stands inside a task group.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeAlias

from sunco_async._base.keyed_queue import KeyedQueue
from sunco_async.bulk._delivery import AbortPolicy
from sunco_async.bulk._items import Failed, Outgoing, Result, Sent, Skipped, Target
from sunco_async.bulk._statistics import Counters

__all__ = ["BulkRun", "Outbox"]

Outbox: TypeAlias = Iterable[Outgoing] | AsyncIterable[Outgoing]


class BulkRun:
    """The reader, the workers and what they share."""

    def __init__(
        self,
        deliver: Callable[[Outgoing], Awaitable[Sent | Failed]],
        *,
        concurrency: int,
        window: int,
        tally: Counters,
    ) -> None:
        self._deliver = deliver
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(window)
        self._tally = tally
        self._queue: KeyedQueue[Target, Outgoing] = KeyedQueue(lambda item: item.target)
        self._prospect = AbortPolicy()
        # Never longer than the window, since each result still has its item's place.
        self._results: asyncio.Queue[Result | None] = asyncio.Queue()
        self._reader: asyncio.Task[None] | None = None
        self._ending: str | None = None
        self._error: Exception | None = None

    async def results(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        """Deliver the outbox; left early, it cancels what is under way and waits for its end."""
        work = asyncio.create_task(self._work_through(outbox))
        work.add_done_callback(lambda _: self._results.put_nowait(None))
        try:
            while (result := await self._results.get()) is not None:
                self._places.release()
                yield result
            work.result()
            if self._error is not None:
                raise self._error
        finally:
            await _cancelled(work)

    def stop(self) -> None:
        """Begin no further item."""
        self._end("stopped")

    def _abort(self, error: Exception) -> None:
        """End early, and raise the first such error at the end."""
        if self._error is None:
            self._error = error
        self._end("aborted")

    def _end(self, reason: str) -> None:
        if self._ending is None:
            self._ending = reason
        # The outbox may be what stops the run: the reader then sees it by itself.
        if self._reader is not None and self._reader is not asyncio.current_task():
            self._reader.cancel()

    async def _work_through(self, outbox: Outbox) -> None:
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
                while self._ending is None:
                    await self._places.acquire()
                    item = await anext(items, None)
                    if item is None:
                        return
                    self._tally.read += 1
                    self._queue.add(item)
        except asyncio.CancelledError as cancelled:
            if _asked_to_end():
                raise
            self._abort(_stray("the outbox", cancelled))
        except Exception as error:  # noqa: BLE001 - the caller's own; raised at the end of the run
            self._abort(error)

    async def _work(self) -> None:
        while True:
            item = await self._queue.take()
            if self._ending is not None:
                result: Result = Skipped(item.key, self._ending)
            else:
                result = await self._carry_out(item)
            self._tally.count(result)
            self._results.put_nowait(result)
            self._queue.ended(item)

    async def _carry_out(self, item: Outgoing) -> Sent | Failed:
        self._tally.in_flight += 1
        try:
            end = await self._deliver(item)
        except asyncio.CancelledError as cancelled:
            if _asked_to_end():
                raise
            fault: Exception = _stray("a call", cancelled)
        except Exception as error:  # noqa: BLE001 - a bug; it is raised at the end of the run
            fault = error
        else:
            if (hopeless := self._prospect.note(end)) is not None:
                self._abort(hopeless)
            return end
        finally:
            self._tally.in_flight -= 1
        self._abort(fault)
        return Failed(item.key, fault)


async def _items(outbox: Outbox) -> AsyncGenerator[Outgoing, None]:
    """Read either kind of outbox; an async generator that is left early is closed."""
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
        raise TypeError(f"an outbox is made of Outgoing, and this is {type(item).__name__}")
    return item


def _asked_to_end() -> bool:
    """Whether the running task itself was cancelled, and not only something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _stray(where: str, cancelled: asyncio.CancelledError) -> RuntimeError:
    # As it is, it would end one task in silence, and the run would wait for its item for ever.
    error = RuntimeError(f"{where} raised CancelledError, and nobody had cancelled the run")
    error.__cause__ = cancelled
    return error


async def _cancelled(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, even when this is cancelled meanwhile."""
    task.cancel()
    again: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            again = error
    if not task.cancelled():
        task.exception()  # looked at, so that asyncio does not report it as forgotten
    if again is not None:
        raise again
