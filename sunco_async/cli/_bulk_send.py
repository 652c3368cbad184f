"""`sunco bulk send`: check the whole file, make one request to the host, send, report."""

import asyncio
from contextlib import ExitStack, closing
from pathlib import Path

from sunco_async.bulk._content.row_messages import RowMessages
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import open_rows
from sunco_async.cli._campaign_input import check_options, row_messages
from sunco_async.cli._dry_run import say_keys, show_dry_run
from sunco_async.cli._errors import CommandError, input_error_text
from sunco_async.cli._report import OutputFile
from sunco_async.cli._send_options import ContentOptions, FileOptions, RunOptions
from sunco_async.cli._send_run import SendRun, check_host
from sunco_async.cli._settings import Connection, open_client
from sunco_async.cli._stdout import print_report

__all__ = ["send"]


def send(
    file: Path,
    file_options: FileOptions,
    content: ContentOptions,
    run: RunOptions,
    connection: Connection,
) -> int:
    """Run the command.

    Args:
        file: The file.
        file_options: How the file is read, and whom a row is for.
        content: What is sent.
        run: How it is sent and reported.
        connection: The options of the connection.

    Returns:
        The exit code.

    Raises:
        CommandError: The command failed.
        InputError: The file or a template cannot be used.
    """
    check_options(content)
    with open_rows(
        file,
        file_options.format,
        encoding=file_options.encoding,
        delimiter=file_options.delimiter,
    ) as rows:
        messages = row_messages(rows, file_options, content, create_users=run.create_users)
        with closing(messages):
            found = messages.check()
            if run.dry_run:
                show_dry_run(messages, found, run)
                return 0
            return asyncio.run(_run(run, connection, messages, found.messages))


async def _run(
    options: RunOptions, connection: Connection, messages: RowMessages, total: int
) -> int:
    client = open_client(connection, concurrency=options.concurrency, rate_limit=options.rate_limit)
    async with client as sunco:
        first = next(iter(messages), None)
        if first is not None:
            await check_host(sunco, first)
        with ExitStack() as stack:
            output = None if options.output is None else OutputFile.create(options.output, stack)
            say_keys(messages)
            run = SendRun(sunco, concurrency=options.concurrency, total=total, output=output)
            await run.run(messages, with_users=options.create_users)
        print_report(run.as_json() if options.json else run.as_text())
        if run.error is not None and not run.interrupted:
            raise CommandError(_text_of(run.error))
        return run.exit_code()


def _text_of(error: Exception) -> str:
    return input_error_text(error) if isinstance(error, InputError) else str(error)
