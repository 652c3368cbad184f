"""`sunco sandbox`: serve a Sunshine Conversations in memory until Ctrl-C."""

import asyncio
import shlex
from dataclasses import dataclass

from sunco_async.cli._errors import CommandError, UsageError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._progress import print_status
from sunco_async.cli._stdout import print_report
from sunco_async.sandbox import RateLimit, Sandbox

__all__ = ["SandboxOptions", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """The options of `sunco sandbox`."""

    host: str
    port: int
    rate_limit: float | None
    retry_after: bool
    message_limit: int
    latency: float
    app_id: str | None
    key_id: str | None
    secret: str | None
    hosts: tuple[str, ...] = ()


def run(options: SandboxOptions) -> int:
    """Serve until the user stops it.

    Args:
        options: The options of the command.

    Returns:
        The exit code.

    Raises:
        CommandError: The address cannot be listened on.
        UsageError: An option cannot be used.
    """
    return asyncio.run(_serve(options, _build(options)))


def _build(options: SandboxOptions) -> Sandbox:
    defaults = Sandbox()
    limit = None
    if options.rate_limit is not None:
        limit = RateLimit(rate=options.rate_limit, retry_after=options.retry_after)
    try:
        return Sandbox(
            app_id=options.app_id or defaults.app_id,
            keys={options.key_id or defaults.key_id: options.secret or defaults.secret},
            rate_limit=limit,
            message_limit=options.message_limit,
            latency=options.latency,
            hosts=options.hosts,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


async def _serve(options: SandboxOptions, sandbox: Sandbox) -> int:
    stopped = asyncio.Event()
    with interruptible(stopped.set):
        try:
            async with sandbox.serve(options.host, options.port) as server:
                print_report(_welcome(sandbox, server.url))
                print_status("press Ctrl-C to stop it")
                await stopped.wait()
        except OSError as error:
            raise CommandError(
                f"cannot listen on {options.host}:{options.port}: {error.strerror or error}"
            ) from error
    statistics = sandbox.statistics()
    print_status(
        f"stopped after {statistics.requests:,} requests, "
        f"{statistics.throttled:,} of which got a 429"
    )
    return 0


def _welcome(sandbox: Sandbox, url: str) -> str:
    variables = {
        "SUNCO_BASE_URL": url,
        "SUNCO_APP_ID": sandbox.app_id,
        "SUNCO_KEY_ID": sandbox.key_id,
        "SUNCO_KEY_SECRET": sandbox.secret,
    }
    lines = [f"The sandbox listens on {url}", ""]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join(lines)
