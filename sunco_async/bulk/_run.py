"""One pass over an outbox.

A reader takes items from the outbox, or from the ledger. With a ledger, a recorder writes their
intents in groups. Then they are in a queue that keeps the order within each target. Workers take
items from the queue and deliver them. The results go to the consumer. What an earlier run has left
unsettled is in the queue before the first item of the outbox.

An item holds one of a fixed number of slots from before it is read until its result is returned.
This bounds the memory for any outbox: many items of one target, or a slow consumer, make the reader
wait.

A run that ends early always ends in the same way, whatever the cause: nothing more is read, items
that were started are finished or cancelled, all others are skipped, every result is returned, the
ledger is written, and only then is an error raised. The tasks belong to the run and not to the
consumer, so no `yield` is inside a task group.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from sunco_async._base.finish import finish
from sunco_async._base.keyed_queue import KeyedQueue
from sunco_async._call.watch import CallWatch, watch_calls
from sunco_async.bulk._attempts import Attempts, StepResult
from sunco_async.bulk._cancellation import end_of, unexpected_cancellation, was_cancelled
from sunco_async.bulk._delivery import Delivery, Later, Uncertain
from sunco_async.bulk._entry import Entry
from sunco_async.bulk._failures import Failures, Rules
from sunco_async.bulk._items import Failed, Result, Skipped, Target
from sunco_async.bulk._journal import Journal
from sunco_async.bulk._ledger.records import Standing
from sunco_async.bulk._outbox import Outbox, new_entries
from sunco_async.bulk._statistics import Counters
from sunco_async.errors import StoreError

__all__ = ["BulkRun"]


class BulkRun:
    """The reader, the workers and their shared state.

    Args:
        deliver: Does what comes next for one item. It returns the item's own failure, and raises
            only bugs and errors of the ledger.
        rules: The rules of the run.
        counters: Counts the items and their results.
        journal: Records the run in a ledger; None without one.
    """

    def __init__(
        self,
        deliver: Delivery,
        rules: Rules,
        *,
        counters: Counters,
        journal: Journal | None = None,
    ) -> None:
        self._rules = rules
        self._slots = asyncio.Semaphore(rules.window)
        self._counters = counters
        self._journal = journal
        self._queue: KeyedQueue[Target, Entry] = KeyedQueue(lambda entry: entry.target)
        self._attempts = Attempts(deliver, counters, journal, abort=self._abort)
        # Never longer than the window and what was recovered.
        self._results: asyncio.Queue[tuple[Result, bool] | None] = asyncio.Queue()
        self._failures = Failures(rules)
        self._reader: asyncio.Task[None] | None = None
        self._resumed = asyncio.Event()
        self._resumed.set()
        self._stop_reason: str | None = None
        self._error: Exception | None = None

    async def results(self, outbox: Outbox | None) -> AsyncGenerator[Result, None]:
        """Deliver an outbox. Leaving the iteration stops the run at once and waits for its end.

        Args:
            outbox: The items to deliver; None for those that the ledger has and that are not begun.

        Yields:
            One result for each item that was read, and for each that was recovered.
        """
        work = asyncio.create_task(self._run(outbox))
        work.add_done_callback(lambda _: self._results.put_nowait(None))
        try:
            while (ended := await self._results.get()) is not None:
                result, holds_slot = ended
                if holds_slot:
                    self._slots.release()
                yield result
            work.result()
            if self._error is not None:
                raise self._error
        finally:
            if not work.done():
                self.stop(at_once=True)
            await finish(end_of(work))

    def stop(self, *, at_once: bool = False) -> None:
        """Start no further item.

        Args:
            at_once: Cancel the items that were started.
        """
        self._stop("stopped")
        if at_once:
            self._attempts.cancel(self._stop_reason or "stopped")

    def pause(self) -> None:
        """Start no further item until `resume`."""
        if self._stop_reason is None:
            self._resumed.clear()

    def resume(self) -> None:
        """End a pause."""
        self._resumed.set()

    @property
    def settling(self) -> int:
        """How many targets wait for a lost request to be settled, or for their pace."""
        return self._queue.resting

    @property
    def paused(self) -> bool:
        """Whether the run is paused."""
        return not self._resumed.is_set()

    def _stopping(self) -> str | None:
        """Return why the run ends early. Unlike the attribute, no type checker narrows it."""
        return self._stop_reason

    def _abort(self, error: Exception) -> None:
        """Stop early. The first such error is raised at the end of the run."""
        if self._error is None:
            self._error = error
        self._stop("aborted")

    def _stop(self, reason: str) -> None:
        if self._stop_reason is None:
            self._stop_reason = reason
        self._resumed.set()
        if self._journal is not None:
            for entry in self._journal.withdraw():
                self._end(entry, Skipped(entry.key, self._stop_reason))
        self._queue.wake()
        # If the outbox itself stops the run, the reader checks the reason after the current item.
        if self._reader is not None and self._reader is not asyncio.current_task():
            self._reader.cancel()

    async def _run(self, outbox: Outbox | None) -> None:
        journal = self._journal
        async with asyncio.TaskGroup() as group:
            if journal is not None and self._stop_reason is None:
                journal.open(is_hungry=self._is_hungry, on_recorded=self._on_recorded)
                await self._recover(journal)
                group.create_task(self._record(journal))
            workers = [group.create_task(self._work()) for _ in range(self._rules.concurrency)]
            self._reader = group.create_task(self._read(outbox))
            await asyncio.wait([self._reader])
            if journal is not None:
                await journal.idle()
            await self._queue.drained()
            self._queue.wake()  # no timer of a pace is left behind
            for worker in workers:
                worker.cancel()
            if journal is not None:
                journal.stop()
        if journal is not None:
            try:
                await journal.flush()
            except StoreError as error:
                self._error = self._error or error

    async def _recover(self, journal: Journal) -> None:
        """Put what an earlier run has left unsettled into the queue."""
        try:
            async for entry in journal.unsettled():
                self._counters.recovered += 1
                self._queue.add(entry)
        except StoreError as error:
            self._abort(error)

    async def _record(self, journal: Journal) -> None:
        try:
            await journal.run()
        except StoreError as error:
            self._abort(error)

    def _is_hungry(self) -> bool:
        return self._queue.ready < self._rules.concurrency

    def _on_recorded(self, entry: Entry, standing: Standing) -> None:
        if standing.verdict == "send":
            self._queue.add(entry)
        elif standing.verdict == "changed":
            changed = ValueError(
                f"the ledger has the key {entry.key!r} with another recipient or content "
                f"({standing.state}); use another key for another message"
            )
            self._end(entry, Failed(entry.key, changed, before_sending=True))
        else:
            reason = "held" if standing.verdict == "held" else standing.state
            self._end(entry, Skipped(entry.key, reason))

    def _entries(self, outbox: Outbox | None) -> AsyncGenerator[Entry, None]:
        journal = self._journal
        if outbox is None and journal is not None:
            return journal.not_begun()
        return new_entries(outbox or (), None if journal is None else journal.key_field)

    async def _read(self, outbox: Outbox | None) -> None:
        journal = self._journal
        try:
            async with aclosing(self._entries(outbox)) as entries:
                while self._stop_reason is None:
                    await self._slots.acquire()
                    entry = await anext(entries, None)
                    if entry is None:
                        break
                    self._counters.read += 1
                    if journal is None:
                        self._queue.add(entry)
                    elif (reason := self._stopping()) is None:
                        journal.add(entry)
                    else:
                        self._end(entry, Skipped(entry.key, reason))
        except asyncio.CancelledError as cancelled:
            if was_cancelled():
                raise
            self._abort(unexpected_cancellation("the outbox", cancelled))
        except Exception as error:  # noqa: BLE001 - the caller's own; raised at the end of the run
            self._abort(error)
        if journal is not None:
            journal.hurry()

    async def _work(self) -> None:
        watch = watch_calls()
        while True:
            entry = await self._queue.take()
            if self._journal is not None:
                self._journal.check()
            if not self._resumed.is_set():
                await self._resumed.wait()
            if self._stop_reason is not None:
                self._skip(entry, self._stop_reason)
            elif entry.phase == "send" and self._failures.holds(entry.target):
                self._skip(entry, "held")
            else:
                await self._step(entry, watch)

    def _skip(self, entry: Entry, reason: str) -> None:
        """End an item that is not delivered now."""
        if entry.phase == "search" and entry.lost is not None:  # the next run looks for it
            self._end(entry, Failed(entry.key, entry.lost))
        else:
            if self._journal is not None:
                self._journal.withdrawn(entry)
            self._end(entry, Skipped(entry.key, reason))
        self._queue.ended(entry)

    async def _step(self, entry: Entry, watch: CallWatch) -> None:
        """Do what comes next for an item."""
        result: StepResult = await self._attempts.deliver(entry, watch)
        if isinstance(result, Later):
            if self._stop_reason is None:
                self._queue.defer(entry, result.seconds)
            else:
                self._skip(entry, self._stop_reason)
            return
        if self._journal is not None and not isinstance(result, Skipped):
            self._journal.ended(entry, result)
        rest = self._rules.pace
        if isinstance(result, Uncertain):
            result = result.failed
        if isinstance(result, Failed):
            rest = 0.0 if result.outcome == "not_sent" else rest
            too_many = self._failures.record(entry.target, result)
            if too_many is not None and self._stop_reason is None:
                self._abort(too_many)
        self._end(entry, result)
        self._queue.ended(entry, rest=rest if self._stop_reason is None else 0.0)

    def _end(self, entry: Entry, result: Result) -> None:
        """Return the result of an item."""
        self._counters.count(result)
        self._results.put_nowait((result, not entry.recovered))
