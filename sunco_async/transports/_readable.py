"""Whether a socket has something to read that the event loop has not read yet."""

import asyncio
import select
import sys
from collections.abc import Callable

__all__ = ["readable_probe"]


def readable_probe(transport: asyncio.BaseTransport | None) -> Callable[[], bool]:
    """Return a function that checks whether an open connection has something to read now."""
    sock = None if transport is None else transport.get_extra_info("socket")
    descriptor = -1 if sock is None else sock.fileno()
    if descriptor < 0:
        return lambda: True
    if sys.platform == "win32":
        return lambda: bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()  # unlike `select.select`, it works for descriptors above 1024
    poll.register(descriptor, select.POLLIN)
    return lambda: bool(poll.poll(0))
