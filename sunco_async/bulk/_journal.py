"""A run in its ledger: what is recovered from it, and what becomes of each item there."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from sunco_async._base.clock import monotonic
from sunco_async.bulk._abort_policy import affects_every_item
from sunco_async.bulk._delivery import MAX_LOST, Settling, Uncertain
from sunco_async.bulk._entry import Entry, recorded_entry, unsettled_entry
from sunco_async.bulk._failure_groups import error_code
from sunco_async.bulk._items import Failed, Sent
from sunco_async.bulk._ledger.protocol import Ledger
from sunco_async.bulk._ledger.records import ItemEnd, LedgerItem, Standing
from sunco_async.bulk._ledger.states import ItemState, next_state
from sunco_async.bulk._recorder import HEARTBEAT, Recorder
from sunco_async.bulk._server_clock import ServerClock
from sunco_async.errors import (
    ConnectionFailed,
    RateLimited,
    RequestTimeout,
    ServerError,
    StoreError,
    SuncoError,
)

__all__ = ["Journal"]

TRANSIENT: Final = (ConnectionFailed, RequestTimeout, RateLimited, ServerError, StoreError)
"""Errors that are not about the item. If it certainly was not sent, the next run sends it."""


class Journal:
    """Records one run.

    Args:
        ledger: The ledger, which is open.
        clock: Follows the server's clock.
        settling: How lost requests are settled.
        group: Intents that make it worth while to write.
        hold_after_failure: Whether a failure holds back the later messages to its target.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: ServerClock,
        settling: Settling,
        *,
        group: int,
        hold_after_failure: bool,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._settling = settling
        self._group = group
        self._hold_after_failure = hold_after_failure
        self._recorder: Recorder | None = None
        self._recovered: set[str] = set()
        self._hurried = False
        self._on_recorded: Callable[[Entry, Standing], object] | None = None
        self._is_hungry: Callable[[], bool] = lambda: True

    @property
    def key_field(self) -> str:
        """The metadata field that holds the key of a message."""
        return self._settling.key_field

    def open(
        self, *, is_hungry: Callable[[], bool], on_recorded: Callable[[Entry, Standing], object]
    ) -> None:
        """Begin to record.

        Args:
            is_hungry: Whether the workers are about to run out of recorded entries.
            on_recorded: Called with each entry and its standing, in order.
        """
        self._is_hungry = is_hungry
        self._on_recorded = on_recorded
        self._recorder = Recorder(
            self._ledger,
            self._clock,
            group=self._group,
            is_hungry=lambda: self._hurried or self._is_hungry(),
            on_recorded=self._recorded,
            hold_after_failure=self._hold_after_failure,
        )

    async def unsettled(self) -> AsyncGenerator[Entry, None]:
        """Read what earlier runs have left unsettled.

        Yields:
            The entries, each with the time at which its message may be looked for.
        """
        now = monotonic()
        async with aclosing(self._ledger.items({"sending"})) as items:
            async for item in items:
                self._recovered.add(item.key)
                yield unsettled_entry(
                    item, due=now + self._seconds_left(item), margin=self._settling.margin
                )

    async def not_begun(self) -> AsyncGenerator[Entry, None]:
        """Read what is recorded and not begun, except for what this run has recovered.

        A recovered item whose request certainly never left is `not_begun` again.

        Yields:
            The entries, as they were recorded.
        """
        async with aclosing(self._ledger.items({"not_begun"})) as items:
            async for item in items:
                if item.key not in self._recovered:
                    yield recorded_entry(item)

    def _seconds_left(self, item: LedgerItem) -> float:
        """Return the seconds until the message of an earlier run may be looked for.

        Its request may have been sent at any time until that run ended. The run wrote at least
        every `HEARTBEAT` seconds, and ended before this one began.
        """
        wait, alive = self._settling.wait, self._ledger.last_alive
        if alive is None or item.intent_at is None or item.intent_at > alive:
            return wait
        return min(max(alive + HEARTBEAT + wait - time.time(), 0.0), wait)

    async def run(self) -> None:
        """Write intents and results until `stop`."""
        if self._recorder is not None:
            await self._recorder.run()

    def add(self, entry: Entry) -> None:
        """Write the intent of an entry soon."""
        if self._recorder is not None:
            self._recorder.add(entry)

    def check(self) -> None:
        """Write if it is time."""
        if self._recorder is not None:
            self._recorder.check()

    def hurry(self) -> None:
        """Write what there is, since nothing more is read."""
        self._hurried = True
        self.check()

    def withdraw(self) -> list[Entry]:
        """Return the entries whose intents were not written."""
        return [] if self._recorder is None else self._recorder.withdraw()

    async def idle(self) -> None:
        """Wait until every intent is written or withdrawn."""
        if self._recorder is not None:
            await self._recorder.idle()

    def stop(self) -> None:
        """End `run` after what is being written."""
        if self._recorder is not None:
            self._recorder.stop()

    async def flush(self) -> None:
        """Write the results that are left.

        Raises:
            StoreError: The ledger cannot be written.
        """
        if self._recorder is not None:
            await self._recorder.flush()

    def _recorded(
        self, entry: Entry, standing: Standing, intent_at: float, offset: float | None
    ) -> None:
        if standing.verdict == "send" and entry.error is None:
            entry.recorded = True
            entry.intent_at = intent_at
            if offset is not None:
                entry.not_before = intent_at + offset - self._settling.margin
        if self._on_recorded is not None:
            self._on_recorded(entry, standing)

    def withdrawn(self, entry: Entry) -> None:
        """Record that the message of an entry certainly was not sent."""
        if entry.recorded and entry.phase == "send":
            state = next_state("sending", "withdrawn")
            self._end(ItemEnd(key=entry.key, state=state, attempts=0))

    def ended(self, entry: Entry, result: Sent | Failed | Uncertain) -> None:
        """Record how an entry ended."""
        if not entry.recorded:
            return
        attempts = max(1, entry.sends + (entry.phase == "send"))
        if isinstance(result, Sent):
            notification = result.notification
            message_id = result.message.id if notification is None else notification.id
            self._end(
                ItemEnd(
                    key=entry.key,
                    state="sent",
                    attempts=attempts,
                    conversation_id=result.conversation_id or None,
                    message_id=message_id,
                )
            )
            return
        failed = result.failed if isinstance(result, Uncertain) else result
        state = "uncertain" if isinstance(result, Uncertain) else _state_after(entry, failed)
        if state == "sending":
            return
        error = failed.error
        self._end(
            ItemEnd(
                key=entry.key,
                state=state,
                attempts=attempts,
                conversation_id=entry.conversation_id or None,
                error=error_code(error),
                error_text=error.message if isinstance(error, SuncoError) else str(error),
            )
        )

    def _end(self, end: ItemEnd) -> None:
        if self._recorder is not None:
            self._recorder.end(end)


def _state_after(entry: Entry, failed: Failed) -> ItemState:
    """Return the state of a key whose item failed.

    It stays `sending` if its message may have arrived, so that the next run looks for it. It is
    `not_begun` if it was not sent for a reason that is not its own.
    """
    error = failed.error
    if failed.outcome == "unknown":
        return "sending"
    if entry.sends >= MAX_LOST:
        return next_state("sending", "refused")
    if affects_every_item(error) or isinstance(error, TRANSIENT):
        return next_state("sending", "withdrawn")
    return next_state("sending", "refused")
