"""`BulkSender`: many messages, each sent once, in order within a conversation."""

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
"""Patient: a run of hours can wait for half of one rather than lose a message.

Time bounds it and not the number of attempts, since a 429 was not processed: behind a fixed limiter
set to a hundred times the server's rate, 99 of 100 attempts are refused. Half an hour is thirty of
the 60 s windows that some servers count in, and more than the 1,000 s that 100 messages stand in
line at 0.1 per second. `cap` is short, since a 429 pauses a fixed limiter for everybody behind it.
"""

WINDOW: Final = 4
"""Items held for each one under way: so many of one slow target can wait without holding up the
others."""


class BulkSender:
    """Delivers outboxes of any length with a client's connections and limiter.

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

    - `concurrency`: messages under way at once, those that wait for the limiter included. More than
      the client's `max_connections` gains nothing.
    - `retry`: replaces the client's rule for this work. The default waits up to half an hour for
      each message, through 429s and while the server cannot be reached; None waits for nothing.
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
        self._tally = Counters()
        self._run: BulkRun | None = None
        self._stopped = False

    def send(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        """Send what the outbox yields; iterate over the results, which come as the items end.

        There is exactly one result for each item that was read, and a failed item raises nothing.
        Messages to one conversation, or to one user, go one after the other in the order of the
        outbox; others go at the same time. So name a conversation in one way throughout: the sender
        does not know that a conversation and a user belong together. A message whose outcome is
        unknown is not sent again.

        At most four times `concurrency` items are in memory, and the next is read when a result is
        taken: a sender that is not iterated stands still. Leaving the iteration cancels what is
        under way; `contextlib.aclosing` does so at once and `stop` ends it gently. A plain iterable
        is read in the event loop's thread, so one that blocks wants to be an async one.

        Raises, after the last result, what makes further items pointless (a 401, an app that does
        not exist, a certificate that does not verify, fifty 403s in a row), what the outbox has
        raised, and any bug met on the way.
        Raises `RuntimeError` while an earlier `send` of this sender is not over.
        """
        if not isinstance(outbox, AsyncIterable | Iterable):
            raise TypeError(f"an outbox must be iterable, and {type(outbox).__name__} is not")
        return self._send(outbox)

    async def _send(self, outbox: Outbox) -> AsyncGenerator[Result, None]:
        if self._run is not None:
            raise RuntimeError("this BulkSender is sending already; make another one")
        self._run = run = BulkRun(
            Delivery(self._sunco),
            concurrency=self._concurrency,
            window=WINDOW * self._concurrency,
            tally=self._tally,
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
        """Begin no further item, now and later; what is under way ends and is reported.

        What was read and not begun comes out as `Skipped`. Call it in the event loop's thread, such
        as from `loop.add_signal_handler`. A sender stays stopped: make a new one to go on.
        """
        self._stopped = True
        if self._run is not None:
            self._run.stop()

    def statistics(self) -> BulkStatistics:
        """Return the numbers of this moment."""
        return self._tally.snapshot()
