"""The commands of `sunco webhooks`. The code of a command is imported when it runs."""

from typing import Annotated

from cyclopts import App, Parameter

from sunco_async.cli._send_options import Flag
from sunco_async.cli._settings import Connection

__all__ = ["webhooks"]

webhooks = App(name="webhooks", help="Set up webhooks.", help_format="plaintext")


@webhooks.command
def ensure(
    target: str,
    /,
    *,
    integration: str,
    trigger: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (
        "conversation:message",
    ),
    full_user: bool | None = None,
    full_source: bool | None = None,
    json: Flag = False,
    connection: Connection = Connection(),  # noqa: B008 - it is frozen
) -> int:
    """Find the webhook of a URL, update or create it, and print its secret.

    :param target: The URL that receives the events.
    :param integration: The id of a custom integration, or "me" with the key of an integration.
    :param trigger: An event to call it for. Repeat it for several. Default: conversation:message.
    :param full_user: Whether events contain the whole user.
    :param full_source: Whether events contain the client and the device.
    :param json: Print the webhook as one JSON object, with its secret.
    """
    from sunco_async.cli import _webhooks  # noqa: PLC0415 - not needed for the help

    return _webhooks.ensure(
        target,
        integration=integration,
        triggers=trigger,
        full_user=full_user,
        full_source=full_source,
        as_json=json,
        connection=connection,
    )
