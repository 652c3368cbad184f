"""Chains of exceptions: walking them, and removing the frames that hold credentials.

Tools that report errors show the local variables of every frame of a traceback. The frames of HTTP
and signing libraries hold the request's raw headers or the key. So these frames are removed before
an exception leaves this package. Frames of this package and of the user's own code stay.
"""

from collections.abc import Iterator
from types import TracebackType

import httpx

__all__ = ["chain_of", "strip_library_frames"]

_LIBRARIES = frozenset(
    {
        "aiohttp",
        "anyio",
        "asyncio",
        "cryptography",
        "h11",
        "httpcore",
        "httpcore2",
        "httptools",
        "httpx",
        "httpx2",
        "httpx_aiohttp",
        "joserfc",
        "ssl",
    }
)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, its causes, contexts and group members.

    Each is yielded once: chains can be rings.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        link = pending.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        pending += (link.__cause__, link.__context__)
        if isinstance(link, BaseExceptionGroup):
            pending += link.exceptions


def strip_library_frames(error: BaseException, *, transports: bool = False) -> None:
    """Remove the frames of HTTP and signing libraries from the tracebacks of a whole chain.

    Args:
        error: The exception. Its chain is changed in place.
        transports: Whether the frames of our own transports are removed as well, because `error`
            is one of their documented failures and no bug.
    """
    for link in chain_of(error):
        kept = [entry for entry in _entries(link) if not _is_library(entry, transports)]
        rebuilt: TracebackType | None = None
        for entry in reversed(kept):
            rebuilt = TracebackType(rebuilt, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
        link.__traceback__ = rebuilt
        if isinstance(link, httpx.RequestError):  # it refers to the request, with its headers
            link._request = None  # noqa: SLF001 - its setter takes no None


def _entries(error: BaseException) -> Iterator[TracebackType]:
    entry = error.__traceback__
    while entry is not None:
        yield entry
        entry = entry.tb_next


def _is_library(entry: TracebackType, transports: bool) -> bool:
    name: str = entry.tb_frame.f_globals.get("__name__", "")
    if transports and name.startswith("sunco_async.transports."):
        return True
    return name.partition(".")[0] in _LIBRARIES
