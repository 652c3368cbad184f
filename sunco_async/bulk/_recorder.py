"""Writing the intents and results of a run to its ledger, in groups.

Entries are collected while the ledger writes. They are written together as soon as there are many,
or as soon as the workers are about to run out of recorded ones. Results are written with the next
intents, and otherwise after a short time: a result that is lost in a crash is an intent whose
message is looked for.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from sunco_async.bulk._entry import Entry
from sunco_async.bulk._ledger.protocol import Ledger
from sunco_async.bulk._ledger.records import ItemEnd, Standing
from sunco_async.bulk._server_clock import ServerClock

__all__ = ["HEARTBEAT", "Recorder"]

LARGEST_GROUP: Final = 512
"""Entries that are written together at most."""

RESULTS_WITHIN: Final = 0.25
"""Seconds after which results are written, if no intents are."""

HEARTBEAT: Final = 5.0
"""Seconds after which a run writes that it is alive, if it writes nothing else."""


MALFORMED: Final = Standing("send", "not_begun")
"""The standing of an item that is not recorded, since it cannot be sent."""


class Recorder:
    """The intents that wait to be written, and the results.

    Args:
        ledger: The ledger.
        clock: Follows the server's clock.
        group: Intents that make it worth while to write.
        is_hungry: Whether the workers are about to run out of recorded entries.
        on_recorded: Called with each entry, its standing, the time of its intent in seconds since
            the epoch, and the seconds that the server's clock was ahead then, None if not known.
        hold_after_failure: Whether a failure holds back the later messages to its target.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: ServerClock,
        *,
        group: int,
        is_hungry: Callable[[], bool],
        on_recorded: Callable[[Entry, Standing, float, float | None], object],
        hold_after_failure: bool,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._group = group
        self._is_hungry = is_hungry
        self._on_recorded = on_recorded
        self._hold_after_failure = hold_after_failure
        self._entries: deque[Entry] = deque()
        self._ends: list[ItemEnd] = []
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._writing = False
        self._stopped = False
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        """How many entries wait to be written."""
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Write the intent of an entry soon."""
        self._entries.append(entry)
        self._idle.clear()
        self.check()

    def end(self, end: ItemEnd) -> None:
        """Write a result soon."""
        self._ends.append(end)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(RESULTS_WITHIN, self._wake.set)

    def check(self) -> None:
        """Begin to write if it is time."""
        if self._entries and (len(self._entries) >= self._group or self._is_hungry()):
            self._wake.set()

    def withdraw(self) -> list[Entry]:
        """Return the entries whose intents are not being written, and forget them."""
        entries = list(self._entries)
        self._entries.clear()
        if not self._writing:
            self._idle.set()
        return entries

    async def idle(self) -> None:
        """Wait until every intent is written or withdrawn."""
        await self._idle.wait()

    async def run(self) -> None:
        """Write until `stop`.

        Raises:
            StoreError: The ledger cannot be written. `withdraw` returns what was not.
        """
        while not self._stopped:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await self._wake.wait()
            self._wake.clear()
            if not self._stopped:
                await self._write()

    def stop(self) -> None:
        """End `run` after what is being written. `flush` writes the rest."""
        self._stopped = True
        self._wake.set()

    async def flush(self) -> None:
        """Write the results that are left.

        Raises:
            StoreError: The ledger cannot be written.
        """
        if self._ends:
            await self._write()

    async def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        count = min(len(self._entries), LARGEST_GROUP)
        entries = [self._entries.popleft() for _ in range(count)]
        ends, self._ends = self._ends, []
        self._writing = True
        now, offset = time.time(), self._clock.offset()
        try:
            standings = await self._record(entries, ends, offset)
        except BaseException:
            # Nothing is sent without an intent. If this was a cancellation, an intent may be on
            # disk all the same; the next run looks for its message.
            self._entries.extendleft(reversed(entries))
            self._ends = [*ends, *self._ends]
            raise
        finally:
            self._writing = False
        for entry, standing in zip(entries, standings, strict=True):
            self._on_recorded(entry, standing, now, offset)
        if not self._entries:
            self._idle.set()
        self.check()

    async def _record(
        self, entries: Sequence[Entry], ends: Sequence[ItemEnd], offset: float | None
    ) -> Sequence[Standing]:
        planned = [entry.planned() for entry in entries if entry.error is None]
        standings = iter(
            await self._ledger.record(
                planned,
                ends,
                hold_after_failure=self._hold_after_failure,
                clock_offset=offset,
            )
        )
        # A malformed item fails in its turn, behind the earlier items of its target.
        return [MALFORMED if entry.error is not None else next(standings) for entry in entries]
