"""`sunco bulk send`: check the whole file, make one request to the host, send, report."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sunco_async.bulk._content.message_builder import (
    MessageBuilder,
    RowMessage,
    RowMessages,
    choose_target,
)
from sunco_async.bulk._content.templates import (
    LanguageTemplates,
    Template,
    TextColumn,
    TextSource,
    read_template,
)
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import RowFile, RowFormat, TargetColumn, open_rows
from sunco_async.cli._errors import CommandError, UsageError, input_error_text
from sunco_async.cli._progress import print_status
from sunco_async.cli._report import OutputFile
from sunco_async.cli._send_run import SendRun, check_host
from sunco_async.cli._settings import Connection, open_client
from sunco_async.cli._stdout import print_report

__all__ = ["SendOptions", "send"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """The options of `sunco bulk send`, except those of the connection."""

    file: Path
    format: RowFormat | None = None
    to: TargetColumn | None = None
    text: str | None = None
    template_file: Path | None = None
    text_column: str | None = None
    templates: Path | None = None
    language_column: str | None = None
    key_column: str | None = None
    metadata_columns: tuple[str, ...] = ()
    create_users: bool = False
    allow_shorthand: bool = False
    allow_odd_ids: bool = False
    concurrency: int = 100
    rate_limit: float | None = None
    output: Path | None = None
    dry_run: bool = False
    json: bool = False


def send(options: SendOptions, connection: Connection) -> int:
    """Run the command.

    Args:
        options: The options of the command.
        connection: The options of the connection.

    Returns:
        The exit code.

    Raises:
        CommandError: The command failed.
        InputError: The file or a template cannot be used.
    """
    text = _text_source(options)
    with open_rows(options.file, options.format) as rows:
        messages = RowMessages(rows, _message_builder(options, rows, text))
        total = messages.check()
        if options.dry_run:
            _show_first(messages, total, as_json=options.json)
            return 0
        return asyncio.run(_run(options, connection, messages, total))


async def _run(
    options: SendOptions, connection: Connection, messages: RowMessages, total: int
) -> int:
    client = open_client(connection, concurrency=options.concurrency, rate_limit=options.rate_limit)
    async with client as sunco:
        first = next(iter(messages), None)
        if first is not None:
            await check_host(sunco, first)
        with ExitStack() as stack:
            output = None if options.output is None else OutputFile.create(options.output, stack)
            run = SendRun(sunco, concurrency=options.concurrency, total=total, output=output)
            await run.run(messages, with_users=options.create_users)
        print_report(run.as_json() if options.json else run.as_text())
        if run.error is not None and not run.interrupted:
            raise CommandError(_text_of(run.error))
        return run.exit_code()


def _text_of(error: Exception) -> str:
    return input_error_text(error) if isinstance(error, InputError) else str(error)


def _text_source(options: SendOptions) -> TextSource:
    """Return where the text comes from, or raise `UsageError` for none or several."""
    sources = {
        "--text": options.text,
        "--template-file": options.template_file,
        "--text-column": options.text_column,
        "--templates": options.templates,
    }
    passed = [name for name, value in sources.items() if value is not None]
    if len(passed) != 1:
        raise UsageError(
            f"{' and '.join(passed)} contradict each other; pass one of them"
            if passed
            else "there is nothing to send: pass --text, --template-file, --text-column, "
            "or --templates with --language-column"
        )
    if (options.templates is None) != (options.language_column is None):
        raise UsageError("--templates and --language-column must be passed together")
    allow = options.allow_shorthand
    if options.template_file is not None:
        return read_template(options.template_file, allow_shorthand=allow)
    if options.text_column is not None:
        return TextColumn(options.text_column, allow)
    if options.templates is not None and options.language_column is not None:
        return LanguageTemplates.read(
            options.templates, column=options.language_column, allow_shorthand=allow
        )
    return Template.parse(options.text or "", name="--text", allow_shorthand=allow)


def _message_builder(options: SendOptions, rows: RowFile, text: TextSource) -> MessageBuilder:
    target = choose_target(rows, options.to)
    if options.create_users and target != "external_id":
        raise UsageError(
            f"--create-users creates users by external_id, and the rows name their {target}"
        )
    return MessageBuilder(
        target=target,
        text=text,
        key_column=options.key_column,
        metadata_columns=options.metadata_columns,
        name_column="name" if options.create_users else None,
        allow_odd_ids=options.allow_odd_ids,
    )


def _show_first(messages: RowMessages, total: int, *, as_json: bool) -> None:
    first = [_message_json(message) for message in islice(messages, 3)]
    if as_json:
        print_report({"rows": total, "first": first})
        return
    for message in first:
        print_report(f"{message['key']} to {message['to']}:\n{message['text']}\n")
    print_status(f"{total:,} rows are valid; nothing was sent")


def _message_json(row_message: RowMessage) -> dict[str, object]:
    message = row_message.message
    metadata = message.metadata
    return {
        "key": message.key,
        "line": row_message.line,
        "to": message.target.id,
        "text": message.content,
        "metadata": metadata if isinstance(metadata, Mapping) else {},
    }
