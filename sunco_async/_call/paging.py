"""Walking a paginated list: await it for one page, iterate over it for all items.

Pages are fetched in a loop, one after the other and at most one ahead of the consumer. A page is
read completely before its items are returned, so a walk that is left early only has to cancel the
request for the next page.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

__all__ = ["Cursor", "Page", "Paginator"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in a list: `after` a record or `before` it."""

    direction: Literal["after", "before"]
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: The items in the order of the walk: a forward walk has the oldest record first, a
            backward walk (`messages.list`, or any list with `before=`) the newest.
        has_more: Whether there are more items in the direction of the walk.
        after: The cursor to pass as `after=` for the records that follow this page.
        before: The cursor to pass as `before=` for the records that precede this page.
    """

    items: list[T]
    has_more: bool
    after: str | None
    before: str | None


class Paginator(Generic[T]):
    """A list operation that has not been sent yet.

    `await` it for the first page, use `async for` for every item of every page, or iterate over
    `.pages()` for every page. Each of these starts at the beginning. While the consumer works on a
    page, the next one is fetched; with `.sequential()` a page is fetched only when it is needed.
    `.take(n)` ends the walk after `n` items.

    A forward walk yields the oldest record first, a backward walk the newest. `messages.list` is
    walked backward unless it starts at `after=`; every other list is walked forward unless it
    starts at `before=`.

    Args:
        fetch: Fetches the page at a cursor; with None, the first page.
        start: The cursor to start at.
        fail: Makes the error for cursors that cannot be followed, from its text.
        backward: Whether the walk goes backward.
        prefetch: Whether to fetch the next page while the consumer works on a page.
        limit: The largest number of items; None for all.
    """

    def __init__(
        self,
        fetch: Callable[[Cursor | None], Coroutine[Any, Any, Page[T]]],
        start: Cursor | None,
        fail: Callable[[str], Exception],
        *,
        backward: bool,
        prefetch: bool = True,
        limit: int | None = None,
    ) -> None:
        self._fetch = fetch
        self._start = start
        self._fail = fail
        self._backward = backward
        self._prefetch = prefetch
        self._limit = limit

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._first_page().__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in page.items:
                    yield item

    def sequential(self) -> "Paginator[T]":
        """Turn off prefetching: a page is fetched when it is needed.

        Returns:
            The same walk, not sent yet.
        """
        return self._copy(prefetch=False, limit=self._limit)

    def oldest_first(self) -> "Paginator[T]":
        """Return this walk if it yields the oldest item first, which a forward walk does.

        The API pages through messages backward, so the whole conversation would have to be held in
        memory to start with its oldest message. A walk that starts at `after=` goes forward.

        Returns:
            The same walk, not sent yet.

        Raises:
            ValueError: The walk goes backward. Pass `after=` with the id of the message to start
                behind.
        """
        if self._backward:
            raise ValueError(
                "this walk yields the newest item first: start it at after= to go forward"
            )
        return self._copy(prefetch=self._prefetch, limit=self._limit)

    def take(self, n: int) -> "Paginator[T]":
        """Return a walk that ends after `n` items and fetches no page beyond them.

        A page from which items were cut off has `has_more=True` and no cursor in the direction of
        the walk, because the API's cursor points behind the items that were cut off.

        Args:
            n: The largest number of items; with 0 nothing is sent.

        Returns:
            The shortened walk, not sent yet.

        Raises:
            TypeError: `n` is not an int.
            ValueError: `n` is negative.
        """
        if isinstance(n, bool) or not isinstance(n, int):
            raise TypeError(f"take() needs an int, not {type(n).__name__}")
        if n < 0:
            raise ValueError(f"take() needs a number of items, not {n}")
        limit = n if self._limit is None else min(n, self._limit)
        return self._copy(prefetch=self._prefetch, limit=limit)

    async def pages(self) -> AsyncGenerator[Page[T], None]:
        """Fetch page after page, in the direction of the walk.

        The items of a page are in the order of the walk too, so joined together they are what
        `async for` over the walk yields.

        Yields:
            The pages.

        Raises:
            ResponseDecodeError: The server sent the same cursor twice, or no cursor to a next page
                that it announced.
        """
        left = self._limit
        if left == 0:
            return
        cursor = self._start
        seen = {cursor}
        ahead: asyncio.Task[Page[T]] | None = None
        try:
            page = await self._fetch(cursor)
            while True:
                if left is not None:
                    if len(page.items) >= left:
                        yield self._cut(page, left)
                        return
                    left -= len(page.items)
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
                ahead.exception()  # retrieved, so that asyncio does not report it

    async def _first_page(self) -> Page[T]:
        if self._limit == 0:
            return Page(items=[], has_more=False, after=None, before=None)
        page = await self._fetch(self._start)
        return page if self._limit is None else self._cut(page, self._limit)

    def _cut(self, page: Page[T], limit: int) -> Page[T]:
        if len(page.items) <= limit:
            return page
        items = page.items[:limit]
        if self._backward:
            return replace(page, items=items, has_more=True, before=None)
        return replace(page, items=items, has_more=True, after=None)

    def _following(self, page: Page[T]) -> Cursor | None:
        if not page.has_more:
            return None
        record = page.before if self._backward else page.after
        if not record:
            wanted = "beforeCursor" if self._backward else "afterCursor"
            raise self._fail(f"the server says that there is more, and gives no {wanted}")
        return Cursor("before" if self._backward else "after", record)

    def _copy(self, *, prefetch: bool, limit: int | None) -> "Paginator[T]":
        return Paginator(
            self._fetch,
            self._start,
            self._fail,
            backward=self._backward,
            prefetch=prefetch,
            limit=limit,
        )
