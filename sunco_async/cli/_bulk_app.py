"""The commands of `sunco bulk`. The code of a command is imported when it runs."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from sunco_async.cli._send_options import (
    ContentOptions,
    FileOptions,
    Flag,
    LedgerOptions,
    RunOptions,
)
from sunco_async.cli._settings import Connection

__all__ = ["bulk"]

bulk = App(name="bulk", help="Send many messages.", help_format="plaintext")

State = Literal["not_begun", "sending", "sent", "failed", "uncertain"]


@bulk.command
def send(
    file: Path,
    /,
    *,
    file_options: FileOptions = FileOptions(),  # noqa: B008 - it is frozen
    content: ContentOptions = ContentOptions(),  # noqa: B008 - it is frozen
    ledger_options: LedgerOptions = LedgerOptions(),  # noqa: B008 - it is frozen
    run: RunOptions = RunOptions(),  # noqa: B008 - it is frozen
    connection: Connection = Connection(),  # noqa: B008 - it is frozen
) -> int:
    """Send a message for every row of a file.

    The whole file is checked before anything is sent. The ledger records what
    was sent: after a crash or Ctrl-C, run the same command again, and it sends
    the rest. Ctrl-C stops after the messages under way; a second Ctrl-C cancels
    them.

    A CSV has a header. A row names its target in a column conversation_id,
    user_id, external_id, or with --to phone in a column phone:

        external_id,name,key
        jane,Jane,order-17

    JSON Lines has one object per line, whose content can be any of the API:

        {"external_id": "jane", "content": {"type": "text", "text": "Hi"}}

    Example:
        sunco bulk send people.csv --text "Hi {name}!" --dry-run
        sunco bulk send people.csv --text "Hi {name}!" --ledger hello.db

    Exit codes: 0 if every message is sent; 1 if some are not (see sunco bulk
    status); 2 for a wrong option, setting, file or ledger; 3 if the host does
    not respond or another run has the ledger, so try again later; 130 after
    Ctrl-C.

    :param file: A CSV with a header, or JSON Lines (.jsonl, .ndjson).
    """
    from sunco_async.cli import _bulk_send  # noqa: PLC0415 - not needed for the help

    return _bulk_send.send(
        file,
        file_options=file_options,
        content=content,
        ledger_options=ledger_options,
        run=run,
        connection=connection,
    )


@bulk.command
def status(ledger: Path, /, *, json: Flag = False) -> int:
    """Show what a ledger knows: counts, rate, failures by kind.

    It can be used while a run is under way. Exit codes: 0 if every message is
    sent, 1 if not, 2 for a ledger that cannot be read.

    :param ledger: The ledger of a campaign.
    :param json: Print one JSON object.
    """
    from sunco_async.cli import _bulk_ledger  # noqa: PLC0415 - as above

    return _bulk_ledger.status(ledger, as_json=json)


@bulk.command
def retry(
    ledger: Path,
    /,
    *,
    failed: Flag = False,
    uncertain: Flag = False,
    run: RunOptions = RunOptions(),  # noqa: B008 - it is frozen
    connection: Connection = Connection(),  # noqa: B008 - it is frozen
) -> int:
    """Send failed messages again, and decide uncertain ones.

    The messages are those of the ledger: no file is needed. Messages that were
    held back, or not begun, are sent too. An uncertain message is looked for
    in its conversation, and sent only if it is not there. Without --failed and
    --uncertain, both are retried. Exit codes are those of sunco bulk send.

    :param ledger: The ledger of a campaign.
    :param failed: Retry failed messages only.
    :param uncertain: Retry uncertain messages only.
    """
    from sunco_async.cli import _bulk_ledger  # noqa: PLC0415 - as above

    both = not (failed or uncertain)
    states: list[State] = ["failed"] if failed or both else []
    if uncertain or both:
        states.append("uncertain")
    return _bulk_ledger.retry(ledger, tuple(states), run, connection)


@bulk.command
def export(
    ledger: Path,
    /,
    *,
    state: Annotated[tuple[State, ...], Parameter(negative=(), show_default=False)] = (),
    format: Literal["csv", "jsonl"] = "csv",
    output: Path | None = None,
) -> int:
    """Write the input rows of a ledger, in the columns of the input.

    Mend them, and send them again with another ledger. Exit codes: 0 for
    success, 1 if they cannot be written, 2 for a wrong option or ledger.

    :param ledger: The ledger of a campaign.
    :param state: The state of the rows to write. Repeat it for several. Default: all.
    :param format: The format to write.
    :param output: A new file. Default: stdout.
    """
    from sunco_async.cli import _bulk_export  # noqa: PLC0415 - as above

    return _bulk_export.export(ledger, state, format, output)


@bulk.command
def purge(ledger: Path, /, *, take_over: Flag = False) -> int:
    """Remove the messages and input rows of a ledger. Keys and states are kept.

    What was not sent yet keeps its content. Exit codes: 0 for success, 2 for a
    ledger that cannot be used, 3 if a run uses it.

    :param ledger: The ledger of a campaign.
    :param take_over: Open a ledger that another host has not closed.
    """
    from sunco_async.cli import _bulk_ledger  # noqa: PLC0415 - as above

    return _bulk_ledger.purge(ledger, take_over=take_over)
