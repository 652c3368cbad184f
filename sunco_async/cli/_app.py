"""The commands and their options. What a command does is imported when it runs."""

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from sunco_async import __version__
from sunco_async.cli._errors import UsageError
from sunco_async.cli._rows import RowFormat, TargetColumn
from sunco_async.cli._settings import Connection, positive

__all__ = ["app"]


def _need_sandbox() -> None:
    if find_spec("uvicorn") is None:
        raise UsageError(
            'the sandbox needs packages that are not installed: pip install "sunco-async[cli]"'
        )


def _not_negative(_type: object, value: float | None) -> None:
    if value is not None and not (value >= 0 and math.isfinite(value)):
        raise ValueError("It must not be negative.")


def _port(_type: object, value: int) -> None:
    if not 0 <= value <= 65_535:
        raise ValueError("A port is from 0 to 65535.")


Rate = Annotated[float | None, Parameter(validator=positive)]
Text = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

app = App(
    name="sunco",
    help="Zendesk Sunshine Conversations from the command line.",
    help_format="plaintext",
    version=__version__,
)
bulk = App(name="bulk", help="Send many messages.")
app.command(bulk)


@bulk.command
def send(
    file: Path,
    /,
    *,
    text: Text = None,
    template_file: Path | None = None,
    text_column: str | None = None,
    templates: Path | None = None,
    language_column: str | None = None,
    format: RowFormat | None = None,
    to: TargetColumn | None = None,
    key_column: str | None = None,
    metadata_column: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    create_users: Flag = False,
    allow_shorthand: Flag = False,
    allow_odd_ids: Flag = False,
    concurrency: Annotated[int, Parameter(validator=positive)] = 100,
    rate_limit: Rate = None,
    output: Path | None = None,
    dry_run: Flag = False,
    json: Flag = False,
    connection: Connection = Connection(),  # noqa: B008 - it is frozen
) -> int:
    """Send a message for every row of a file.

    The file is CSV with a header, or JSON Lines. It is checked to its end before anything is sent.
    A row names its target in a column conversation_id, user_id or external_id. Ctrl-C lets what is
    under way end, and a second one cancels it.

    :param file: CSV with a header, or JSON Lines (.jsonl, .ndjson), in UTF-8.
    :param text: The text, with columns in braces: "Hi {name}". Write {{ and }} for braces.
    :param template_file: A file that holds such a text.
    :param text_column: The column that holds the whole text.
    :param templates: A folder with a text per language: en.txt, pt.txt.
    :param language_column: The column that names the language of a row, such as en.
    :param format: The format of the file, where its suffix does not tell.
    :param to: The column that names the target, where several could.
    :param key_column: The column that names a row in the results; "line 17" otherwise.
    :param metadata_column: A column to send as metadata of the message; give it again for more.
    :param create_users: Create the users, or rename them to the column "name" if they exist.
    :param allow_shorthand: Send values that hold text shorthand too, such as %[Label](reply:…).
    :param allow_odd_ids: Send to ids that a spreadsheet seems to have changed, such as 5.49E+11.
    :param concurrency: Messages under way at once.
    :param rate_limit: Requests per second, if you know the limit; else it is found out.
    :param output: A new file for the results, a JSON object per line.
    :param dry_run: Check the file and show the first three messages; send nothing.
    :param json: Print the report as one JSON object.
    """
    from sunco_async.cli import _bulk  # noqa: PLC0415 - the help does without

    options = _bulk.SendOptions(
        file=file,
        format=format,
        to=to,
        text=text,
        template_file=template_file,
        text_column=text_column,
        templates=templates,
        language_column=language_column,
        key_column=key_column,
        metadata_columns=metadata_column,
        create_users=create_users,
        allow_shorthand=allow_shorthand,
        allow_odd_ids=allow_odd_ids,
        concurrency=concurrency,
        rate_limit=rate_limit,
        output=output,
        dry_run=dry_run,
        json=json,
    )
    return _bulk.send(options, connection)


@app.command
def sandbox(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(validator=_port)] = 8080,
    rate_limit: Rate = None,
    retry_after: bool = True,
    message_limit: Annotated[int, Parameter(validator=positive)] = 30_000,
    latency: Annotated[float, Parameter(validator=_not_negative)] = 0.0,
    app_id: str | None = None,
    key_id: str | None = None,
    secret: str | None = None,
    allow_host: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
) -> int:
    """Serve a Sunshine Conversations in memory, to develop and test against.

    It prints its URL and the variables that point a client to it, and ends with Ctrl-C.

    :param host: The address to listen on.
    :param port: The port to listen on; 0 takes a free one.
    :param rate_limit: Requests per second that each key may make.
    :param retry_after: Whether a 429 says how long to wait.
    :param message_limit: Messages that a conversation holds.
    :param latency: Seconds that each answer takes.
    :param app_id: The id of its app.
    :param key_id: The id of its key; a prefix act_, svc_ or int_ changes the scope.
    :param secret: The secret of its key: a made-up one, since this server guards nothing.
    :param allow_host: A host name besides localhost to answer for; give it again for more.
    """
    _need_sandbox()
    from sunco_async.cli import _sandbox  # noqa: PLC0415 - the help does without

    options = _sandbox.SandboxOptions(
        host=host,
        port=port,
        rate_limit=rate_limit,
        retry_after=retry_after,
        message_limit=message_limit,
        latency=latency,
        app_id=app_id,
        key_id=key_id,
        secret=secret,
        hosts=allow_host,
    )
    return _sandbox.run(options)


@app.command
def demo(
    *,
    recipients: Annotated[int, Parameter(validator=positive)] = 2000,
    rate_limit: Annotated[float, Parameter(validator=positive)] = 300,
    seed: int = 1,
    json: Flag = False,
) -> int:
    """Send a campaign to a sandbox, and count in it what has arrived.

    The sandbox limits the rate to a figure that the client is not told. Nothing leaves this
    machine.

    :param recipients: How many of the 2,000 recipients to write to.
    :param rate_limit: Requests per second that the sandbox allows.
    :param seed: The same seed takes the same recipients and makes the same ids.
    :param json: Print the report as one JSON object.
    """
    _need_sandbox()
    from sunco_async.cli import _demo  # noqa: PLC0415 - the help does without

    return _demo.run(recipients=recipients, rate_limit=rate_limit, seed=seed, as_json=json)
