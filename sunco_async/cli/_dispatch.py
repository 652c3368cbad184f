"""Sending the drafts of a file with the bulk sender, and what became of each."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from time import monotonic
from typing import Any

from sunco_async import (
    APIStatusError,
    AsyncSunco,
    AuthenticationFailed,
    ConfigurationError,
    ConnectionFailed,
    RequestTimeout,
    ResponseDecodeError,
    SuncoError,
    UnexpectedRedirect,
)
from sunco_async.bulk import BulkSender, Failed, Outgoing, Result, Sent
from sunco_async.cli._compose import RowMessage
from sunco_async.cli._errors import CommandError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._patience import Patience
from sunco_async.cli._progress import Counts, say, watch
from sunco_async.cli._report import OutputFile, Tally, duration
from sunco_async.cli._users import with_users

__all__ = ["SendRun", "ask_host", "throttled"]

# The host is given up after so many failures to reach it in a row. `Patience` has let each of them
# happen only after a minute without any answer, or has no say: a POST whose answer was lost.
_UNREACHABLE = 20


class SendRun:
    """One run of the bulk sender over the drafts of a file.

    `failure` is why it ended before its file did, if it did; `interrupted` tells whether the user
    ended it.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        *,
        concurrency: int,
        total: int,
        output: OutputFile | None = None,
    ) -> None:
        self.tally = Tally()
        self.failure: Exception | None = None
        self.interrupted = False
        self.seconds = 0.0
        patience = Patience()
        self._reach = patience.reach
        self._sunco = sunco.with_options(retry=patience)
        self._sender = BulkSender(sunco, concurrency=concurrency, retry=patience)
        self._concurrency = concurrency
        self._total = total
        self._output = output
        # The lines of the messages under way, by key, since a file may use a key twice.
        self._lines: defaultdict[str, deque[int]] = defaultdict(deque)

    async def run(self, drafts: Iterable[RowMessage], *, create_users: bool = False) -> None:
        """Send everything, or as much as can be; what went wrong is then in `failure`."""
        began = monotonic()
        outbox = self._after_users(drafts) if create_users else self._messages(drafts)
        with interruptible(self._interrupt) as interruption:
            try:
                async with (
                    watch("messages", self._total, self._counts),
                    aclosing(self._sender.send(outbox)) as results,
                ):
                    async for result in results:
                        self._record(result, self._line(result.key))
            except (SuncoError, CommandError) as error:
                self.failure = self.failure or error
            except asyncio.CancelledError:
                if not interruption.cancelled:
                    raise
                self._record_cancelled()
        self.seconds = monotonic() - began
        if self._output is not None and self._output.failure is not None:
            self.failure = self._output.failure

    def as_json(self) -> dict[str, Any]:
        """Return the report as one object."""
        return {
            "rows": self._total,
            **self.tally.as_json(),
            "not_begun": self._not_begun(),
            "throttled": throttled(self._sunco),
            "seconds": round(self.seconds, 3),
            "messages_per_second": round(self.rate, 1),
            "interrupted": self.interrupted,
            "failure": None if self.failure is None else str(self.failure),
        }

    def as_text(self) -> str:
        """Return the report to be read."""
        tally = self.tally
        rows = {
            "sent": f"{tally.sent:,} of {self._total:,}",
            "failed": f"{tally.failed:,}"
            + (f", {tally.unknown:,} of them may have been sent" if tally.unknown else ""),
            "not begun": f"{self._not_begun():,}",
            "429s": f"{throttled(self._sunco):,}",
            "time": f"{duration(self.seconds)}, {self.rate:,.1f} messages/s",
        }
        return tally.as_text(rows)

    def exit_code(self) -> int:
        """Return 130 after Ctrl-C, 0 if every message was sent, and 1 otherwise."""
        if self.interrupted:
            return 130
        return 0 if self.failure is None and self.tally.sent == self._total else 1

    def _not_begun(self) -> int:
        return self._total - self.tally.sent - self.tally.failed

    @property
    def rate(self) -> float:
        """Messages sent per second."""
        return self.tally.sent / self.seconds if self.seconds else 0.0

    def _counts(self) -> Counts:
        return Counts(
            done=self.tally.sent,
            failed=self.tally.failed,
            throttled=throttled(self._sunco),
        )

    # The outbox.

    async def _after_users(self, drafts: Iterable[RowMessage]) -> AsyncGenerator[Outgoing, None]:
        ready = with_users(self._sunco, drafts, ahead=self._concurrency, refused=self._without_user)
        async with aclosing(ready) as ready:
            async for draft in ready:
                self._lines[draft.message.key].append(draft.line)
                yield draft.message

    def _messages(self, drafts: Iterable[RowMessage]) -> Iterable[Outgoing]:
        for draft in drafts:
            self._lines[draft.message.key].append(draft.line)
            yield draft.message

    def _without_user(self, draft: RowMessage, error: Exception) -> None:
        self._record(Failed(draft.message.key, error, before_sending=True), draft.line)

    # The results.

    def _line(self, key: str) -> int:
        lines = self._lines[key]
        line = lines.popleft()
        if not lines:
            del self._lines[key]
        return line

    def _record(self, result: Result, line: int) -> None:
        self.tally.add(result, line)
        if isinstance(result, Sent):
            self._reach.answered()
        if self._output is not None:
            self._output.write(result, line)
            if self._output.failure is not None:
                self._sender.stop()
        if self.tally.unreachable >= _UNREACHABLE and self.failure is None:
            self.failure = CommandError(f"{self._sunco.base_url} no longer answers")
            self._sender.stop()

    def _record_cancelled(self) -> None:
        """Report what was handed to the sender and has no result: nobody knows its outcome."""
        for key, lines in self._lines.items():
            for line in lines:
                error = SuncoError("cancelled before its outcome was known", outcome="unknown")
                self._record(Failed(key, error), line)
        self._lines.clear()

    def _interrupt(self) -> None:
        self.interrupted = True
        self._sender.stop()
        say("stopping: what is under way ends first; once more cancels it")


async def ask_host(sunco: AsyncSunco, draft: RowMessage) -> None:
    """Make one cheap call about the first message's target, so that a wrong setting ends it here.

    Any answer will do but a 401, an unknown app, and one that is not the API's. Raises
    `CommandError`, which names the host.
    """
    message = draft.message
    try:
        if message.conversation_id is not None:
            await sunco.conversations.get(message.conversation_id, retry=None)
        else:
            await sunco.users.get(message.user_id or message.user_external_id or "", retry=None)
    except ConfigurationError as error:
        raise CommandError(f"{sunco.base_url} cannot be reached: {error.message}") from error
    except (ConnectionFailed, RequestTimeout) as error:
        if isinstance(error, ConnectionFailed) and error.permanent:
            raise CommandError(f"{sunco.base_url} cannot be reached: {error.message}") from error
        raise CommandError(f"{sunco.base_url} does not answer: {error.message}") from error
    except (AuthenticationFailed, ResponseDecodeError, UnexpectedRedirect) as error:
        raise CommandError(f"{sunco.base_url} refuses: {error.message}") from error
    except APIStatusError as error:
        if any(detail.code == "app_not_found" for detail in error.errors):
            raise CommandError(
                f"{sunco.base_url} does not know the app: {error.message}"
            ) from error


def throttled(sunco: AsyncSunco) -> int:
    """Return how many 429s the client has seen."""
    limiter = sunco.rate_limit
    return 0 if limiter is None else limiter.statistics().throttled
