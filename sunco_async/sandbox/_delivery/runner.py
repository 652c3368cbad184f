"""Sending what an outbox holds, in one event loop."""

import asyncio
import time
from contextlib import suppress

from sunco_async.sandbox._clock import Clock
from sunco_async.sandbox._delivery.outbox import Outbox
from sunco_async.sandbox._delivery.records import DeliveryAttempt, Job
from sunco_async.sandbox._delivery.sender import NoResponseError, Routes, Sender
from sunco_async.sandbox._timers import Timers


class Runner:
    """Runs in the event loop in which it is made, until it is stopped.

    Attributes:
        timeout: Seconds on the sandbox's clock within which a target must respond.
    """

    def __init__(self, outbox: Outbox, clock: Clock, routes: Routes, timeout: float) -> None:
        self.timeout = timeout
        self._outbox = outbox
        self._lock = outbox.state.lock
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._timers = Timers(clock)
        self._sender = Sender(routes)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_woken = False
        self._is_stopped = False

    def wake(self) -> None:
        """Look for work soon; any thread may call this, under the sandbox's lock."""
        if self._is_woken or self._is_stopped:
            return
        with suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self._start_jobs)
            self._is_woken = True

    async def stop(self) -> None:
        """Break off what is under way and give it back to the outbox."""
        self._is_stopped = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._timers.close()
        await self._sender.aclose()

    def _start_jobs(self) -> None:
        with self._lock:
            self._is_woken = False
            if self._is_stopped:
                return
            jobs = self._outbox.start()
        for job in jobs:
            task = self._loop.create_task(self._deliver(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, job: Job) -> None:
        """Make the attempts of one delivery."""
        try:
            more = True
            while more:
                if job.next_attempt is not None:
                    await self._timers.sleep_until(job.next_attempt)
                more = await self._attempt(job)
        finally:
            with self._lock:
                if not job.is_over:
                    self._outbox.interrupt(job)

    async def _attempt(self, job: Job) -> bool:
        with self._lock:
            request = self._outbox.begin(job)
        if request is None:
            return False
        method, headers, body = request
        began, start = self._clock(), time.perf_counter()
        status, error, response_body, is_final = None, None, b"", False
        try:
            status, response_body = await self._within_timeout(method, job.url, headers, body)
        except NoResponseError as problem:
            error, is_final = str(problem), problem.is_final
        attempt = DeliveryAttempt(began, time.perf_counter() - start, status, error, response_body)
        with self._lock:
            more = self._outbox.finish(job, attempt, is_final=is_final)
            # The next of its line may go, and a repeat of this one.
            self.wake()
        return more

    async def _within_timeout(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        exchange = self._loop.create_task(self._sender.send(method, url, headers, body))
        limit = self._loop.create_task(self._timers.sleep_until(self._clock() + self.timeout))
        try:
            await asyncio.wait({exchange, limit}, return_when=asyncio.FIRST_COMPLETED)
            if exchange.done():
                return exchange.result()
            raise NoResponseError(f"no response within {self.timeout:g} s")
        finally:
            unfinished = [task for task in (exchange, limit) if not task.done()]
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished)
