"""`BulkSender`: sends many messages, each once, in order within a conversation."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing
from typing import Final

from sunco_async._base.option_checks import check_integer
from sunco_async._client import AsyncSunco
from sunco_async.bulk._delivery import Delivery
from sunco_async.bulk._items import Result
from sunco_async.bulk._run import BulkRun, Outbox
from sunco_async.bulk._statistics import BulkStatistics, Counters
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

WINDOW: Final = 4
"""Items in memory for each item under way, so that items of a slow target can wait without
blocking the others."""


class BulkSender:
    """Sends outboxes of any length over a client's connections and limiter.

        >>> async def campaign():
        ...     outbox = [
        ...         Outgoing("jane-1", "Hello Jane!", user_external_id="jane"),
        ...         Outgoing("jane-2", "Your order", user_external_id="jane", metadata={"no": [7]}),
        ...         Outgoing("jane-3", "Goodbye!", user_external_id="jane"),
        ...     ]
        ...     async with AsyncSunco() as sunco:
        ...         sender = BulkSender(sunco, concurrency=20)
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

    Raises:
        TypeError: `concurrency` is not an int.
        ValueError: `concurrency` is below 1.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        *,
        concurrency: int = 100,
        retry: RetryPolicy | None = BULK_RETRY,
    ) -> None:
        check_integer("concurrency", concurrency)
        if concurrency < 1:
            raise ValueError(f"concurrency must be at least 1, not {concurrency}")
        self._sunco = sunco.with_options(retry=retry)
        self._concurrency = concurrency
        self._counters = Counters()
        self._run: BulkRun | None = None
        self._stopped = False

    def send(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        """Send the items of an outbox.

        A failed item raises nothing. Messages to one conversation, or to one user, are sent one
        after the other in the order of the outbox, and others at the same time. Name a conversation
        in one way throughout, since the sender does not know that a conversation and a user belong
        together. A message whose outcome is unknown is not sent again.

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

    async def _send(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        if self._run is not None:
            raise RuntimeError("this BulkSender is already sending; create another one")
        self._run = run = BulkRun(
            Delivery(self._sunco),
            concurrency=self._concurrency,
            window=WINDOW * self._concurrency,
            counters=self._counters,
        )
        try:
            if self._stopped:
                run.stop()
            async with aclosing(run.results(outbox)) as results:
                async for result in results:
                    yield result
        finally:
            self._run = None

    def stop(self) -> None:
        """Start no further item. Items that were started are finished and returned.

        Items that were read and not started become `Skipped`. Call it in the event loop's thread,
        for example from `loop.add_signal_handler`. A stopped sender stays stopped: create a new one
        to continue.
        """
        self._stopped = True
        if self._run is not None:
            self._run.stop()

    def statistics(self) -> BulkStatistics:
        """Count the items of this sender since it was created.

        Returns:
            The counts of this moment.
        """
        return self._counters.snapshot()
