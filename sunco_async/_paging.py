"""Walking the cursors of a list: await it for one page, iterate it for all the items.

Pages are fetched in a loop, one after the other and at most one ahead of the consumer, and a page
has been read whole before its items are handed out: a walk that is left early cancels what it had
asked for ahead, and holds nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from sunco_async._operation import ListOperation
from sunco_async._response import read_json
from sunco_async.middleware import Answer

__all__ = ["Cursor", "Page", "Paginator", "first_cursor", "read_page"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind a record (`after`) or in front of one (`before`)."""

    direction: Literal["after", "before"]
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list, its items in the order the API sent them.

    `has_more` tells of more items in the direction of the walk; `after` and `before` are cursors
    to pass to the same operation.
    """

    items: list[T]
    has_more: bool
    after: str | None
    before: str | None


class Paginator(Generic[T]):
    """A list operation that has not been asked yet.

    `await` it for its first page, `async for` over it for every item of every page, and over
    `.pages()` for every page. Each of them starts at the beginning. While the consumer is busy with
    a page, the next one is fetched; `.sequential()` asks for a page only when it is due.
    """

    def __init__(
        self,
        fetch: Callable[[Cursor | None], Coroutine[Any, Any, Page[T]]],
        start: Cursor | None,
        direction: Literal["forward", "backward"],
        fail: Callable[[str], Exception],
        *,
        prefetch: bool = True,
    ) -> None:
        self._fetch = fetch
        self._start = start
        self._direction: Literal["forward", "backward"] = direction
        self._backward = (
            start.direction == "before" if start is not None else direction == "backward"
        )
        self._fail = fail
        self._prefetch = prefetch

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._fetch(self._start).__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in page.items:
                    yield item

    def sequential(self) -> "Paginator[T]":
        """Return the same walk, with a page asked for only when the one before is used up."""
        return Paginator(self._fetch, self._start, self._direction, self._fail, prefetch=False)

    async def pages(self) -> AsyncGenerator[Page[T], None]:
        """Fetch page after page. Raises `ResponseDecodeError` where the cursor does not move."""
        cursor = self._start
        seen = {cursor}
        ahead: asyncio.Task[Page[T]] | None = None
        try:
            page = await self._fetch(cursor)
            while True:
                cursor = self._following(page)
                if cursor is None:
                    yield page
                    return
                if cursor in seen:
                    yield page
                    raise self._fail(f"the server gave the cursor {cursor.record!r} a second time")
                seen.add(cursor)
                if self._prefetch:
                    ahead = asyncio.create_task(self._fetch(cursor))
                    yield page
                    page = await ahead
                else:
                    yield page
                    page = await self._fetch(cursor)
        finally:
            if ahead is not None and not ahead.done():
                ahead.cancel()
                await asyncio.wait([ahead])
            if ahead is not None and not ahead.cancelled():
                ahead.exception()  # looked at: a walk that was left early does not want to know

    def _following(self, page: Page[T]) -> Cursor | None:
        if not page.has_more:
            return None
        record = page.before if self._backward else page.after
        if not record:
            wanted = "beforeCursor" if self._backward else "afterCursor"
            raise self._fail(f"the server says that there is more, and gives no {wanted}")
        return Cursor("before" if self._backward else "after", record)


def first_cursor(
    *, after: str | None, before: str | None, page_size: int | None = None
) -> Cursor | None:
    """Check the paging arguments of a list operation, and return where its walk begins."""
    if after is not None and before is not None:
        raise ValueError("give after= or before=, not both")
    if page_size is not None and not 1 <= page_size <= 100:
        raise ValueError(f"page_size must be from 1 to 100, not {page_size}")
    for direction, record in (("after", after), ("before", before)):
        if record == "":
            raise ValueError(f"{direction} must not be empty: leave it out for the first page")
    if after is not None:
        return Cursor("after", after)
    return None if before is None else Cursor("before", before)


def read_page(operation: ListOperation[T], answer: Answer) -> Page[T]:
    """Decode a list answer and read its cursors, from `meta` or else from the `links`."""
    envelope = read_json(answer, operation.answer)
    meta, links = envelope.meta, envelope.links
    after = (meta and meta.after_cursor) or _cursor_in(links and links.next, "after")
    before = (meta and meta.before_cursor) or _cursor_in(links and links.prev, "before")
    has_more = meta and meta.has_more
    if has_more is None:  # the field is new or gone: a cursor onwards says the same
        has_more = bool(before if operation.direction == "backward" else after)
    return Page(
        items=getattr(envelope, operation.field or "") or [],
        has_more=bool(has_more),
        after=after or None,
        before=before or None,
    )


def _cursor_in(link: str | None, direction: str) -> str | None:
    """Read `page[after]` or `page[before]` out of a link to another page."""
    if not link:
        return None
    values = parse_qs(urlsplit(link).query).get(f"page[{direction}]")
    return values[0] if values else None
