"""`sunco demo`: a campaign against a sandbox whose rate limit the client does not know."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sunco_async import AsyncSunco
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._host_health import HostAwareRetry
from sunco_async.cli._demo_campaign import (
    Arrivals,
    campaign_folder,
    count_arrivals,
    open_conversations,
    read_messages,
)
from sunco_async.cli._errors import InterruptedCommandError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._progress import Progress, print_status, show_progress
from sunco_async.cli._report import duration
from sunco_async.cli._send_options import RunOptions
from sunco_async.cli._send_run import SendRun, throttled
from sunco_async.cli._stdout import print_report
from sunco_async.sandbox import RateLimit, Sandbox

__all__ = ["CampaignReport", "run", "run_campaign"]

_CONCURRENCY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """What has arrived of a campaign, and what it took.

    Attributes:
        recipients: Messages to deliver, one for each recipient.
        arrivals: What the conversations hold.
        throttled: 429s that the client received.
        messages_per_second: The rate of the sending.
        seconds: The duration of each phase, in seconds.
        problems: The errors of the sending.
    """

    recipients: int
    arrivals: Arrivals
    throttled: int
    messages_per_second: float
    seconds: dict[str, float]
    problems: list[str]

    def is_complete(self) -> bool:
        """Whether every recipient got the message exactly once."""
        return self.arrivals == Arrivals(delivered=self.recipients)


def run(*, recipients: int, rate_limit: float, seed: int, as_json: bool) -> int:
    """Run the command.

    Args:
        recipients: How many recipients to write to.
        rate_limit: Requests per second that the sandbox allows.
        seed: The seed of the recipients and of the sandbox's ids.
        as_json: Whether to print the report as JSON.

    Returns:
        The exit code.

    Raises:
        CommandError: The command failed.
    """
    run_id = secrets.token_hex(4)
    messages = read_messages(campaign_folder(), recipients=recipients, seed=seed, run=run_id)
    # A small burst, so that tokens that were saved before a short phase do not distort its rate.
    limit = RateLimit(rate=rate_limit, burst=max(1.0, rate_limit / 5))
    sandbox = Sandbox(rate_limit=limit, seed=seed)
    with sandbox.serve_in_thread() as server:
        print_status(f"a sandbox listens on {server.url}; the client does not know its limit")
        report = asyncio.run(_with_client(sandbox, server.url, messages, run_id))
    server_throttled = sandbox.statistics().throttled
    render = _as_json if as_json else _as_text
    print_report(render(report, server_throttled, rate_limit))
    if not report.is_complete():
        print_status("sunco: not every message has arrived exactly once")
        return 1
    return 0


async def run_campaign(
    sunco: AsyncSunco, messages: list[RowMessage], run_id: str
) -> CampaignReport:
    """Create users and conversations, send the messages, and read them back.

    Args:
        sunco: The client.
        messages: The messages, to users with an external id.
        run_id: The id of the run, which is part of each key.

    Raises:
        InterruptedCommandError: The user ended the command.
        SuncoError: Another phase than the sending failed.
    """
    sunco = sunco.with_options(retry=HostAwareRetry())
    seconds: dict[str, float] = {}
    async with _phase("conversations", sunco, len(messages), seconds) as done:
        messages = await open_conversations(sunco, messages, concurrency=_CONCURRENCY, done=done)
    sending = SendRun(sunco, total=len(messages), options=RunOptions(concurrency=_CONCURRENCY))
    await sending.run(messages)
    if sending.interrupted:
        raise InterruptedCommandError("interrupted; the sandbox and its contents are gone")
    seconds["messages"] = sending.seconds
    async with _phase("reading back", sunco, len(messages), seconds) as done:
        arrivals = await count_arrivals(
            sunco, messages, run=run_id, concurrency=_CONCURRENCY, done=done
        )
    problems = [group.text for group in sending.failures.groups()]
    if sending.error is not None:
        problems.append(str(sending.error))
    return CampaignReport(
        recipients=len(messages),
        arrivals=arrivals,
        throttled=throttled(sunco),
        messages_per_second=sending.rate,
        seconds=seconds,
        problems=problems,
    )


async def _with_client(
    sandbox: Sandbox, url: str, messages: list[RowMessage], run_id: str
) -> CampaignReport:
    async with AsyncSunco(
        base_url=url, app_id=sandbox.app_id, key_id=sandbox.key_id, secret=sandbox.secret
    ) as sunco:
        return await run_campaign(sunco, messages, run_id)


@asynccontextmanager
async def _phase(
    title: str, sunco: AsyncSunco, total: int, seconds: dict[str, float]
) -> AsyncGenerator[Callable[[], None], None]:
    """Show and time a phase, whose block calls the yielded function after each step.

    The first Ctrl-C ends it.
    """
    count = 0

    def done() -> None:
        nonlocal count
        count += 1

    def progress() -> Progress:
        return Progress(done=count, throttled=throttled(sunco))

    began = monotonic()
    with interruptible() as interruption:
        try:
            async with show_progress(title, total, progress):
                yield done
        except asyncio.CancelledError:
            if not interruption.cancelled:
                raise
            raise InterruptedCommandError(f"interrupted during {title}") from None
    seconds[title] = monotonic() - began


def _as_json(report: CampaignReport, server_throttled: int, rate_limit: float) -> dict[str, Any]:
    return {
        "recipients": report.recipients,
        "delivered": report.arrivals.delivered,
        "duplicates": report.arrivals.duplicates,
        "stray": report.arrivals.stray,
        "throttled": {"server": server_throttled, "client": report.throttled},
        "rate_limit": rate_limit,
        "messages_per_second": round(report.messages_per_second, 1),
        "seconds": {phase: round(value, 3) for phase, value in report.seconds.items()},
        "problems": report.problems,
    }


def _as_text(report: CampaignReport, server_throttled: int, rate_limit: float) -> str:
    arrivals = report.arrivals
    rate = report.messages_per_second
    phases = ", ".join(f"{phase} {duration(value)}" for phase, value in report.seconds.items())
    figures = {
        "delivered": f"{arrivals.delivered:,} of {report.recipients:,}",
        "duplicates": f"{arrivals.duplicates:,}",
        "429s": f"{server_throttled:,}"
        if server_throttled == report.throttled
        else f"{server_throttled:,} sent by the server, {report.throttled:,} seen by the client",
        "rate": f"{rate:,.1f} messages/s, {rate / rate_limit:.0%} of the server's {rate_limit:g}/s",
        "time": f"{duration(sum(report.seconds.values()))}: {phases}",
    }
    if arrivals.stray:
        figures["stray"] = f"{arrivals.stray:,} in another conversation or with another text"
    lines = [f"{name:<10}  {value}" for name, value in figures.items()]
    return "\n".join([*lines, *report.problems])
