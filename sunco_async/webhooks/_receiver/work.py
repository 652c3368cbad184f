"""The work behind the response: accepted events, on their way through the handlers.

The events of a conversation are handled one after the other, and at most `concurrency`
conversations at once. Each event that is being handled has a task and a slot. A handler that waits
for the next event of its conversation gives its slot back, and gets one again before it continues;
such handlers go before new events.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from sunco_async._base.keyed_queue import KeyedQueue
from sunco_async._base.shared_timer import end_scope, shared_timer
from sunco_async.webhooks._payload import Event
from sunco_async.webhooks._receiver.event_fields import OrderKey, order_key
from sunco_async.webhooks._receiver.handlers import Handler, HandlerTable
from sunco_async.webhooks._receiver.handling import Handling
from sunco_async.webhooks._receiver.inbox import ReceivedEvent

__all__ = ["EventWork", "WorkReports"]

CANCEL_GRACE = 5.0
"""Seconds that cancelled handlers have for their own clean-up at the end."""


class WorkReports(Protocol):
    """What the work reports."""

    async def failed(
        self, received: ReceivedEvent, handler: Handler, error: BaseException, *, timed_out: bool
    ) -> None:
        """Report that a handler or its filter raised, or that the handler took too long."""
        ...

    def handled(self, events: Sequence[ReceivedEvent], handlers: int) -> None:
        """Report that all handlers of an event have ended; events that they took are included."""
        ...


class _Item:
    """An accepted event and the state of its handling."""

    __slots__ = ("expires", "has_slot", "key", "received", "scope", "taken", "work")

    def __init__(self, received: ReceivedEvent, key: OrderKey, work: "EventWork") -> None:
        self.received = received
        self.key = key
        self.work = work
        self.has_slot = False
        self.scope: asyncio.Timeout | None = None  # while a handler runs
        self.expires: float | None = None  # when its time is over
        self.taken: list[ReceivedEvent] = []

    async def next_event(self, accept: Callable[[Event], bool], timeout: float | None) -> Event:
        if self.scope is None:
            raise RuntimeError("next_event was called after its handler had ended")
        return await self.work.next_event(self, accept, timeout)


class _Waiter:
    """A handler that waits for the next event of its conversation."""

    __slots__ = ("accept", "found")

    def __init__(self, accept: Callable[[Event], bool]) -> None:
        self.accept = accept
        self.found: asyncio.Future[_Item] = asyncio.get_running_loop().create_future()

    def offer(self, item: _Item) -> bool:
        """Take an event if it is accepted. An error of `accept` is raised in the handler."""
        if self.found.done():
            return False
        try:
            accepted = self.accept(item.received.event)
        except Exception as error:  # noqa: BLE001 - raised where the event is awaited
            self.found.set_exception(error)
            return False
        if accepted:
            self.found.set_result(item)
        return accepted


class EventWork:
    """The accepted events of a running receiver.

    Args:
        handlers: The table of handlers.
        concurrency: How many conversations are handled at once.
        handler_timeout: Seconds that one handler may take for an event; None for no limit.
        reports: What is called with results.

    Attributes:
        waiting: How many events wait for their turn.
    """

    def __init__(
        self,
        handlers: HandlerTable,
        *,
        concurrency: int,
        handler_timeout: float | None,
        reports: WorkReports,
    ) -> None:
        self.waiting = 0
        self._handlers = handlers
        self._concurrency = concurrency
        self._timeout = handler_timeout
        self._reports = reports
        self._loop = asyncio.get_running_loop()
        # Not the context of a request or of another conversation's handler.
        self._context = contextvars.copy_context()
        self._queue: KeyedQueue[OrderKey, _Item] = KeyedQueue(lambda item: item.key)
        self._free = concurrency
        self._resuming: deque[asyncio.Future[None]] = deque()
        self._waiters: dict[OrderKey, _Waiter] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def running(self) -> int:
        """How many events are being handled, including handlers that wait for an event."""
        return len(self._tasks)

    @property
    def conversations(self) -> int:
        """How many conversations have events that wait or are being handled."""
        return len(self._queue)

    def add(self, events: Sequence[ReceivedEvent]) -> None:
        """Add accepted events in their order, and begin to handle them."""
        for received in events:
            item = _Item(received, order_key(received.event, received.id), self)
            waiter = self._waiters.get(item.key)
            if waiter is not None and waiter.offer(item):
                continue
            # A handler that runs may ask for the event later, also if there is no handler for it.
            if item.key not in self._queue and not self._handlers.has_rules_for(received.event):
                self._reports.handled((received,), 0)
                continue
            self._queue.add(item)
            self.waiting += 1
        self._start_ready()

    async def drain(self, timeout: float | None) -> int:
        """Wait until nothing more can be handled, then cancel what is left.

        A handler that waits for an event does not count: no event arrives any more.

        Returns:
            How many events were not handled to the end.
        """
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            pass
        finally:
            self._stopped = True
            tasks = set(self._tasks)
            for task in tasks:
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CANCEL_GRACE)
        return self.waiting + self._interrupted(tasks)

    @staticmethod
    def _interrupted(tasks: set[asyncio.Task[None]]) -> int:
        return sum(not task.done() or task.cancelled() for task in tasks)

    async def next_event(
        self, item: _Item, accept: Callable[[Event], bool], timeout: float | None
    ) -> Event:
        """Wait for the next event of a conversation on behalf of the handler of `item`."""
        key = item.key
        if key in self._waiters:
            raise RuntimeError("another task of this handler waits for the next event already")
        found = self._queue.pull(key, lambda each: accept(each.received.event))
        if found is not None:
            self.waiting -= 1
        else:
            waiter = self._waiters[key] = _Waiter(accept)
            resume = self._pause(item)
            self._give_back(item)
            try:
                await asyncio.wait([waiter.found], timeout=timeout)
                await self._slot_again(item)
            except asyncio.CancelledError:
                self._return_event(waiter)
                raise
            finally:
                del self._waiters[key]
                resume()
            if not waiter.found.done():
                raise TimeoutError(f"no event of the conversation within {timeout} seconds")
            found = waiter.found.result()
        item.taken.append(found.received)
        return found.received.event

    def _pause(self, item: _Item) -> Callable[[], None]:
        """Stop the time-out of a handler, and return a function that lets it run again."""
        scope, expires = item.scope, item.expires
        if scope is None or expires is None or self._timeout is None or scope.expired():
            return lambda: None
        left = expires - self._loop.time()
        shared_timer(self._timeout).discard(scope)
        scope.reschedule(None)

        def resume() -> None:
            if not scope.expired():
                item.expires = self._loop.time() + left
                scope.reschedule(item.expires)

        return resume

    def _return_event(self, waiter: _Waiter) -> None:
        """Put an event back that arrived together with a cancellation."""
        if waiter.found.done() and waiter.found.exception() is None:
            self._queue.put_back(waiter.found.result())
            self.waiting += 1

    def _give_back(self, item: _Item) -> None:
        item.has_slot = False
        self._free += 1
        self._start_ready()

    async def _slot_again(self, item: _Item) -> None:
        granted = self._loop.create_future()
        self._resuming.append(granted)
        self._start_ready()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._free += 1
                self._start_ready()
            raise
        item.has_slot = True

    def _start_ready(self) -> None:
        """Give the free slots to handlers that continue, then to conversations in their turn."""
        while self._free and not self._stopped:
            if self._resuming:
                granted = self._resuming.popleft()
                if not granted.done():
                    self._free -= 1
                    granted.set_result(None)
                continue
            item = self._queue.take_nowait()
            if item is None:
                break
            self.waiting -= 1
            self._free -= 1
            item.has_slot = True
            task = self._loop.create_task(self._handle(item), context=self._context.copy())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._free == self._concurrency:
            self._idle.set()
        else:
            self._idle.clear()

    async def _handle(self, item: _Item) -> None:
        try:
            failures: list[tuple[Handler, Exception]] = []
            handlers = self._handlers.find(
                item.received.event, lambda *failure: failures.append(failure)
            )
            for handler, error in failures:
                await self._reports.failed(item.received, handler, error, timed_out=False)
            for handler in handlers:
                if self._stopped:
                    raise asyncio.CancelledError
                await self._call(handler, item)
            self._reports.handled((item.received, *item.taken), len(handlers))
        finally:
            if item.has_slot:
                self._free += 1
            self._queue.ended(item)
            self._start_ready()

    async def _call(self, handler: Handler, item: _Item) -> None:
        error: BaseException | None = None
        scope = asyncio.timeout(None)
        timer = None if self._timeout is None else shared_timer(self._timeout)
        try:
            async with scope:
                item.scope = scope
                item.expires = None if timer is None else timer.add(scope, end_scope)
                await handler.call(item.received.event, Handling(item.received, handler.name, item))
        except Exception as raised:  # noqa: BLE001 - the handler is the user's code
            error = raised
        except asyncio.CancelledError as raised:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            error = raised  # of something that the handler awaited, not of this task
        finally:
            item.scope = None
            if timer is not None:
                timer.discard(scope)
        if error is None:
            return
        timed_out = scope.expired() and isinstance(error, TimeoutError)
        await self._reports.failed(item.received, handler, error, timed_out=timed_out)
        if self._stopped:  # its clean-up failed, after it was cancelled
            raise asyncio.CancelledError
