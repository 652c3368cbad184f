"""Setting up the webhook of a bot."""

from collections.abc import Sequence
from typing import get_args

import httpx
from msgspec import UNSET, UnsetType

from sunco_async._base.log import log_fields, logger
from sunco_async._client import AsyncSunco
from sunco_async.errors import BadRequest, SuncoError
from sunco_async.models import Webhook, WebhookTrigger

__all__ = ["MAX_WEBHOOKS", "WebhookSetupFailed", "ensure_webhook"]

MAX_WEBHOOKS = 10
"""The number of webhooks that an app can have."""

_KNOWN = {
    str(trigger).casefold(): str(trigger)
    for union in get_args(WebhookTrigger)
    for trigger in get_args(union)
}


class WebhookSetupFailed(SuncoError):
    """The webhook could not be saved. The text says what to do; the cause is the API's error."""


async def ensure_webhook(
    sunco: AsyncSunco,
    integration_id: str,
    target: str,
    triggers: Sequence[WebhookTrigger],
    *,
    include_full_user: bool | UnsetType = UNSET,
    include_full_source: bool | UnsetType = UNSET,
) -> Webhook:
    """Find the webhook of a target, and update or create it if need be.

    `GET /v2/apps/{appId}/integrations/{integrationId}/webhooks`, then perhaps a `PATCH` or a `POST`

    A webhook is recognised by its target. It is safe to call this at every start of a bot; but if
    two processes do so at the same time before there is a webhook, both create one.

    Args:
        sunco: The client.
        integration_id: The id of a custom integration, or `"me"` with an OAuth token.
        target: The URL that receives the events: absolute, `http` or `https`. When it is saved, the
            API sends a `HEAD` to its root.
        triggers: The events to call it for, such as `["conversation:message"]`. They replace the
            triggers of a webhook that exists.
        include_full_user: Whether events contain the whole user. By default a webhook that exists
            is left as it is.
        include_full_source: Whether events contain the client and the device. By default a webhook
            that exists is left as it is.

    Returns:
        The webhook. Its `secret` is the one for `WebhookReceiver(secrets=…)`.

    Raises:
        NotFound: The integration does not exist.
        PermissionDenied: The credentials do not allow it for this integration.
        TypeError: `triggers` is not a list of str.
        ValueError: `target` is not such a URL, or a trigger is misspelled.
        WebhookSetupFailed: The API refused to save the webhook, or did not return its secret.
    """
    _check_target(target)
    wanted = _checked_triggers(triggers)
    webhooks = await sunco.webhooks.list(integration_id)
    same = [webhook for webhook in webhooks if _same_url(webhook.target, target)]
    if len(same) > 1:
        logger.warning(
            "%d webhooks have the same target, so each event is delivered %d times: keep %s",
            len(same),
            len(same),
            same[0].id,
            extra=log_fields(),
        )
    try:
        if not same:
            webhook = await sunco.webhooks.create(
                integration_id,
                target=target,
                triggers=wanted,
                include_full_user=include_full_user,
                include_full_source=include_full_source,
            )
        elif _differs(same[0], wanted, include_full_user, include_full_source):
            webhook = await sunco.webhooks.update(
                integration_id,
                same[0].id,
                triggers=wanted,
                include_full_user=include_full_user,
                include_full_source=include_full_source,
            )
        else:
            webhook = same[0]
    except BadRequest as error:
        raise _explained(error, target, webhooks) from error
    if not webhook.secret:
        webhook = await sunco.webhooks.get(integration_id, webhook.id)
    if not webhook.secret:
        raise WebhookSetupFailed(
            f"the API did not return the secret of the webhook {webhook.id}: copy it from the "
            "Admin Center, or delete the webhook, so that a new one is created",
            outcome="unknown",
        )
    return webhook


def _check_target(target: str) -> None:
    if not isinstance(target, str):
        raise TypeError(f"target must be a str, not {type(target).__name__}")
    try:
        url = httpx.URL(target)
    except httpx.InvalidURL as error:
        raise ValueError(f"target is not a URL: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(
            "target must be an absolute http or https URL, such as https://bot.example/hook"
        )


def _checked_triggers(triggers: Sequence[WebhookTrigger]) -> list[str]:
    if isinstance(triggers, str) or not isinstance(triggers, Sequence):
        raise TypeError(f"triggers must be a list of str, not {type(triggers).__name__}")
    if not triggers:
        raise ValueError('triggers must not be empty; pass for example ["conversation:message"]')
    for trigger in triggers:
        if not isinstance(trigger, str):
            raise TypeError(f"triggers must be a list of str, not of {type(trigger).__name__}")
        known = _KNOWN.get(trigger.strip().casefold(), trigger)
        if known != trigger:
            raise ValueError(f"the trigger {trigger!r:.80} is misspelled: it is {known!r}")
    return [*dict.fromkeys(triggers)]


def _same_url(first: str, second: str) -> bool:
    try:
        return httpx.URL(first) == httpx.URL(second)
    except (httpx.InvalidURL, TypeError):
        return first == second


def _differs(
    webhook: Webhook,
    triggers: list[str],
    full_user: bool | UnsetType,
    full_source: bool | UnsetType,
) -> bool:
    return (
        {*webhook.triggers} != {*triggers}
        or full_user not in (UNSET, bool(webhook.include_full_user))
        or full_source not in (UNSET, bool(webhook.include_full_source))
    )


def _explained(error: BadRequest, target: str, webhooks: Sequence[Webhook]) -> WebhookSetupFailed:
    url = httpx.URL(target)
    root = f"{url.scheme}://{url.netloc.decode()}/"  # no query and no password: they can be secret
    hosts = ", ".join(f"{each.id} ({httpx.URL(each.target).host})" for each in webhooks)
    advice = (
        f"The API sends HEAD {root} when a webhook is saved: it must be reachable from the "
        f"internet. An app has {MAX_WEBHOOKS} webhooks at most"
    )
    advice += f"; this integration has {len(webhooks)}: {hosts}" if webhooks else ""
    title = ", ".join(each.title for each in error.errors) or "400"
    return WebhookSetupFailed(
        f"the webhook could not be saved: {title}. {advice}",
        operation=error.operation,
        method=error.method,
        path=error.path,
        attempts=error.attempts,
        outcome=error.outcome,
    )
