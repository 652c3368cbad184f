"""Text for errors and logs: bounded and printable, whatever a server or a user has written."""

__all__ = ["printable"]


def printable(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, all of them printable.

    Line breaks and other white space become one blank each. Control characters, escape codes,
    characters that change the direction of writing, and lone surrogates become escapes.
    """
    shown = text[: limit + 1]  # not more than that is looked at: the text may be 10 MB long
    if not shown.isprintable():
        shown = "".join(letter if letter.isprintable() else _escaped(letter) for letter in shown)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _escaped(letter: str) -> str:
    return " " if letter.isspace() else letter.encode("unicode_escape").decode("ascii")
