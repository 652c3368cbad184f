"""Splitting a text that is longer than the API accepts.

A text is cut at the last of the best places: a blank line, the end of a sentence, a line break, a
space. Only a text without any of them is cut inside a word. A place in the first half of the part
is no candidate, so that no part becomes very short. Shorthand is never cut, unless it is longer
than the limit itself.
"""

import re
import unicodedata

from sunco_async.bots._constructs import CONSTRUCT

__all__ = ["TEXT_LIMIT", "split_text"]

TEXT_LIMIT = 4096
"""The longest text of a message, in characters."""

# Places to cut, best first. Each pattern ends at the place.
_PLACES = (
    re.compile(r"(?=\n\s*\n)"),
    re.compile(
        r"[.!?\u2026][\"'\u201d\u2019)\]]*(?=\s)|[\u3002\uff01\uff1f\u061f\u0964][\u300d\u300f]*"
    ),
    re.compile(r"(?=\n)"),
    re.compile(r"(?=\s)"),
)
_JOINERS = ("\u200d", "\ufe0e", "\ufe0f")


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Split a text into parts that the API accepts, at the ends of sentences where possible.

    Blanks around a cut are removed. Nothing else is lost.

    Args:
        text: The text.
        limit: The longest part, in characters.

    Returns:
        The parts in order; the text itself if it is not longer than `limit`.

    Raises:
        TypeError: `text` is not a str.
        ValueError: `limit` is less than 1.
    """
    if not isinstance(text, str):
        raise TypeError(f"split_text takes a str, not {type(text).__name__}")
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    if len(text) <= limit:
        return [text]
    rest = text.strip()
    parts: list[str] = []
    while len(rest) > limit:
        end = _cut(rest, limit)
        part = rest[:end].rstrip()
        if part:
            parts.append(part)
        rest = rest[end:].lstrip()
    if rest:
        parts.append(rest)
    return parts or [text[:limit]]


def _cut(text: str, limit: int) -> int:
    """Return where to end the first part of a text that is longer than `limit`."""
    # One character more: what follows a place decides whether it is one.
    window = text[: limit + 1]
    spans = [found.span() for found in CONSTRUCT.finditer(text[: 2 * limit])]
    spans = [(start, end) for start, end in spans if end - start <= limit]
    for place in _PLACES:
        ends = [found.end() for found in place.finditer(window)]
        for end in reversed(ends):
            if limit // 2 < end <= limit and not _is_inside(end, spans):
                return end
    for start, end in spans:
        if start < limit < end and start > 0:
            return start
    end = limit
    while end > 1 and limit - end < 32 and _belongs_together(text[end - 1], text[end]):
        end -= 1
    return end


def _is_inside(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in spans)


def _belongs_together(before: str, after: str) -> bool:
    """Return whether two characters are parts of one: a letter and its accent, an emoji."""
    return (
        unicodedata.combining(after) != 0
        or after in _JOINERS
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff")
        or (before == "\r" and after == "\n")
    )
