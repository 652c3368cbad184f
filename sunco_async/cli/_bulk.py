"""`sunco bulk send`: check the whole file, ask the host once, send, report."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sunco_async.cli._compose import MessageBuilder, RowMessage, choose_target
from sunco_async.cli._dispatch import SendRun, ask_host
from sunco_async.cli._errors import CommandError, UsageError
from sunco_async.cli._odd_ids import OddIdError, report_of
from sunco_async.cli._progress import say
from sunco_async.cli._report import OutputFile
from sunco_async.cli._rows import RowFile, RowFormat, TargetColumn, open_rows
from sunco_async.cli._settings import Connection, open_client
from sunco_async.cli._stdout import print_report
from sunco_async.cli._templates import (
    LanguageTemplates,
    Template,
    TextColumn,
    TextSource,
    read_template,
)

__all__ = ["SendOptions", "send"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """What the options of `sunco bulk send` say, besides the connection."""

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
    """Run the command; returns its exit code, and raises `CommandError` for a failure."""
    text = text_source(options)
    with open_rows(options.file, options.format) as rows:
        composer = _composer(options, rows, text)
        drafts = Drafts(rows, composer)
        total = drafts.check()
        if options.dry_run:
            _show_first(drafts, total, as_json=options.json)
            return 0
        return asyncio.run(_run(options, connection, drafts, total))


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of a file; each iteration reads it from its start."""

    rows: RowFile
    composer: MessageBuilder

    def __iter__(self) -> Iterator[RowMessage]:
        return map(self.composer.compose, self.rows)

    def check(self) -> int:
        """Read the whole file and return how many messages it makes.

        Raises `UsageError` for the first row with a problem, and for all rows with an odd id at
        once, since they come from one mistake.
        """
        total = 0

        def odd_rows() -> Iterator[OddIdError]:
            nonlocal total
            for row in self.rows:
                try:
                    self.composer.compose(row)
                except OddIdError as error:
                    yield error
                total += 1

        if odd := report_of(odd_rows()):
            raise odd
        return total


async def _run(options: SendOptions, connection: Connection, drafts: Drafts, total: int) -> int:
    client = open_client(connection, concurrency=options.concurrency, rate_limit=options.rate_limit)
    async with client as sunco:
        first = next(iter(drafts), None)
        if first is not None:
            await ask_host(sunco, first)
        with ExitStack() as stack:
            output = None if options.output is None else OutputFile.create(options.output, stack)
            dispatch = SendRun(sunco, concurrency=options.concurrency, total=total, output=output)
            await dispatch.run(drafts, create_users=options.create_users)
        print_report(dispatch.as_json() if options.json else dispatch.as_text())
        if dispatch.failure is not None and not dispatch.interrupted:
            raise CommandError(str(dispatch.failure))
        return dispatch.exit_code()


def text_source(options: SendOptions) -> TextSource:
    """Settle where the text comes from, or raise `UsageError` for none or several."""
    given = {
        "--text": options.text,
        "--template-file": options.template_file,
        "--text-column": options.text_column,
        "--templates": options.templates,
    }
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise UsageError(
            f"{' and '.join(named)} contradict each other; give one of them"
            if named
            else "there is nothing to send: pass --text, --template-file, --text-column, "
            "or --templates with --language-column"
        )
    if (options.templates is None) != (options.language_column is None):
        raise UsageError("--templates and --language-column go together")
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


def _composer(options: SendOptions, rows: RowFile, text: TextSource) -> MessageBuilder:
    target = choose_target(rows, options.to)
    if options.create_users and target != "external_id":
        raise UsageError(
            f"--create-users makes users by external_id, and the rows name their {target}"
        )
    return MessageBuilder(
        target=target,
        text=text,
        key_column=options.key_column,
        metadata_columns=options.metadata_columns,
        name_column="name" if options.create_users else None,
        allow_odd_ids=options.allow_odd_ids,
    )


def _show_first(drafts: Drafts, total: int, *, as_json: bool) -> None:
    first = list(islice(drafts, 3))
    if as_json:
        print_report({"rows": total, "first": [_described(draft) for draft in first]})
        return
    for draft in first:
        message = _described(draft)
        print_report(f"{message['key']} to {message['to']}:\n{message['text']}\n")
    say(f"{total:,} rows are in order; nothing was sent")


def _described(draft: RowMessage) -> dict[str, object]:
    message = draft.message
    to = message.conversation_id or message.user_id or message.user_external_id
    metadata = message.metadata
    return {
        "key": message.key,
        "line": draft.line,
        "to": to,
        "text": message.content,
        "metadata": metadata if isinstance(metadata, Mapping) else {},
    }
