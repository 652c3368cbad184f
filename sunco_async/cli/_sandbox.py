"""`sunco sandbox`: serve a Sunshine Conversations in memory until Ctrl-C."""

import asyncio
import ipaddress
import logging
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sunco_async.cli._errors import CommandError, UsageError
from sunco_async.cli._interrupt import interruptible
from sunco_async.cli._progress import print_status
from sunco_async.cli._stdout import print_report
from sunco_async.sandbox import Clock, RateLimit, Sandbox, SandboxServer

__all__ = ["SandboxOptions", "run"]

_END_OF_TIME = 253_402_300_800
"""The end of the year 9999, in seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """The options of `sunco sandbox`."""

    host: str
    port: int
    rate_limit: float | None
    retry_after: bool
    message_limit: int | None
    latency: float
    app_id: str | None
    key_id: str | None
    secret: str | None
    hosts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    seed: Literal["demo"] | None = None
    random_seed: int | None = None
    state: Path | None = None
    frozen_at: str | None = None
    verbose: bool = False


def run(options: SandboxOptions) -> int:
    """Serve until the user stops it.

    Args:
        options: The options of the command.

    Returns:
        The exit code.

    Raises:
        CommandError: The address cannot be listened on, or the state cannot be saved.
        UsageError: An option cannot be used.
    """
    sandbox = _open(options)
    with _request_lines(options.verbose):
        return asyncio.run(_serve(options, sandbox))


def _open(options: SandboxOptions) -> Sandbox:
    """Create or load the sandbox, and check at once that its state can be saved."""
    path = options.state
    is_new = path is None or not path.exists()
    try:
        sandbox = _create(options) if is_new or path is None else _load(options, path)
        if options.seed is not None and is_new:
            sandbox.add_demo_data()
    except ValueError as error:
        raise UsageError(str(error)) from None
    for text in options.faults:
        try:
            sandbox.faults.add_text(text)
        except ValueError as error:
            raise UsageError(f"--fault {shlex.quote(text)}: {error}") from None
    if path is not None:
        if options.seed is not None and not is_new:
            print_status(f"{path} exists, so --seed {options.seed} adds nothing")
        try:
            sandbox.save(path)
        except OSError as error:
            raise UsageError(f"--state {path}: {error.strerror or error}") from None
    return sandbox


def _create(options: SandboxOptions) -> Sandbox:
    defaults = Sandbox()
    return Sandbox(
        app_id=options.app_id or defaults.app_id,
        keys={options.key_id or defaults.key_id: options.secret or defaults.secret},
        rate_limit=_rate_limit(options),
        message_limit=30_000 if options.message_limit is None else options.message_limit,
        latency=options.latency,
        seed=options.random_seed,
        hosts=options.hosts,
        clock=_clock(options.frozen_at),
    )


def _load(options: SandboxOptions, path: Path) -> Sandbox:
    try:
        sandbox = Sandbox.load(
            path,
            rate_limit=_rate_limit(options),
            latency=options.latency,
            seed=options.random_seed,
            hosts=options.hosts,
            clock=_clock(options.frozen_at),
        )
    except OSError as error:
        raise UsageError(f"--state {path}: {error.strerror or error}") from None
    for option, wanted, found in (
        ("--app-id", options.app_id, sandbox.app_id),
        ("--key-id", options.key_id, sandbox.key_id),
        ("--secret", options.secret, sandbox.secret),
        ("--message-limit", options.message_limit, sandbox.message_limit),
    ):
        if wanted is not None and wanted != found:
            raise UsageError(
                f"{option} is for a new sandbox, and {path} holds one with another value; "
                f"leave out {option}, or name another file"
            )
    return sandbox


def _rate_limit(options: SandboxOptions) -> RateLimit | None:
    if options.rate_limit is None:
        return None
    return RateLimit(rate=options.rate_limit, retry_after=options.retry_after)


def _clock(frozen_at: str | None) -> Clock:
    if frozen_at is None:
        return Clock()
    try:
        return Clock(_seconds(frozen_at))
    except ValueError:
        raise UsageError(
            "--frozen-at takes a time such as 2026-01-31T12:00:00Z, or seconds since 1970, "
            f"not {frozen_at!r}"
        ) from None


def _seconds(time: str) -> float:
    """Return a time in seconds since 1970."""
    try:
        seconds = float(time)
    except ValueError:
        moment = datetime.fromisoformat(time)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < _END_OF_TIME:
        raise ValueError(seconds)
    return seconds


async def _serve(options: SandboxOptions, sandbox: Sandbox) -> int:
    stopped = asyncio.Event()
    with interruptible(stopped.set):
        try:
            async with sandbox.serve(options.host, options.port) as server:
                _warn_of_strangers(server)
                print_report(_welcome(sandbox, server.url))
                print_status("press Ctrl-C to stop it")
                await stopped.wait()
        except OSError as error:
            raise CommandError(
                f"cannot listen on {options.host}:{options.port}: {error.strerror or error}"
            ) from error
        finally:
            if options.state is not None:
                _save(sandbox, options.state)
    _print_counts(sandbox)
    return 0


def _save(sandbox: Sandbox, path: Path) -> None:
    try:
        sandbox.save(path)
    except OSError as error:
        raise CommandError(
            f"the state cannot be saved to {path}: {error.strerror or error}"
        ) from error


def _print_counts(sandbox: Sandbox) -> None:
    statistics = sandbox.statistics()
    print_status(
        f"stopped after {statistics.requests:,} requests, "
        f"{statistics.throttled:,} of which got a 429"
    )
    injected = sandbox.faults.statistics().injected
    if injected:
        print_status("faults: " + ", ".join(f"{name} {n:,}" for name, n in injected.items()))


def _warn_of_strangers(server: SandboxServer) -> None:
    """Warn of a sandbox that other machines can reach, and print where they do."""
    bound = ipaddress.ip_address(server.bound.partition("%")[0])
    if bound.is_loopback:
        return
    print_status(
        f"warning: the sandbox listens on {server.bound}, port {server.port}, not only on this "
        "machine. Whoever reaches it can read and change all that it holds."
    )
    if bound.is_unspecified:
        address = _own_address(socket.AF_INET if bound.version == 4 else socket.AF_INET6)
        if address is not None:
            print_status(f"other machines reach it at {_url(address, server.port)}")


def _url(address: str, port: int) -> str:
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _own_address(family: socket.AddressFamily) -> str | None:
    """Return the address of this machine on its network, if it has one."""
    documentation = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((documentation, 9))  # looks up a route, and sends nothing
        except OSError:
            return None
        address: str = sock.getsockname()[0]
        return address


@contextmanager
def _request_lines(verbose: bool) -> Iterator[None]:
    """Print a line to stderr for each request, if that is wanted."""
    if not verbose:
        yield
        return
    logger = logging.getLogger("sunco_async.sandbox.requests")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def _welcome(sandbox: Sandbox, url: str) -> str:
    variables = {
        "SUNCO_BASE_URL": url,
        "SUNCO_APP_ID": sandbox.app_id,
        "SUNCO_KEY_ID": sandbox.key_id,
        "SUNCO_KEY_SECRET": sandbox.secret,
    }
    lines = [f"The sandbox listens on {url}", ""]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines += ["", f"The token for {url}/_sandbox/ is {sandbox.admin_token}"]
    return "\n".join(lines)
