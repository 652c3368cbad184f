"""Cursor paging over records that are kept in the order of their ids.

A page is a slice. A cursor is the id of the record at its edge, and is named only where there are
records beyond that edge; `hasMore` speaks of the direction of the walk.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._ids import is_record_id

MESSAGES_PER_PAGE = 100
_DEFAULT_SIZE = 25
_MAX_SIZE = 100


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Where a page lies: after or before a cursor, else at the start or at the end."""

    after: str | None
    before: str | None
    size: int
    backwards: bool

    @classmethod
    def forwards(cls, query: Mapping[str, str]) -> "PageQuery":
        """Read the parameters of a list that starts with its oldest record."""
        size = query.get("page[size]", str(_DEFAULT_SIZE))
        if not (size.isascii() and size.isdigit() and len(size) <= 3):
            raise _invalid()
        if not 1 <= int(size) <= _MAX_SIZE:
            raise _invalid()
        return cls._read(query, int(size), default="forwards")

    @classmethod
    def newest_first(cls, query: Mapping[str, str]) -> "PageQuery":
        """Read the parameters of a list that starts with its newest page, and has one page size."""
        return cls._read(query, MESSAGES_PER_PAGE, default="backwards")

    @classmethod
    def _read(
        cls, query: Mapping[str, str], size: int, default: Literal["forwards", "backwards"]
    ) -> "PageQuery":
        after = query.get("page[after]")
        before = query.get("page[before]")
        if after is not None and before is not None:
            raise _invalid()
        for cursor in (after, before):
            if cursor is not None and not is_record_id(cursor):
                raise _invalid()
        backwards = before is not None or (after is None and default == "backwards")
        return cls(after, before, size, backwards)


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the records, and the cursors to go on from it."""

    start: int
    stop: int
    has_more: bool
    before_cursor: str | None
    after_cursor: str | None

    def envelope(self, url: str, query: Mapping[str, str]) -> dict[str, dict[str, object]]:
        """Return `meta`, and `links` if there are any; they repeat `query`, but for its cursor."""
        meta: dict[str, object] = {"hasMore": self.has_more}
        links: dict[str, object] = {}
        kept = [
            f"{quote(name, safe='[].')}={quote(value, safe='')}"
            for name, value in query.items()
            if name not in ("page[after]", "page[before]")
        ]
        if self.before_cursor is not None:
            meta["beforeCursor"] = self.before_cursor
            links["prev"] = f"{url}?{'&'.join([*kept, f'page[before]={self.before_cursor}'])}"
        if self.after_cursor is not None:
            meta["afterCursor"] = self.after_cursor
            links["next"] = f"{url}?{'&'.join([*kept, f'page[after]={self.after_cursor}'])}"
        return {"meta": meta, "links": links} if links else {"meta": meta}


def _none(cursor: str) -> bool:  # noqa: ARG001 - it is the same for every cursor
    return False


def page_of(
    ids: Sequence[str], query: PageQuery, was_removed: Callable[[str], bool] = _none
) -> Page:
    """Cut the page that `query` asks for out of `ids`, which are in increasing order.

    It takes bisection and a slice, whatever the number of records. A cursor that names no record is
    a 400, unless it `was_removed`: a walk may delete what it reads.
    """
    first, last = 0, len(ids)
    if query.after is not None:
        first = bisect_right(ids, query.after)
        _check_known(query.after, ids, first - 1, was_removed)
    if query.before is not None:
        last = bisect_left(ids, query.before)
        _check_known(query.before, ids, last, was_removed)
    if query.backwards:
        start, stop = max(first, last - query.size), last
        has_more = start > 0
    else:
        start, stop = first, min(last, first + query.size)
        has_more = stop < len(ids)
    if start == stop:
        return Page(start, stop, has_more=False, before_cursor=None, after_cursor=None)
    return Page(
        start,
        stop,
        has_more=has_more,
        before_cursor=ids[start] if start > 0 else None,
        after_cursor=ids[stop - 1] if stop < len(ids) else None,
    )


def _check_known(
    cursor: str, ids: Sequence[str], index: int, was_removed: Callable[[str], bool]
) -> None:
    if 0 <= index < len(ids) and ids[index] == cursor:
        return
    if not was_removed(cursor):
        raise _invalid()


def _invalid() -> Exception:
    return bad_request("Invalid page query parameters")
