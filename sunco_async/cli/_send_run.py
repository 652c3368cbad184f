"""Sending the messages of a file with the bulk sender, and counting the results."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
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
from sunco_async.bulk import BulkSender, Failed, Result, Skipped, SQLiteLedger
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._entry import Item
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._failure_groups import FailureGroups
from sunco_async.bulk._host_health import HostAwareRetry
from sunco_async.bulk._ledger.states import STATES
from sunco_async.bulk._preflight import preflight
from sunco_async.bulk._statistics import Counters
from sunco_async.cli._errors import CommandError, OutageError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._progress import Progress, print_status, show_progress
from sunco_async.cli._report import OutputFile, duration, summary_json, summary_text
from sunco_async.cli._send_options import RunOptions

__all__ = ["SendRun", "check_host", "throttled"]


class SendRun:
    """One run of the bulk sender over the messages of a file or a ledger.

    Args:
        sunco: The client to send with.
        total: How many messages there are.
        options: How they are sent.
        output: The file to write the results to.
        ledger: The ledger of the campaign, which is open.

    Attributes:
        counters: The counts of the results, one for each message that was read.
        known: The messages that were not sent because the ledger knows their keys, by state.
        failures: The failures by their codes.
        error: Why the run ended before its messages did, or None.
        interrupted: Whether the user ended it.
        host_is_down: Whether it ended because the host did not respond.
        seconds: How long it took, in seconds.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        *,
        total: int,
        options: RunOptions,
        output: OutputFile | None = None,
        ledger: SQLiteLedger | None = None,
    ) -> None:
        self.counters = Counters()
        self.known: Counter[str] = Counter()
        self.failures = FailureGroups()
        self.error: Exception | None = None
        self.interrupted = False
        self.host_is_down = False
        self.seconds = 0.0
        retry = HostAwareRetry()
        self._host_health = retry.health
        self._sunco = sunco.with_options(retry=retry)
        self._sender = BulkSender(
            sunco,
            concurrency=options.concurrency,
            retry=retry,
            ledger=ledger,
            on_failure=options.on_failure,
            lost_notifications=options.lost_notifications,
            pace=options.pace,
            max_failures=options.max_failures,
            create_users=options.create_users,
        )
        self._total = total
        self._output = output
        self._quiet = options.quiet
        # The messages that were read and have no result, by key, since a file may use a key twice.
        self._waiting: defaultdict[str, deque[RowMessage]] = defaultdict(deque)

    async def run(self, messages: Iterable[RowMessage] | AsyncIterable[RowMessage]) -> None:
        """Send all messages, or as many as possible. `error` then says why not all.

        Args:
            messages: The messages of the file or of the ledger.
        """
        began = monotonic()
        with interruptible(self.stop, self._on_second_signal) as interruption:
            try:
                async with (
                    show_progress("messages", self._total, self.progress, quiet=self._quiet),
                    aclosing(self._sender.send(self._outbox(messages))) as results,
                ):
                    async for result in results:
                        self._record(result)
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
            "known": dict(self.known),
            "not_begun": self.not_begun,
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
            "not begun": f"{self.not_begun:,}",
            "429s": f"{throttled(self._sunco):,}",
            "time": f"{duration(self.seconds)}, {self.rate:,.1f} messages/s",
        }
        if self.known:
            states = ", ".join(f"{count:,} {state}" for state, count in self.known.items())
            figures["known"] = f"{states} before this run"
        return summary_text(figures, self.failures)

    def exit_code(self) -> int:
        """Return 130 after Ctrl-C, 0 if every message was sent, 3 for an outage, else 1."""
        if self.interrupted:
            return 130
        if self.host_is_down:
            return 3
        sent = self.counters.sent + self.known["sent"] + self.known["sending"]
        return 0 if self.error is None and sent == self._total else 1

    @property
    def not_begun(self) -> int:
        """Messages that were not sent and can be sent by another run."""
        return self._total - self.counters.sent - self.counters.failed - self.known.total()

    @property
    def rate(self) -> float:
        """Messages sent per second."""
        return self.counters.sent / self.seconds if self.seconds else 0.0

    def progress(self) -> Progress:
        """Return how far the run is. Call it in its event loop."""
        return Progress(
            done=self.counters.sent + self.known.total(),
            failed=self.counters.failed,
            throttled=throttled(self._sunco),
            under_way=self._sender.progress().in_flight,
            outage=self._host_health.outage(asyncio.get_running_loop().time()),
        )

    async def _outbox(
        self, messages: Iterable[RowMessage] | AsyncIterable[RowMessage]
    ) -> AsyncGenerator[Item, None]:
        if isinstance(messages, AsyncIterable):
            async for each in messages:
                self._waiting[each.message.key].append(each)
                yield each.message
        else:
            for each in messages:
                self._waiting[each.message.key].append(each)
                yield each.message

    # The results.

    def _take(self, key: str) -> RowMessage | None:
        """Return the message of a result; None for one that an earlier run has left."""
        waiting = self._waiting.get(key)
        if not waiting:
            return None
        message = waiting.popleft()
        if not waiting:
            del self._waiting[key]
        return message

    def _record(self, result: Result) -> None:
        message = self._take(result.key)
        if isinstance(result, Skipped) and result.reason in STATES:
            if message is not None:
                self.known[result.reason] += 1
            return
        if message is not None:
            self.counters.count(result)
        if isinstance(result, Failed):
            self.failures.add(result, None if message is None else message.line)
        host_is_down = self._host_health.record_result(result)
        if self._output is not None:
            self._output.write(result, message)
            if self._output.failure is not None:
                self._sender.stop()
        if host_is_down and self.error is None:
            self.host_is_down = True
            self.error = CommandError(f"{self._sunco.base_url} no longer responds")
            self._sender.stop()

    def _record_cancelled(self) -> None:
        """Record what was handed to the sender and has no result: its outcome is unknown."""
        for key in [key for key, waiting in self._waiting.items() for _ in waiting]:
            error = SuncoError("cancelled before its outcome was known", outcome="unknown")
            self._record(Failed(key, error))

    def stop(self) -> None:
        """End the run after the messages under way, or at once while the host is down."""
        self.interrupted = True
        # While the host is down, nothing that is under way can arrive.
        at_once = self._host_health.unreachable_since is not None
        self._sender.stop(at_once=at_once)
        print_status("stopping after the messages under way; press Ctrl-C again to cancel them")

    def _on_second_signal(self) -> None:
        self._sender.stop(at_once=True)


async def check_host(sunco: AsyncSunco, message: RowMessage) -> None:
    """Make one request about the first message's target, so that a wrong setting fails here.

    Args:
        sunco: The client to send with.
        message: The first message.

    Raises:
        CommandError: No message can be sent. It names the host.
        OutageError: The host does not respond.
    """
    try:
        await preflight(sunco, message.message.target)
    except SuncoError as error:
        problem = _host_problem(error)
        kind = OutageError if problem == "does not respond" else CommandError
        raise kind(f"{sunco.base_url} {problem}: {error.message}") from error


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
