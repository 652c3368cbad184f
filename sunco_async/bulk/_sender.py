"""`BulkSender`: sends many messages, each once, in order within a conversation."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from os import PathLike
from typing import Final, Literal

from sunco_async._base.clock import monotonic
from sunco_async._base.finish import finish
from sunco_async._base.option_checks import (
    check_callable,
    refuse,
)
from sunco_async._call.reconcile import GRACE, METADATA_KEY
from sunco_async._client import AsyncSunco
from sunco_async.bulk._delivery import Delivery, OnLost
from sunco_async.bulk._items import Result
from sunco_async.bulk._journal import Journal
from sunco_async.bulk._ledger.protocol import Ledger
from sunco_async.bulk._ledger.sqlite_ledger import SQLiteLedger
from sunco_async.bulk._outbox import Outbox
from sunco_async.bulk._progress import ProgressReports
from sunco_async.bulk._run import BulkRun
from sunco_async.bulk._server_clock import ServerClock
from sunco_async.bulk._settings import check_key_field, make_rules, make_settling
from sunco_async.bulk._statistics import BulkProgress, BulkStatistics, Counters
from sunco_async.bulk._users import UserCreator
from sunco_async.errors import ConfigurationError
from sunco_async.middleware import RetryPolicy

__all__ = ["BulkSender"]

BULK_RETRY: Final = RetryPolicy(max_attempts=1000, max_elapsed=1800, base=0.5, cap=10)
"""The default policy waits up to half an hour for each message rather than lose it.

It is bounded by time and not by the number of attempts, because a request that got a 429 was not
processed: behind a fixed limiter at a hundred times the server's rate, 99 of 100 attempts get one.
Half an hour is thirty of the 60 s windows that some servers count in, and more than the 1,000 s
that 100 messages take at 0.1 per second. `cap` is short, since a 429 pauses a fixed limiter for
every message that waits for it.
"""


class BulkSender:
    """Sends outboxes of any length over a client's connections and limiter.

        >>> async def campaign():
        ...     outbox = [
        ...         Outgoing("jane-1", "Hello Jane!", user_external_id="jane"),
        ...         Outgoing("jane-2", "Your order", user_external_id="jane", metadata={"no": [7]}),
        ...         Outgoing("jane-3", "Goodbye!", user_external_id="jane"),
        ...     ]
        ...     async with AsyncSunco() as sunco:
        ...         sender = BulkSender(sunco, concurrency=20, on_failure="continue")
        ...         async for result in sender.send(outbox):
        ...             match result:
        ...                 case Sent(key, message):
        ...                     print(key, "sent:", message.content.text)
        ...                 case Failed(key, error):
        ...                     print(key, result.outcome, type(error).__name__)
        ...                 case Skipped(key, reason):
        ...                     print(key, "skipped:", reason)
        ...         return sender.statistics()
        >>> statistics = asyncio.run(campaign())
        jane-1 sent: Hello Jane!
        jane-2 not_sent TypeError
        jane-3 sent: Goodbye!
        >>> statistics.sent, statistics.failed, statistics.unknown
        (2, 1, 0)

    Args:
        sunco: The client to send with.
        concurrency: Messages under way at once, including those that wait for the limiter. More
            than the client's `max_connections` has no effect.
        retry: Replaces the client's retry policy. The default waits up to half an hour for each
            message, through 429s and while the server cannot be reached. None retries nothing.
        ledger: The path of a file, or a `Ledger` that is open. A run that died is continued by
            running it again with the same ledger: nothing is lost, and nothing is sent twice. Each
            item then needs a key of its own, of at most 256 characters.
        key_field: With a ledger, the metadata field of each message that holds its key. A ledger
            keeps the field of its first run.
        grace: Seconds that are added to the client's timeout before a message whose response was
            lost is looked for.
        on_failure: `"stop"` holds back the later messages to a target after one has failed;
            `"continue"` sends them.
        lost_notifications: What to do with a notification whose response was lost, since it cannot
            be looked for: `"report"` it as uncertain, or `"resend"` it.
        pace: Seconds between two messages to one target.
        max_failures: Failed items after which the run ends. None does not limit them.
        create_users: Create the users with an external id before they are written to. The field
            `name` of an item's `row` is the given name, also of a user that exists.
        on_progress: Called every second of a run, and at its end. It must not block.

    Raises:
        ConfigurationError: An argument has the wrong type.
        ValueError: `concurrency` is below 1.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        *,
        concurrency: int = 100,
        retry: RetryPolicy | None = BULK_RETRY,
        ledger: str | PathLike[str] | Ledger | None = None,
        key_field: str = METADATA_KEY,
        grace: float = GRACE,
        on_failure: Literal["stop", "continue"] = "stop",
        lost_notifications: OnLost = "report",
        pace: float = 0.0,
        max_failures: int | None = None,
        create_users: bool = False,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> None:
        self._rules = make_rules(
            concurrency=concurrency, on_failure=on_failure, pace=pace, max_failures=max_failures
        )
        settling = make_settling(
            sunco, key_field=key_field, grace=grace, lost_notifications=lost_notifications
        )
        check_callable("on_progress", on_progress, "a function of one BulkProgress")
        if isinstance(ledger, type):
            refuse("ledger", "a path or a Ledger", ledger)
        self._sunco = sunco.with_options(retry=retry)
        self._concurrency = concurrency
        self._ledger = ledger
        self._settling = None if ledger is None else settling
        self._create_users = create_users
        self._on_progress = on_progress
        self._counters = Counters()
        self._run: BulkRun | None = None
        self._began: float | None = None
        self._seconds = 0.0
        self._stopped = False
        self._paused = False

    def send(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        """Send the items of an outbox.

        A failed item raises nothing. Messages to one conversation, or to one user, are sent one
        after the other in the order of the outbox, and others at the same time. Name a conversation
        in one way throughout, since the sender does not know that a conversation and a user belong
        together. After a failed message, the later ones to its target are skipped as `"held"`,
        unless `on_failure="continue"`.

        Without a ledger, a message whose outcome is unknown is not sent again. With a ledger it is
        looked for in its conversation after the timeout and the grace, and sent again only if it is
        not there. Meanwhile other targets go on. A run first settles what an earlier run has left,
        and returns results for that too. Items whose keys are settled already are skipped.

        At most four times `concurrency` items are in memory. The next item is read when a result is
        taken, so the sender only works while it is iterated. Leaving the iteration cancels what is
        under way: at once with `contextlib.aclosing`. `stop` ends a run gently. A plain iterable is
        read in the event loop's thread, so pass an async iterable if reading blocks.

        Args:
            outbox: An iterable or async iterable of `Outgoing`.

        Returns:
            An async generator of the results: exactly one for each item that was read, in the order
            in which the items end. After the last one it raises the error that ended the run early:
            an error that affects every item (a 401, an app that does not exist, a certificate that
            does not verify, fifty 403s in a row), what the outbox raised, or a bug. It raises
            `RuntimeError` while an earlier `send` of this sender is not finished.

        Raises:
            TypeError: The outbox is not iterable.
        """
        if not isinstance(outbox, AsyncIterable | Iterable):
            raise TypeError(f"an outbox must be iterable, and {type(outbox).__name__} is not")
        return self._send(outbox)

    def send_recorded(self) -> AsyncGenerator[Result, None]:
        """Send what the ledger has recorded and is neither sent nor given up, without an outbox.

        After `ledger.retry("failed")` this sends the failed messages again, exactly as they were
        recorded. It first settles what an earlier run has left, like `send`, then sends every item
        that is `not_begun`, in the order in which they were recorded. Items that no run has read
        are not in the ledger: `send` them with their outbox.

        An item whose content was purged becomes `Failed` with a `ValueError`, and its state in the
        ledger does not change. Send it from its outbox.

        Returns:
            An async generator of the results, as of `send`.

        Raises:
            ConfigurationError: The sender has no ledger.
        """
        if self._ledger is None:
            raise ConfigurationError("send_recorded needs a ledger; pass ledger= to BulkSender")
        return self._send(None)

    async def _send(self, outbox: Outbox | None) -> AsyncGenerator[Result, None]:
        if self._run is not None:
            raise RuntimeError("this BulkSender is already sending; create another one")
        given = self._ledger
        own = SQLiteLedger(given) if isinstance(given, str | PathLike) else None
        ledger = given if not isinstance(given, str | PathLike) else own
        clock = ServerClock()
        journal = None
        settling = self._settling
        if ledger is not None and settling is not None:
            journal = Journal(
                ledger,
                clock,
                settling,
                group=min(self._concurrency, 100),
                hold_after_failure=self._rules.hold_after_failure,
            )
        self._run = run = BulkRun(
            Delivery(
                self._sunco,
                ledger,
                settling,
                clock,
                UserCreator(self._sunco) if self._create_users else None,
            ),
            self._rules,
            counters=self._counters,
            journal=journal,
        )
        reports = ProgressReports(self._on_progress, self.progress)
        try:
            if own is not None:
                await own.open()
            if ledger is not None and settling is not None:
                check_key_field(await ledger.use_key_field(settling.key_field), settling.key_field)
            self._began = monotonic()
            if self._paused:
                run.pause()
            if self._stopped:
                run.stop()
            reports.begin()
            async with aclosing(run.results(outbox)) as results:
                async for result in results:
                    yield result
        finally:
            if self._began is not None:
                self._seconds += monotonic() - self._began
            self._began = None
            try:
                await reports.end()
                if own is not None:
                    await finish(own.close())
            finally:
                self._run = None
            reports.report_end()

    def stop(self, *, at_once: bool = False) -> None:
        """Start no further item. Items that were started are finished and returned.

        Items that were read and not started become `Skipped`. Call it in the event loop's thread,
        for example from `loop.add_signal_handler`. A stopped sender stays stopped: create a new one
        to continue. With a ledger, the next run settles what is left.

        Args:
            at_once: Cancel the items that were started. Those whose request was under way become
                `Failed` with `outcome="unknown"`, the others `Skipped`.
        """
        self._stopped = True
        if self._run is not None:
            self._run.stop(at_once=at_once)

    def pause(self) -> None:
        """Start no further item until `resume`. Items that were started are finished."""
        self._paused = True
        if self._run is not None:
            self._run.pause()

    def resume(self) -> None:
        """End a pause."""
        self._paused = False
        if self._run is not None:
            self._run.resume()

    def progress(self) -> BulkProgress:
        """Return how far this sender has come.

        Returns:
            The counts of this moment.
        """
        running = 0.0 if self._began is None else monotonic() - self._began
        return self._counters.progress(
            settling=0 if self._run is None else self._run.settling,
            seconds=self._seconds + running,
            paused=self._paused,
        )

    def statistics(self) -> BulkStatistics:
        """Count the items of this sender since it was created.

        Returns:
            The counts of this moment.
        """
        return self._counters.snapshot()
