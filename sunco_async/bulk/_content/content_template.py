"""Content of which one file holds the form, and each row the values."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sunco_async.bulk._content.content import THE_API, Schema, check_content
from sunco_async.bulk._content.templates import Template
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.row import Row

__all__ = ["ContentTemplate", "read_content_template"]


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    """Content with columns in its texts.

    Attributes:
        content: The content, with a `Template` for each text that names columns.
        name: How errors name it, such as the path of its file.
        schema: Finds the form of the content. WhatsApp's own form is not checked.
    """

    content: dict[str, Any]
    name: str
    schema: Schema = THE_API

    def build(self, row: Row) -> dict[str, Any]:
        """Return the content with the values of the row.

        Args:
            row: The row.

        Raises:
            InputError: The row lacks a column, or the content breaks a rule of the API.
        """
        content: dict[str, Any] = _rendered(self.content, row)
        if self.schema.of(row) is None:
            check_content(row, content, where=self.name)
        return content


def read_content_template(
    path: Path,
    *,
    schema: Schema = THE_API,
    allow_shorthand: bool = False,
) -> ContentTemplate:
    """Read a file with one JSON object, whose texts name columns in braces: `"Hi {name}"`.

    Args:
        path: The file.
        schema: Finds the form of the content.
        allow_shorthand: Whether values of a row may contain the API's shorthand.

    Raises:
        InputError: The file cannot be read, or it holds no such object.
    """
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: this is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: the content must be a JSON object")
    # WhatsApp's own form has no shorthand.
    allow = allow_shorthand or schema.fixed is not None
    return ContentTemplate(_parsed(content, str(path), allow), str(path), schema)


def _parsed(value: Any, name: str, allow_shorthand: bool) -> Any:
    if isinstance(value, str):
        template = Template.parse(value, name=name, allow_shorthand=allow_shorthand)
        return template if any(column is not None for _, column in template.parts) else value
    if isinstance(value, dict):
        return {key: _parsed(each, name, allow_shorthand) for key, each in value.items()}
    if isinstance(value, list):
        return [_parsed(each, name, allow_shorthand) for each in value]
    return value


def _rendered(value: Any, row: Row) -> Any:
    if isinstance(value, Template):
        return value.render(row)
    if isinstance(value, dict):
        return {key: _rendered(each, row) for key, each in value.items()}
    if isinstance(value, list):
        return [_rendered(each, row) for each in value]
    return value
