"""The rows of JSON Lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.row import Row, row_error
from sunco_async.bulk._sources.text_lines import TextLines

__all__ = ["json_rows"]


def json_rows(path: Path, lines: TextLines) -> Iterator[Row | InputError]:
    """Read the rows. A row that cannot be read is an error, and the rows below it are read too.

    Args:
        path: The name of the file, for errors.
        lines: The lines of the file.

    Returns:
        The rows, as an iterator that reads as it goes.

    Raises:
        InputError: Iterating raises it if a line is too long.
    """
    undecodable = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if lines.undecodable != undecodable:
            undecodable = lines.undecodable
            yield lines.undecodable_error(number, "the line", line)
            continue
        try:
            values = json.loads(line.rstrip(), parse_constant=_refuse)
        except json.JSONDecodeError as error:
            problem = f"this is not JSON: {error.msg} at column {error.colno}"
            yield row_error(path, number, problem)
        except (ValueError, RecursionError) as error:
            yield row_error(path, number, f"this is not JSON: {error}")
        else:
            if isinstance(values, dict):
                yield Row(path, number, values)
            else:
                yield row_error(path, number, "a row must be a JSON object")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON value")
