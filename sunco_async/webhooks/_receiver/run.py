"""One run of a receiver, from its start to its end."""

import asyncio
from collections.abc import Sequence

from sunco_async._base.finish import finish
from sunco_async._base.log import log_fields, logger
from sunco_async.webhooks._receiver.deliveries import Deliveries
from sunco_async.webhooks._receiver.done_writer import DoneWriter
from sunco_async.webhooks._receiver.inbox import Inbox, MemoryInbox, ReceivedEvent
from sunco_async.webhooks._receiver.reports import Reports
from sunco_async.webhooks._receiver.work import EventWork

__all__ = ["ReceiverRun"]

CLAIM = 500
"""How many events are claimed at once."""


class ReceiverRun:
    """The inbox and the work of a receiver that was started.

    Args:
        inbox: The inbox, which `start` opens.
        work: The work.
        reports: What is reported.
        max_queue: How many events may wait.

    Attributes:
        deliveries: The results of deliveries.
        accepting: Whether deliveries are accepted.
        loop: The event loop of the run.
    """

    def __init__(self, inbox: Inbox, work: EventWork, reports: Reports, max_queue: int) -> None:
        self.deliveries = Deliveries()
        self.accepting = False
        self.loop = asyncio.get_running_loop()
        self.work = work
        self._inbox = inbox
        self._reports = reports
        self._max_queue = max_queue
        self._reserved = 0
        self._nothing_reserved = asyncio.Event()
        self._nothing_reserved.set()
        self._claiming: asyncio.Task[None] | None = None
        self._done_writer: DoneWriter | None = None

    async def start(self) -> None:
        """Open the inbox, and begin with the events that an earlier process left in it."""
        await self._inbox.open()
        try:
            if type(self._inbox) is not MemoryInbox:
                self._done_writer = self._reports.done_writer = DoneWriter(self._inbox)
            while await self._claim(CLAIM):
                pass
        except BaseException:
            await self.stop(0.0)
            raise
        if self._inbox.claim_interval is not None:
            self._claiming = asyncio.create_task(self._claim_again(self._inbox.claim_interval))
        self.accepting = True

    async def stop(self, timeout: float | None) -> int:
        """Accept nothing more, handle what was accepted within a time, and close the inbox.

        Returns:
            How many events were not handled.
        """
        self.accepting = False
        if self._claiming is not None:
            self._claiming.cancel()
            await asyncio.wait([self._claiming])
        try:
            await self._nothing_reserved.wait()
            return await self.work.drain(timeout)
        finally:
            self._reports.done_writer = None
            if self._done_writer is not None:
                await self._done_writer.close()
            await self._inbox.close()

    def has_room(self, events: int) -> bool:
        """Return whether a delivery with so many events fits into the queue.

        One delivery always fits into an empty queue, since it cannot be accepted in parts.
        """
        waiting = self.work.waiting + self._reserved
        return waiting == 0 or waiting + events <= self._max_queue

    async def accept(self, events: list[ReceivedEvent]) -> None:
        """Put events into the inbox, and those that are new into the queue.

        A cancellation does not interrupt it: an event that is in the inbox would otherwise wait
        there until the next start, because its repeats are dropped.
        """
        if type(self._inbox) is MemoryInbox:  # it never waits, so nothing can interrupt it
            await self._accept(events)
        else:
            await finish(self._accept(events))

    async def _accept(self, events: list[ReceivedEvent]) -> None:
        self._reserved += len(events)
        self._nothing_reserved.clear()
        try:
            new = await self._inbox.put(events)
        finally:
            self._reserved -= len(events)
            if not self._reserved:
                self._nothing_reserved.set()
        self._reports.accepted += len(new)
        self._reports.repeated += len(events) - len(new)
        self._add(new)

    def _add(self, events: Sequence[ReceivedEvent]) -> None:
        for received in events:
            self.deliveries.note(received.event)
        self.work.add(events)

    async def _claim(self, most: int) -> int:
        events = await self._inbox.claim(most)
        self._add(events)
        return len(events)

    async def _claim_again(self, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            room = self._max_queue - self.work.waiting - self._reserved
            await self._claim_logged(min(room, CLAIM))

    async def _claim_logged(self, most: int) -> None:
        if most < 1:
            return
        try:
            await self._claim(most)
        except Exception:  # noqa: BLE001 - the inbox may be the user's code
            logger.exception("the inbox could not be read; this is repeated", extra=log_fields())
