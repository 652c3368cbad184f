"""The text of a row's message: a template, one template for each language, or a column.

A template is text with the names of columns in braces: `Hi {name}`. `{{` and `}}` are literal
braces. Only a name can be between braces: no attribute, no index, no format.

The values of a row are data, and must not create a button or send a paid template: the API reads a
shorthand in any text, such as `%[Label](postback:…)`. There is no documented way to escape it, so a
text is refused if a mark of the shorthand contains a character that comes from a row. Every mark
counts, wherever it is, so that a value cannot close a template's own `%[{label}](https://…)` early.
`allow_shorthand` turns the check off.
"""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.row import Row

__all__ = [
    "LanguageTemplates",
    "Template",
    "TextColumn",
    "TextSource",
    "check_shorthand",
    "read_template",
]

_MARKS = re.compile(r"%\[|!\[|\]\(|%\(\(|\)\)%|%\{\{|\}\}%|&\(\(|\)\)&|\[\[|\]\]")
_COLUMN = re.compile(r"[^.\[\]{}!:]+")


class TextSource(Protocol):
    """Produces the text of a row's message."""

    def render(self, row: Row) -> str:
        """Return the text.

        Args:
            row: The row.

        Raises:
            InputError: The row has no such text. It names the line.
        """
        ...


@dataclass(frozen=True, slots=True)
class Template:
    """Text with columns in it.

    Attributes:
        parts: Pairs of literal text and the name of the column that follows it, or None.
        allow_shorthand: Whether values of a row may contain the API's shorthand.
    """

    parts: tuple[tuple[str, str | None], ...]
    allow_shorthand: bool = False

    @classmethod
    def parse(cls, text: str, *, name: str, allow_shorthand: bool = False) -> "Template":
        """Parse the text of a template.

        Args:
            text: The text, with the names of columns in braces.
            name: How errors name the template, such as the path of its file.
            allow_shorthand: Whether values of a row may contain the API's shorthand.

        Raises:
            InputError: The braces do not match, or hold something else than a name.
        """
        try:
            fields = list(string.Formatter().parse(text))
        except ValueError as error:
            raise InputError(
                f"{name}: {_sentence(error)} (write {{{{ and }}}} for braces)"
            ) from None
        parts: list[tuple[str, str | None]] = []
        for literal, column, spec, conversion in fields:
            shown = f"{column}{'!' if conversion else ''}{conversion or ''}"
            shown += f":{spec}" if spec else ""
            if column is not None and not _COLUMN.fullmatch(shown):
                raise InputError(
                    f"{name}: braces hold the name of a column and nothing else, "
                    f"such as {{name}}; found {{{shown}}}"
                )
            parts.append((literal, column))
        return cls(tuple(parts), allow_shorthand)

    def render(self, row: Row) -> str:
        """Return the text with the values of a row.

        Args:
            row: The row.

        Raises:
            InputError: The row lacks a column, or a value contains the API's shorthand.
        """
        text = ""
        values: list[tuple[int, int, str]] = []
        for literal, column in self.parts:
            text += literal
            if column is not None:
                start = len(text)
                text += row.text(column)
                values.append((start, len(text), column))
        if not self.allow_shorthand:
            check_shorthand(row, text, values)
        return text


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column that holds the whole text.

    Attributes:
        column: The name of the column.
        allow_shorthand: Whether the text may contain the API's shorthand.
    """

    column: str
    allow_shorthand: bool = False

    def render(self, row: Row) -> str:
        """Return the value of the column.

        Args:
            row: The row.

        Raises:
            InputError: The row lacks the column, or the text contains the API's shorthand.
        """
        text = row.text(self.column)
        if not self.allow_shorthand:
            check_shorthand(row, text, [(0, len(text), self.column)])
        return text


@dataclass(frozen=True, slots=True)
class LanguageTemplates:
    """A template for each language. A column of the row names the language.

    Attributes:
        column: The name of the column. `pt-BR` in it falls back to `pt`.
        templates: The templates by language, in lower case.
    """

    column: str
    templates: Mapping[str, Template]

    @classmethod
    def read(
        cls, folder: Path, *, column: str, allow_shorthand: bool = False
    ) -> "LanguageTemplates":
        """Read every `<language>.txt` of a folder.

        Args:
            folder: The folder.
            column: The name of the column that names the language.
            allow_shorthand: Whether values of a row may contain the API's shorthand.

        Raises:
            InputError: The folder or a template in it cannot be read, or there is none.
        """
        files = sorted(_text_files(folder))
        if not files:
            raise InputError(f"{folder}: there is no template, such as en.txt, in this folder")
        templates = {
            file.stem.lower(): read_template(file, allow_shorthand=allow_shorthand)
            for file in files
        }
        return cls(column, templates)

    def render(self, row: Row) -> str:
        """Return the text of the row's language with the values of the row.

        Args:
            row: The row.

        Raises:
            InputError: There is no template for the language, or the row does not fit it.
        """
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
    """Read a template from a UTF-8 file, without its last line end.

    Args:
        path: The file.
        allow_shorthand: Whether values of a row may contain the API's shorthand.

    Raises:
        InputError: The file cannot be read, or it is not a template.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the template is not UTF-8") from None
    return Template.parse(text.removesuffix("\n"), name=str(path), allow_shorthand=allow_shorthand)


def _text_files(folder: Path) -> Iterator[Path]:
    try:
        for entry in folder.iterdir():
            if entry.suffix == ".txt":
                yield entry
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}") from None


def check_shorthand(row: Row, text: str, values: list[tuple[int, int, str]]) -> None:
    for position, mark in _marks(text):
        for start, end, column in values:
            if position < end and start < position + len(mark):
                raise row.error(
                    f"column {column!r} contains {mark!r}, which the API reads as shorthand for "
                    "buttons and templates",
                    advice="pass {option} to send it",
                    option=("allow_shorthand", True),
                )


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Find every mark, including overlapping ones, which `finditer` would miss."""
    position = 0
    while found := _MARKS.search(text, position):
        yield found.start(), found[0]
        position = found.start() + 1


def _sentence(error: ValueError) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
