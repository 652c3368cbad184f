"""What users see of the deliveries to webhooks."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import overload

from sunco_async.sandbox._clock import Clock
from sunco_async.sandbox._delivery.outbox import Outbox
from sunco_async.sandbox._delivery.policy import TIMEOUT
from sunco_async.sandbox._delivery.records import Delivery
from sunco_async.sandbox._delivery.runner import Runner
from sunco_async.sandbox._delivery.sender import Routes


class Deliveries(Sequence[Delivery]):
    """The newest deliveries to webhooks, oldest first, and how they are made.

    Deliveries are sent while the sandbox runs: within `async with sandbox`, or while it is served.
    Events that happen before are kept until then. The deliveries of a webhook are attempted in the
    order of its events; one that is attempted again does not hold up those behind it.

    Args:
        outbox: Where the deliveries are; a sandbox passes its own.
        clock: The sandbox's clock.
        routes: Which targets may be called.
    """

    def __init__(self, outbox: Outbox, clock: Clock, routes: Routes) -> None:
        self._outbox = outbox
        self._journal = outbox.journal
        self._lock = outbox.state.lock
        self._clock = clock
        self._routes = routes
        self._timeout = TIMEOUT
        # The first one sends; another takes over when it is stopped.
        self._runners: list[Runner] = []
        outbox.on_work = self._wake

    def __len__(self) -> int:
        with self._lock:
            return len(self._journal)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        with self._lock:
            return self._journal.snapshot()[index]

    def __iter__(self) -> Iterator[Delivery]:
        with self._lock:
            return iter(self._journal.snapshot())

    def __repr__(self) -> str:
        return f"<Deliveries kept={len(self)} outstanding={self.outstanding}>"

    @property
    def outstanding(self) -> int:
        """How many deliveries have not ended: they are queued, under way or to be retried."""
        with self._lock:
            return self._outbox.outstanding

    @property
    def revision(self) -> int:
        """The number of changes of deliveries so far; see `Delivery.revision`."""
        with self._lock:
            return self._journal.revision

    @property
    def time_scale(self) -> float:
        """What the documented intervals between attempts are multiplied by."""
        return self._outbox.time_scale

    @time_scale.setter
    def time_scale(self, factor: float) -> None:
        check_time_scale(factor)
        self._outbox.time_scale = factor

    @property
    def timeout(self) -> float:
        """Seconds on the sandbox's clock within which a target must respond, at first 20."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        if not seconds > 0:
            raise ValueError(f"timeout must be positive, not {seconds}")
        with self._lock:
            self._timeout = seconds
            for runner in self._runners:
                runner.timeout = seconds

    @property
    def concurrency(self) -> int:
        """How many deliveries of one webhook are under way at a time, at first 1."""
        return self._outbox.concurrency

    @concurrency.setter
    def concurrency(self, count: int) -> None:
        if count < 1:
            raise ValueError(f"concurrency must be at least 1, not {count}")
        with self._lock:
            self._outbox.concurrency = count
            self._wake()

    def combine(self, events: int) -> None:
        """Put events that wait for the same webhook together in one payload.

        The platform does so; by default only the events of one operation share a payload here, so
        that a test sees the same payloads in every run.

        Args:
            events: The greatest number of events that are put together. 0 ends it.
        """
        if events < 0:
            raise ValueError(f"events must not be negative, not {events}")
        with self._lock:
            self._outbox.combined = events

    def repeat(self, share: float = 1.0, *, times: int = 1, seed: int = 0) -> None:
        """Deliver payloads again although their target has accepted them.

        Args:
            share: The share of deliveries that are repeated, from 0 to 1. 0 ends it.
            times: How often each of them is repeated.
            seed: The same seed chooses the same deliveries.
        """
        _check_share(share)
        if times < 1:
            raise ValueError(f"times must be at least 1, not {times}")
        chance = random.Random(seed)  # noqa: S311 - it chooses deliveries, no secret
        with self._lock:
            self._outbox.repeats = (share, times, chance) if share else None

    def reorder(self, share: float = 0.5, *, within: float = 1.0, seed: int = 0) -> None:
        """Hold deliveries back for a while, so that later ones overtake them.

        Args:
            share: The share of deliveries that are held back, from 0 to 1. 0 ends it.
            within: The longest time, in seconds on the sandbox's clock, times `time_scale`.
            seed: The same seed holds the same deliveries back, for the same time.
        """
        _check_share(share)
        if not within > 0:
            raise ValueError(f"within must be positive, not {within}")
        chance = random.Random(seed)  # noqa: S311 - it chooses deliveries, no secret
        with self._lock:
            self._outbox.delays = (share, within, chance) if share else None

    def redeliver(self, delivery: Delivery | int) -> Delivery:
        """Deliver the events of a delivery once more.

        Args:
            delivery: The delivery, or its number.

        Returns:
            The new delivery, which is queued.

        Raises:
            KeyError: There is no delivery of events with this number any more.
        """
        number = delivery if isinstance(delivery, int) else delivery.number
        with self._lock:
            return self._outbox.redeliver(number).snapshot()

    def clear(self) -> None:
        """Forget the deliveries that have ended."""
        with self._lock:
            self._journal.clear()

    async def settled(self, timeout: float | None = 10.0) -> None:
        """Wait until all deliveries have ended.

        With a frozen clock, deliveries whose next attempt is later than the clock are not waited
        for: they go on when the clock is advanced.

        Args:
            timeout: Real seconds to wait at most, or None to wait without end.

        Raises:
            TimeoutError: Deliveries were still going on when the time was over.
            RuntimeError: Deliveries wait, and the sandbox does not run.
        """
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def notify() -> None:
            with suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(changed.set)

        with self._lock:
            stops = [self._journal.on_change(notify), self._clock.on_change(notify)]
        try:
            async with asyncio.timeout(timeout):
                while not self._is_settled():
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            raise TimeoutError(f"after {timeout} s, {self._unsettled()}") from None
        finally:
            with self._lock:
                for stop in stops:
                    stop()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send deliveries in the running event loop until the block ends.

        `async with sandbox` and `sandbox.serve()` call this.

        Yields:
            Nothing.
        """
        runner = Runner(self._outbox, self._clock, self._routes, self._timeout)
        with self._lock:
            self._runners.append(runner)
            self._wake()
        try:
            yield
        finally:
            with self._lock:
                self._runners.remove(runner)
            await runner.stop()
            with self._lock:
                self._wake()

    def _wake(self) -> None:
        if self._runners:
            self._runners[0].wake()

    def _is_settled(self) -> bool:
        with self._lock:
            if self._outbox.is_settled(self._clock(), frozen=self._clock.is_frozen):
                return True
            if not self._runners:
                raise RuntimeError(
                    f"{self._outbox.outstanding} deliveries wait, and the sandbox does not run: "
                    "use `async with sandbox:` or `async with sandbox.serve():`"
                )
            return False

    def _unsettled(self) -> str:
        going_on = [f"{each.number} to {each.url} is {each.state}" for each in self]
        pending = [text for text in going_on if text.endswith(("queued", "sending", "retrying"))]
        return f"{len(pending)} deliveries have not ended: {'; '.join(pending[:5])}"


def check_time_scale(factor: float) -> None:
    """Raise a ValueError for a time scale that makes no sense."""
    if not 0 <= factor < float("inf"):
        raise ValueError(f"time_scale must be finite and not negative, not {factor}")


def _check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1, not {share}")
