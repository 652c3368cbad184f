"""`sunco webhooks ensure`: the webhook of a bot, from the command line."""

import asyncio
import shlex
from collections.abc import Sequence

from msgspec import UNSET

from sunco_async.bots import ensure_webhook
from sunco_async.cli._errors import UsageError
from sunco_async.cli._progress import print_status
from sunco_async.cli._settings import Connection, open_client
from sunco_async.cli._stdout import print_report
from sunco_async.models import Webhook

__all__ = ["ensure"]


def ensure(
    target: str,
    *,
    integration: str,
    triggers: Sequence[str],
    full_user: bool | None,
    full_source: bool | None,
    as_json: bool,
    connection: Connection,
) -> int:
    """Find, update or create a webhook, and print its secret.

    Args:
        target: The URL that receives the events.
        integration: The id of the integration.
        triggers: The events to call it for.
        full_user: Whether events contain the whole user; None leaves it as it is.
        full_source: Whether events contain the source; None leaves it as it is.
        as_json: Print one JSON object.
        connection: The options of the connection.

    Returns:
        The exit code.

    Raises:
        SuncoError: The API refused it.
        UsageError: An argument or a setting cannot be used.
    """

    async def run() -> Webhook:
        async with open_client(connection, concurrency=1, rate_limit=None) as sunco:
            return await ensure_webhook(
                sunco,
                integration,
                target,
                triggers,
                include_full_user=UNSET if full_user is None else full_user,
                include_full_source=UNSET if full_source is None else full_source,
            )

    try:
        webhook = asyncio.run(run())
    except ValueError as error:
        raise UsageError(str(error)) from None
    secret = webhook.secret or ""
    if as_json:
        print_report(
            {
                "id": webhook.id,
                "target": webhook.target,
                "triggers": webhook.triggers,
                "secret": secret,
            }
        )
    else:
        print_status(
            f"the webhook {webhook.id} calls {webhook.target} for {', '.join(webhook.triggers)}"
        )
        print_report(f"export WEBHOOK_SECRET={shlex.quote(secret)}")
    return 0
