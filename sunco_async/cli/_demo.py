"""`sunco demo`: a campaign against a sandbox whose limit the client is not told."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sunco_async import AsyncSunco
from sunco_async.cli._campaign import (
    Arrivals,
    campaign_folder,
    open_conversations,
    read_back,
    read_drafts,
)
from sunco_async.cli._compose import RowMessage
from sunco_async.cli._dispatch import SendRun, throttled
from sunco_async.cli._errors import InterruptedCommandError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._patience import Patience
from sunco_async.cli._progress import Counts, say, watch
from sunco_async.cli._report import duration
from sunco_async.cli._stdout import print_report
from sunco_async.sandbox import RateLimit, Sandbox

__all__ = ["Outcome", "carry_out", "run"]

_CONCURRENCY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What has arrived of a campaign, and what it took.

    `problems` are the errors met while sending, and `seconds` the time of each phase.
    """

    recipients: int
    arrivals: Arrivals
    throttled: int
    messages_per_second: float
    seconds: dict[str, float]
    problems: list[str]

    def is_complete(self) -> bool:
        """Whether every recipient got the message, once."""
        return self.arrivals == Arrivals(delivered=self.recipients)


def run(*, recipients: int, rate_limit: float, seed: int, as_json: bool) -> int:
    """Run the command; returns its exit code, and raises `CommandError`."""
    run_key = secrets.token_hex(4)
    drafts = read_drafts(campaign_folder(), recipients=recipients, seed=seed, run=run_key)
    # A small burst, so that the rate of a short phase is not that of what was saved up before it.
    limit = RateLimit(rate=rate_limit, burst=max(1.0, rate_limit / 5))
    sandbox = Sandbox(rate_limit=limit, seed=seed)
    with sandbox.serve_in_thread() as server:
        say(f"a sandbox listens on {server.url}; the client does not know its limit")
        outcome = asyncio.run(_with_client(sandbox, server.url, drafts, run_key))
    seen = sandbox.statistics().throttled
    report = _as_json if as_json else _as_text
    print_report(report(outcome, seen, rate_limit))
    if not outcome.is_complete():
        say("sunco: not every message has arrived exactly once")
        return 1
    return 0


async def carry_out(sunco: AsyncSunco, drafts: list[RowMessage], run: str) -> Outcome:
    """Make users and conversations, send, and read back.

    Raises `SuncoError` where a phase but the sending fails, and `InterruptedCommandError`.
    """
    sunco = sunco.with_options(retry=Patience())
    seconds: dict[str, float] = {}
    async with _phase("conversations", sunco, len(drafts), seconds) as done:
        drafts = await open_conversations(sunco, drafts, concurrency=_CONCURRENCY, done=done)
    dispatch = SendRun(sunco, concurrency=_CONCURRENCY, total=len(drafts))
    await dispatch.run(drafts)
    if dispatch.interrupted:
        raise InterruptedCommandError("interrupted; the sandbox and what it held are gone")
    seconds["messages"] = dispatch.seconds
    async with _phase("reading back", sunco, len(drafts), seconds) as done:
        arrivals = await read_back(sunco, drafts, run=run, concurrency=_CONCURRENCY, done=done)
    problems = [problem.text for problem in dispatch.tally.problems.values()]
    if dispatch.failure is not None:
        problems.append(str(dispatch.failure))
    return Outcome(
        recipients=len(drafts),
        arrivals=arrivals,
        throttled=throttled(sunco),
        messages_per_second=dispatch.rate,
        seconds=seconds,
        problems=problems,
    )


async def _with_client(sandbox: Sandbox, url: str, drafts: list[RowMessage], run: str) -> Outcome:
    async with AsyncSunco(
        base_url=url, app_id=sandbox.app_id, key_id=sandbox.key_id, secret=sandbox.secret
    ) as sunco:
        return await carry_out(sunco, drafts, run)


@asynccontextmanager
async def _phase(
    title: str, sunco: AsyncSunco, total: int, seconds: dict[str, float]
) -> AsyncGenerator[Callable[[], None], None]:
    """Show and time a phase, whose block calls what it is given after each step.

    The first Ctrl-C ends it.
    """
    count = 0

    def done() -> None:
        nonlocal count
        count += 1

    began = monotonic()
    with interruptible() as interruption:
        try:
            async with watch(title, total, lambda: Counts(done=count, throttled=throttled(sunco))):
                yield done
        except asyncio.CancelledError:
            if not interruption.cancelled:
                raise
            raise InterruptedCommandError(f"interrupted while at {title}") from None
    seconds[title] = monotonic() - began


def _as_json(outcome: Outcome, seen: int, rate_limit: float) -> dict[str, Any]:
    return {
        "recipients": outcome.recipients,
        "delivered": outcome.arrivals.delivered,
        "duplicates": outcome.arrivals.duplicates,
        "stray": outcome.arrivals.stray,
        "throttled": {"server": seen, "client": outcome.throttled},
        "rate_limit": rate_limit,
        "messages_per_second": round(outcome.messages_per_second, 1),
        "seconds": {phase: round(value, 3) for phase, value in outcome.seconds.items()},
        "problems": outcome.problems,
    }


def _as_text(outcome: Outcome, seen: int, rate_limit: float) -> str:
    arrivals = outcome.arrivals
    pace = outcome.messages_per_second
    phases = ", ".join(f"{phase} {duration(value)}" for phase, value in outcome.seconds.items())
    figures = {
        "delivered": f"{arrivals.delivered:,} of {outcome.recipients:,}",
        "duplicates": f"{arrivals.duplicates:,}",
        "429s": f"{seen:,}"
        if seen == outcome.throttled
        else f"{seen:,} sent by the server, {outcome.throttled:,} seen by the client",
        "rate": f"{pace:,.1f} messages/s, {pace / rate_limit:.0%} of the server's {rate_limit:g}/s",
        "time": f"{duration(sum(outcome.seconds.values()))}: {phases}",
    }
    if arrivals.stray:
        figures["stray"] = f"{arrivals.stray:,} in another conversation or with another text"
    lines = [f"{name:<10}  {value}" for name, value in figures.items()]
    return "\n".join([*lines, *outcome.problems])
