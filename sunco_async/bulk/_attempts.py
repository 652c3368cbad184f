"""The deliveries that are under way: each in the task of its worker, and cancelled at once."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

from sunco_async._call.watch import CallWatch
from sunco_async.bulk._abort_policy import AbortPolicy
from sunco_async.bulk._cancellation import unexpected_cancellation, was_cancelled
from sunco_async.bulk._delivery import Delivery, Later, Uncertain
from sunco_async.bulk._entry import Entry
from sunco_async.bulk._items import Failed, Sent, Skipped
from sunco_async.bulk._journal import Journal
from sunco_async.bulk._statistics import Counters
from sunco_async.errors import StoreError, SuncoError

__all__ = ["Attempts", "StepResult"]

StepResult: TypeAlias = Sent | Failed | Uncertain | Later | Skipped
"""How one step of an item ended."""

POSTS: Final = ("messages.post", "notifications.post")
"""The operations that send a message."""


class Attempts:
    """Runs the steps of the items. Whatever a step raises becomes a result.

    Args:
        deliver: Does what comes next for one item. It returns the item's own failure, and raises
            only bugs and errors of the ledger.
        counters: Counts the items that are under way.
        journal: Records the run in a ledger; None without one.
        abort: Called with an error that ends the run.
    """

    def __init__(
        self,
        deliver: Delivery,
        counters: Counters,
        journal: Journal | None,
        *,
        abort: Callable[[Exception], object],
    ) -> None:
        self._deliver = deliver
        self._counters = counters
        self._journal = journal
        self._abort = abort
        self._abort_policy = AbortPolicy()
        self._workers: set[asyncio.Task[None]] = set()
        self._cancel_reason: str | None = None

    def cancel(self, reason: str) -> None:
        """Cancel what is under way.

        Args:
            reason: Why, for the results of the items that were not sent.
        """
        if self._cancel_reason is None:
            self._cancel_reason = reason
            for worker in self._workers:
                worker.cancel()

    async def deliver(self, entry: Entry, watch: CallWatch) -> StepResult:
        """Do what comes next for an item, in the task of a worker.

        Args:
            entry: The item.
            watch: Watches the calls of the worker.

        Returns:
            How the step ended.
        """
        self._counters.in_flight += 1
        worker = asyncio.current_task()
        watch.call = None
        bug: Exception
        try:
            if worker is not None:
                self._workers.add(worker)
            result = await self._deliver(entry)
        except asyncio.CancelledError as cancelled:
            if was_cancelled():
                reason = self._cancel_reason
                if reason is not None and worker is not None and worker.uncancel() == 0:
                    return self._cancelled(entry, watch, reason)
                raise
            bug = unexpected_cancellation("a call", cancelled)
        except StoreError as error:
            self._abort(error)
            return Failed(entry.key, error, before_sending=True)
        except Exception as error:  # noqa: BLE001 - a bug; it is raised at the end of the run
            bug = error
        else:
            if isinstance(result, Sent | Failed) and entry.error is None:
                error_of_all = self._abort_policy.record(result)
                if error_of_all is not None:
                    self._abort(error_of_all)
            return result
        finally:
            self._counters.in_flight -= 1
            if worker is not None:
                self._workers.discard(worker)
        self._abort(bug)
        return Failed(entry.key, bug)

    def _cancelled(self, entry: Entry, watch: CallWatch, reason: str) -> Failed | Skipped:
        """Return the result of an item whose delivery was cancelled."""
        call = watch.call
        sent = call is not None and watch.may_have_been_sent
        if sent and call is not None and call.operation in POSTS:
            error = SuncoError("stopped while its request was under way", outcome="unknown")
            return Failed(entry.key, entry.lost or error)
        if entry.lost is not None:
            return Failed(entry.key, entry.lost)
        # A conversation that may have been created is looked for by the next run.
        if self._journal is not None and not sent:
            self._journal.withdrawn(entry)
        return Skipped(entry.key, reason)
