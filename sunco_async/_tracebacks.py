"""Chains of exceptions: walking them, and removing the frames that hold credentials.

Tools that report errors show the local variables of every frame of a traceback. The frames of HTTP
and signing libraries hold the request's raw headers or the key. So these frames are removed before
an exception leaves this package. Frames of this package and of the user's own code stay.
"""

from collections.abc import Iterator
from types import TracebackType

__all__ = ["chain_of", "strip_library_frames", "strip_tracebacks"]

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


def strip_tracebacks(error: BaseException) -> None:
    """Remove the tracebacks of a library's exception and of its whole chain."""
    for link in chain_of(error):
        link.__traceback__ = None


def strip_library_frames(error: BaseException) -> None:
    """Remove the frames of HTTP and signing libraries from the tracebacks of a whole chain."""
    for link in chain_of(error):
        kept = [frame for frame in _frames(link.__traceback__) if not _is_library(frame)]
        rebuilt: TracebackType | None = None
        for frame in reversed(kept):
            rebuilt = TracebackType(rebuilt, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
        link.__traceback__ = rebuilt


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_library(entry: TracebackType) -> bool:
    name: str = entry.tb_frame.f_globals.get("__name__", "")
    return name.partition(".")[0] in _LIBRARIES
