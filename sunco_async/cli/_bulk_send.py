"""`sunco bulk send`: check the whole file, make one request to the host, send, report."""

import asyncio
from contextlib import AsyncExitStack, ExitStack, closing
from pathlib import Path

from sunco_async.bulk import SQLiteLedger
from sunco_async.bulk._content.row_messages import RowMessages
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import open_rows
from sunco_async.cli._campaign_input import check_options, row_messages
from sunco_async.cli._confirm import confirm
from sunco_async.cli._dry_run import say_keys, show_dry_run
from sunco_async.cli._errors import CommandError, OutageError, input_error_text
from sunco_async.cli._ledger_file import counts_json, counts_text, ledger_path, open_ledger
from sunco_async.cli._progress import print_status
from sunco_async.cli._report import OutputFile, summary_lines
from sunco_async.cli._send_options import ContentOptions, FileOptions, LedgerOptions, RunOptions
from sunco_async.cli._send_run import SendRun, check_host
from sunco_async.cli._settings import Connection, open_client
from sunco_async.cli._stdout import print_report

__all__ = ["report", "send"]


def send(
    file: Path,
    *,
    file_options: FileOptions,
    content: ContentOptions,
    ledger_options: LedgerOptions,
    run: RunOptions,
    connection: Connection,
) -> int:
    """Run the command.

    Args:
        file: The file.
        file_options: How the file is read, and whom a row is for.
        content: What is sent.
        ledger_options: Where the campaign is recorded.
        run: How it is sent and reported.
        connection: The options of the connection.

    Returns:
        The exit code.

    Raises:
        CommandError: The command failed.
        InputError: The file or a template cannot be used.
    """
    check_options(content)
    path = ledger_path(file, ledger_options)
    with open_rows(
        file,
        file_options.format,
        encoding=file_options.encoding,
        delimiter=file_options.delimiter,
    ) as rows:
        messages = row_messages(rows, file_options, content, create_users=run.create_users)
        with closing(messages):
            found = messages.check()
            if ledger_options.dry_run:
                show_dry_run(messages, found, run)
                return 0
            return asyncio.run(_run(run, connection, messages, found.messages, path))


async def _run(
    options: RunOptions,
    connection: Connection,
    messages: RowMessages,
    total: int,
    path: Path | None,
) -> int:
    client = open_client(connection, concurrency=options.concurrency, rate_limit=options.rate_limit)
    async with client as sunco, AsyncExitStack() as stack:
        first = next(iter(messages), None)
        if first is None:
            path = None  # there is nothing to record
        else:
            await check_host(sunco, first)
        ledger, sent = None, 0
        if path is not None:
            opening = open_ledger(path, take_over=options.take_over)
            ledger = await stack.enter_async_context(opening)
            sent = (await ledger.counts()).sent
        confirm(sunco, total - sent, yes=options.yes)
        files = stack.enter_context(ExitStack())
        output = None
        if options.output is not None:
            output = OutputFile.create(options.output, files, append=ledger is not None)
        if not options.quiet:
            say_keys(messages)
        if ledger is not None:
            await _begin(ledger, total, quiet=options.quiet)
        run = SendRun(sunco, total=total, options=options, output=output, ledger=ledger)
        await run.run(messages)
        files.close()
        return await report(run, options, ledger)


async def _begin(ledger: SQLiteLedger, total: int, *, quiet: bool) -> None:
    counts = await ledger.counts()
    if counts.recorded:
        print_status(
            f"continuing {ledger.path}: {counts.sent:,} of {total:,} messages are sent",
            quiet=quiet,
        )
    else:
        print_status(
            f"the ledger is {ledger.path}: run the same command again to continue", quiet=quiet
        )
    await ledger.set_total(max(total, counts.total or 0))


async def report(run: SendRun, options: RunOptions, ledger: SQLiteLedger | None) -> int:
    """Print the report of a run.

    Args:
        run: The run.
        options: How it was sent and reported.
        ledger: The ledger, which is open; None for none.

    Returns:
        The exit code.

    Raises:
        CommandError: The run has ended early.
    """
    counts = None if ledger is None else await ledger.counts()
    if options.json:
        values = run.as_json()
        values["ledger"] = None if counts is None else counts_json(counts)
        print_report(values)
    else:
        text = run.as_text()
        if counts is not None and ledger is not None and run.known:
            text += f"\n\nThe whole campaign, in {ledger.path}:\n"
            text += summary_lines(counts_text(counts))
        print_report(text)
    if run.error is not None and not run.interrupted:
        kind = OutageError if run.host_is_down else CommandError
        raise kind(_text_of(run.error))
    code = run.exit_code()
    if code == 0 and counts is not None and (counts.failed or counts.uncertain or counts.sending):
        return 1
    return code


def _text_of(error: Exception) -> str:
    return input_error_text(error) if isinstance(error, InputError) else str(error)
