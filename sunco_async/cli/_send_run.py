"""Sending the messages of a file with the bulk sender, and counting the results."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from time import monotonic
from typing import Any

from sunco_async import (
    AsyncSunco,
    ConfigurationError,
    ConnectionFailed,
    NotFound,
    RequestTimeout,
    SuncoError,
)
from sunco_async.bulk import BulkSender, Failed, Result
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._entry import Item
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._failure_groups import FailureGroups
from sunco_async.bulk._host_health import HostAwareRetry
from sunco_async.bulk._preflight import preflight
from sunco_async.bulk._statistics import Counters
from sunco_async.bulk._users import create_users
from sunco_async.cli._errors import CommandError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._progress import Progress, print_status, show_progress
from sunco_async.cli._report import OutputFile, duration, summary_json, summary_text

__all__ = ["SendRun", "check_host", "throttled"]


class SendRun:
    """One run of the bulk sender over the messages of a file.

    Args:
        sunco: The client to send with.
        concurrency: Messages under way at once.
        total: How many messages the file makes.
        output: The file to write the results to.

    Attributes:
        counters: The counts of the results.
        failures: The failures by their codes.
        error: Why the run ended before its file did, or None.
        interrupted: Whether the user ended it.
        seconds: How long it took, in seconds.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        *,
        concurrency: int,
        total: int,
        output: OutputFile | None = None,
    ) -> None:
        self.counters = Counters()
        self.failures = FailureGroups()
        self.error: Exception | None = None
        self.interrupted = False
        self.seconds = 0.0
        retry = HostAwareRetry()
        self._host_health = retry.health
        self._sunco = sunco.with_options(retry=retry)
        self._sender = BulkSender(sunco, concurrency=concurrency, retry=retry)
        self._concurrency = concurrency
        self._total = total
        self._output = output
        # The lines of the messages under way, by key, since a file may use a key twice.
        self._lines: defaultdict[str, deque[int]] = defaultdict(deque)

    async def run(self, messages: Iterable[RowMessage], *, with_users: bool = False) -> None:
        """Send all messages, or as many as possible. `error` then says why not all.

        Args:
            messages: The messages of the file.
            with_users: Whether to create the user of each message first.
        """
        began = monotonic()
        outbox = self._after_users(messages) if with_users else self._outbox(messages)
        with interruptible(self._on_interrupt) as interruption:
            try:
                async with (
                    show_progress("messages", self._total, self._progress),
                    aclosing(self._sender.send(outbox)) as results,
                ):
                    async for result in results:
                        self._record(result, self._line(result.key))
            except (SuncoError, CommandError, InputError) as error:
                self.error = self.error or error
            except asyncio.CancelledError:
                if not interruption.cancelled:
                    raise
                self._record_cancelled()
        self.seconds = monotonic() - began
        if self._output is not None and self._output.failure is not None:
            self.error = self._output.failure

    def as_json(self) -> dict[str, Any]:
        """Return the report as one JSON object."""
        return {
            "rows": self._total,
            **summary_json(self.counters, self.failures),
            "not_begun": self._not_begun(),
            "throttled": throttled(self._sunco),
            "seconds": round(self.seconds, 3),
            "messages_per_second": round(self.rate, 1),
            "interrupted": self.interrupted,
            "failure": None if self.error is None else str(self.error),
        }

    def as_text(self) -> str:
        """Return the report to read."""
        counts = self.counters
        figures = {
            "sent": f"{counts.sent:,} of {self._total:,}",
            "failed": f"{counts.failed:,}"
            + (f", {counts.unknown:,} of them may have been sent" if counts.unknown else ""),
            "not begun": f"{self._not_begun():,}",
            "429s": f"{throttled(self._sunco):,}",
            "time": f"{duration(self.seconds)}, {self.rate:,.1f} messages/s",
        }
        return summary_text(figures, self.failures)

    def exit_code(self) -> int:
        """Return 130 after Ctrl-C, 0 if every message was sent, and 1 otherwise."""
        if self.interrupted:
            return 130
        return 0 if self.error is None and self.counters.sent == self._total else 1

    def _not_begun(self) -> int:
        return self._total - self.counters.sent - self.counters.failed

    @property
    def rate(self) -> float:
        """Messages sent per second."""
        return self.counters.sent / self.seconds if self.seconds else 0.0

    def _progress(self) -> Progress:
        return Progress(
            done=self.counters.sent,
            failed=self.counters.failed,
            throttled=throttled(self._sunco),
        )

    # The outbox.

    async def _after_users(self, messages: Iterable[RowMessage]) -> AsyncGenerator[Item, None]:
        ready = create_users(
            self._sunco, messages, ahead=self._concurrency, on_failure=self._record_user_failure
        )
        async with aclosing(ready) as ready:
            async for each in ready:
                self._lines[each.message.key].append(each.line)
                yield each.message

    def _outbox(self, messages: Iterable[RowMessage]) -> Iterable[Item]:
        for each in messages:
            self._lines[each.message.key].append(each.line)
            yield each.message

    def _record_user_failure(self, message: RowMessage, error: Exception) -> None:
        self._record(Failed(message.message.key, error, before_sending=True), message.line)

    # The results.

    def _line(self, key: str) -> int:
        lines = self._lines[key]
        line = lines.popleft()
        if not lines:
            del self._lines[key]
        return line

    def _record(self, result: Result, line: int) -> None:
        self.counters.count(result)
        if isinstance(result, Failed):
            self.failures.add(result, line)
        host_is_down = self._host_health.record_result(result)
        if self._output is not None:
            self._output.write(result, line)
            if self._output.failure is not None:
                self._sender.stop()
        if host_is_down and self.error is None:
            self.error = CommandError(f"{self._sunco.base_url} no longer responds")
            self._sender.stop()

    def _record_cancelled(self) -> None:
        """Record what was handed to the sender and has no result: its outcome is unknown."""
        for key, lines in self._lines.items():
            for line in lines:
                error = SuncoError("cancelled before its outcome was known", outcome="unknown")
                self._record(Failed(key, error), line)
        self._lines.clear()

    def _on_interrupt(self) -> None:
        self.interrupted = True
        self._sender.stop()
        print_status("stopping after the messages under way; press Ctrl-C again to cancel them")


async def check_host(sunco: AsyncSunco, message: RowMessage) -> None:
    """Make one request about the first message's target, so that a wrong setting fails here.

    Args:
        sunco: The client to send with.
        message: The first message.

    Raises:
        CommandError: No message can be sent. It names the host.
    """
    try:
        await preflight(sunco, message.message.target)
    except SuncoError as error:
        raise CommandError(f"{sunco.base_url} {_host_problem(error)}: {error.message}") from error


def _host_problem(error: SuncoError) -> str:
    if isinstance(error, ConfigurationError):
        return "cannot be reached"
    if isinstance(error, ConnectionFailed | RequestTimeout):
        permanent = isinstance(error, ConnectionFailed) and error.permanent
        return "cannot be reached" if permanent else "does not respond"
    if isinstance(error, NotFound):
        missing_app = any(detail.code == "app_not_found" for detail in error.errors)
        return "does not know the app" if missing_app else "does not know the integration"
    return "refuses"


def throttled(sunco: AsyncSunco) -> int:
    """Return how many 429s the client has received.

    Args:
        sunco: The client.
    """
    limiter = sunco.rate_limit
    return 0 if limiter is None else limiter.statistics().throttled
