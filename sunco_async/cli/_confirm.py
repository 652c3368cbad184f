"""The question before many messages are sent to a real host."""

import sys
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from sunco_async import AsyncSunco
from sunco_async.cli._errors import CommandError, UsageError

__all__ = ["MANY", "confirm", "is_local"]

MANY: Final = 1000
"""Messages that are sent without a question."""


def is_local(url: str) -> bool:
    """Whether a URL is one of this machine, such as a sandbox's.

    Args:
        url: The URL.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def confirm(sunco: AsyncSunco, messages: int, *, yes: bool) -> None:
    """Ask before many messages are sent to a real host.

    Args:
        sunco: The client to send with.
        messages: How many messages are sent at most.
        yes: Do not ask.

    Raises:
        CommandError: The user does not want it.
        UsageError: There is no terminal to ask on.
    """
    url = str(sunco.base_url)
    if yes or messages <= MANY or is_local(url):
        return
    what = f"{messages:,} messages to {url}"
    if not sys.stdin.isatty():
        raise UsageError(f"pass --yes to send {what}: there is no terminal to ask on")
    print(f"Send {what}? [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201 - a question
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was sent")
