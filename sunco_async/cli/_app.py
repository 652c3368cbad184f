"""The commands and their options. The code of a command is imported when it runs."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from sunco_async import __version__
from sunco_async.cli._bulk_app import bulk
from sunco_async.cli._errors import UsageError
from sunco_async.cli._send_options import Flag
from sunco_async.cli._settings import not_negative, positive
from sunco_async.cli._webhooks_app import webhooks

__all__ = ["app"]


def _need_sandbox() -> None:
    if find_spec("uvicorn") is None:
        raise UsageError(
            'the sandbox needs packages that are not installed: pip install "sunco-async[cli]"'
        )


def _port(_type: object, value: int) -> None:
    if not 0 <= value <= 65_535:
        raise ValueError("A port is from 0 to 65535.")


Rate = Annotated[float | None, Parameter(validator=positive)]

app = App(
    name="sunco",
    help="Zendesk Sunshine Conversations from the command line.",
    help_format="plaintext",
    version=__version__,
)
app.command(bulk)
app.command(webhooks)


@app.command
def sandbox(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(validator=_port)] = 8080,
    rate_limit: Rate = None,
    retry_after: bool = True,
    message_limit: Annotated[int | None, Parameter(validator=positive)] = None,
    latency: Annotated[float, Parameter(validator=not_negative)] = 0.0,
    app_id: str | None = None,
    key_id: str | None = None,
    secret: str | None = None,
    allow_host: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    fault: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    seed: Literal["demo"] | None = None,
    random_seed: int | None = None,
    state: Path | None = None,
    frozen_at: str | None = None,
    verbose: Flag = False,
) -> int:
    """Serve a Sunshine Conversations in memory, for development and tests.

    It prints its URL and the environment variables for a client. Ctrl-C stops
    it. It listens on this machine only; --host 0.0.0.0 opens it to others.

    A fault is ROUTE:FAULT, then :SHARE or :xTIMES, as in messages.post:drop:0.01,
    users.*:429=2:x3 or *:latency=0.1-0.5. docs/sandbox.md lists all faults.

    :param host: The address to listen on.
    :param port: The port to listen on. 0 takes a free one.
    :param rate_limit: Requests per second that each key may make. Default: no limit.
    :param retry_after: Whether a 429 has a Retry-After header.
    :param message_limit: Messages that a conversation can hold. Default: 30,000.
    :param latency: The delay of each response, in seconds.
    :param app_id: The id of the app.
    :param key_id: The id of the key. A prefix act_, svc_ or int_ changes its scope.
    :param secret: The secret of the key. Make one up: this server protects nothing.
    :param allow_host: A host name to accept besides localhost. Repeat it for several names.
    :param fault: A fault to inject. Repeat it for several; the first that applies is taken.
    :param seed: Begin with data: "demo" is five users with conversations and messages.
    :param random_seed: Makes ids and the chances of faults the same in every run.
    :param state: A file to load the state from, if it exists, and to save it to at the end.
    :param frozen_at: Stop the clock at a time: 2026-01-31T12:00:00Z, or seconds since 1970.
    :param verbose: Print a line for each request.
    """
    _need_sandbox()
    from sunco_async.cli import _sandbox  # noqa: PLC0415 - not needed for the help

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
        faults=fault,
        seed=seed,
        random_seed=random_seed,
        state=state,
        frozen_at=frozen_at,
        verbose=verbose,
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
    """Send a campaign to a sandbox, and count the messages that have arrived.

    The sandbox has a rate limit that the client does not know. Nothing is
    sent outside this machine.

    :param recipients: How many of the 2,000 recipients to write to.
    :param rate_limit: Requests per second that the sandbox allows.
    :param seed: The same seed gives the same recipients and ids.
    :param json: Print the report as one JSON object.
    """
    _need_sandbox()
    from sunco_async.cli import _demo  # noqa: PLC0415 - not needed for the help

    return _demo.run(recipients=recipients, rate_limit=rate_limit, seed=seed, as_json=json)
