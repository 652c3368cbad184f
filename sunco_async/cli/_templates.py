"""From a row to the text of its message: a template, one template per language, or a column.

A template is text with columns in braces: `Hi {name}`, where `{{` and `}}` stand for braces. A
column's name is all that may stand between them: no attribute, no index, no format.

What a row holds is data, and data must not become a button or a paid template: the API reads a
shorthand out of any text, `%[Label](postback:…)` for one. There is no documented way to escape it,
so a text is refused when one of the shorthand's marks holds a character that comes from a row. A
mark counts wherever it stands, so that a template's own `%[{label}](https://…)` cannot be closed
early by a value. `allow_shorthand` switches the check off.
"""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sunco_async.cli._errors import UsageError
from sunco_async.cli._rows import Row

__all__ = ["LanguageTemplates", "Template", "TextColumn", "TextSource", "read_template"]

_MARKS = re.compile(r"%\[|!\[|\]\(|%\(\(|\)\)%|%\{\{|\}\}%|&\(\(|\)\)&|\[\[|\]\]")
_COLUMN = re.compile(r"[^.\[\]{}!:]+")


class TextSource(Protocol):
    """Makes the text of a row's message."""

    def render(self, row: Row) -> str:
        """Return the text; raises `UsageError` at the row's line."""
        ...


@dataclass(frozen=True, slots=True)
class Template:
    """Text with columns in it: pairs of literal text and the column that follows it, or None."""

    parts: tuple[tuple[str, str | None], ...]
    allow_shorthand: bool = False

    @classmethod
    def parse(cls, text: str, *, name: str, allow_shorthand: bool = False) -> "Template":
        """Read a template; `name` is what a `UsageError` about it calls it."""
        parts: list[tuple[str, str | None]] = []
        try:
            for literal, column, spec, conversion in string.Formatter().parse(text):
                shown = f"{column}{'!' if conversion else ''}{conversion or ''}"
                shown += f":{spec}" if spec else ""
                if column is not None and not (_COLUMN.fullmatch(shown)):
                    raise UsageError(
                        f"{name}: braces hold the name of a column and nothing else, "
                        f"such as {{name}}; found {{{shown}}}"
                    )
                parts.append((literal, column))
        except ValueError as error:
            raise UsageError(
                f"{name}: {_sentence(error)} (write {{{{ and }}}} for braces)"
            ) from None
        return cls(tuple(parts), allow_shorthand)

    def render(self, row: Row) -> str:
        """Put a row's columns into the text."""
        text = ""
        values: list[tuple[int, int, str]] = []
        for literal, column in self.parts:
            text += literal
            if column is not None:
                start = len(text)
                text += row.text(column)
                values.append((start, len(text), column))
        if not self.allow_shorthand:
            _check_shorthand(row, text, values)
        return text


@dataclass(frozen=True, slots=True)
class TextColumn:
    """The whole text stands in a column."""

    column: str
    allow_shorthand: bool = False

    def render(self, row: Row) -> str:
        """Return the column."""
        text = row.text(self.column)
        if not self.allow_shorthand:
            _check_shorthand(row, text, [(0, len(text), self.column)])
        return text


@dataclass(frozen=True, slots=True)
class LanguageTemplates:
    """A template per language, chosen by a column; `pt-BR` falls back to `pt`."""

    column: str
    templates: Mapping[str, Template]

    @classmethod
    def read(
        cls, folder: Path, *, column: str, allow_shorthand: bool = False
    ) -> "LanguageTemplates":
        """Read every `<language>.txt` of a folder."""
        files = sorted(_text_files(folder))
        if not files:
            raise UsageError(f"{folder}: there is no template, such as en.txt, in this folder")
        templates = {
            file.stem.lower(): read_template(file, allow_shorthand=allow_shorthand)
            for file in files
        }
        return cls(column, templates)

    def render(self, row: Row) -> str:
        """Put a row's columns into the template of its language."""
        wanted = row.text(self.column).strip()
        tag = wanted.lower().replace("_", "-")
        template = self.templates.get(tag) or self.templates.get(tag.partition("-")[0])
        if template is None:
            raise row.error(
                f"there is no template for the language {wanted!r} "
                f"(there are: {', '.join(self.templates)})"
            )
        return template.render(row)


def read_template(path: Path, *, allow_shorthand: bool = False) -> Template:
    """Read a template from a UTF-8 file, without the line end that closes it."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: the template is not UTF-8") from None
    return Template.parse(text.removesuffix("\n"), name=str(path), allow_shorthand=allow_shorthand)


def _text_files(folder: Path) -> Iterator[Path]:
    try:
        for entry in folder.iterdir():
            if entry.suffix == ".txt":
                yield entry
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from None


def _check_shorthand(row: Row, text: str, values: list[tuple[int, int, str]]) -> None:
    for position, mark in _marks(text):
        for start, end, column in values:
            if position < end and start < position + len(mark):
                raise row.error(
                    f"column {column!r} brings {mark!r}, which the API reads as shorthand for "
                    "buttons and templates; pass --allow-shorthand to send it"
                )


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Find every mark, overlapping ones too: a `finditer` would pass over them."""
    position = 0
    while found := _MARKS.search(text, position):
        yield found.start(), found[0]
        position = found.start() + 1


def _sentence(error: ValueError) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
