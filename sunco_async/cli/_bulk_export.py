"""`sunco bulk export`: the input rows of a ledger, to mend them and send them again."""

import asyncio
import csv
import json
import sys
from collections.abc import AsyncGenerator, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, TextIO, TypeAlias

from sunco_async.bulk import SQLiteLedger
from sunco_async.bulk._ledger.states import ItemState
from sunco_async.cli._errors import CommandError, UsageError
from sunco_async.cli._ledger_file import check_exists, open_ledger
from sunco_async.cli._progress import print_status
from sunco_async.cli._stdout import drop_stdout

__all__ = ["ExportFormat", "export"]

ExportFormat: TypeAlias = Literal["csv", "jsonl"]


def export(
    path: Path, states: Collection[ItemState], export_format: ExportFormat, output: Path | None
) -> int:
    """Write the input rows of a ledger in the columns of the input.

    Args:
        path: The ledger.
        states: The states of the rows to write; empty for all.
        export_format: The format.
        output: The file to write, which must not exist; None for stdout.

    Returns:
        The exit code.

    Raises:
        CommandError: The rows cannot be written.
        UsageError: The ledger cannot be read, or the file exists.
    """
    check_exists(path)
    return asyncio.run(_export(path, states or None, export_format, output))


async def _export(
    path: Path,
    states: Collection[ItemState] | None,
    export_format: ExportFormat,
    output: Path | None,
) -> int:
    async with open_ledger(path, read_only=True) as ledger:
        with ExitStack() as stack:
            file = _open(output, export_format, stack)
            try:
                if export_format == "csv":
                    written, without = await _write_csv(ledger, states, file)
                else:
                    written, without = await _write_jsonl(ledger, states, file)
                file.flush()
            except OSError as error:
                if output is None:
                    drop_stdout()
                raise CommandError(f"the rows could not be written: {error.strerror}") from None
    print_status(f"{written:,} rows were written")
    if without:
        print_status(
            f"{without:,} keys have no input row: it was purged, or they were not sent from a file"
        )
    return 0


def _open(output: Path | None, export_format: ExportFormat, stack: ExitStack) -> TextIO:
    if output is None:
        return sys.stdout
    # Excel needs the byte order mark to read UTF-8.
    encoding = "utf-8-sig" if export_format == "csv" else "utf-8"
    try:
        return stack.enter_context(output.open("x", encoding=encoding, newline=""))
    except FileExistsError:
        raise UsageError(f"{output}: the file exists; pass the name of a new file") from None
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}") from None


async def _rows(
    ledger: SQLiteLedger, states: Collection[ItemState] | None
) -> AsyncGenerator[dict[str, Any] | None, None]:
    async for item in ledger.items(states):
        yield item.row_dict()


async def _write_csv(
    ledger: SQLiteLedger, states: Collection[ItemState] | None, file: TextIO
) -> tuple[int, int]:
    columns: dict[str, None] = {}  # of all rows, since rows of JSON Lines may differ
    async for row in _rows(ledger, states):
        columns.update(dict.fromkeys(row or ()))
    written = without = 0
    writer = csv.writer(file)
    if columns:
        writer.writerow(columns)
    async for row in _rows(ledger, states):
        if row is None:
            without += 1
            continue
        writer.writerow([_cell(row.get(column)) for column in columns])
        written += 1
    return written, without


async def _write_jsonl(
    ledger: SQLiteLedger, states: Collection[ItemState] | None, file: TextIO
) -> tuple[int, int]:
    written = without = 0
    async for row in _rows(ledger, states):
        if row is None:
            without += 1
            continue
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        written += 1
    return written, without


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
