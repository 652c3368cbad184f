"""Setting up the webhook of a bot: found, updated or created, and what is refused."""

import pytest

from sunco_async import NotFound
from sunco_async.bots import WebhookSetupFailed, ensure_webhook
from sunco_async.sandbox import Sandbox
from sunco_async.testing import client

TARGET = "https://bot.example/hook"
MESSAGE = ["conversation:message"]


@pytest.fixture
async def place():
    """A client, and the id of a custom integration."""
    sandbox = Sandbox()
    integration = sandbox.add_integration("custom")
    async with client(sandbox) as sunco:
        yield sunco, integration, sandbox


def methods(sandbox) -> list[str]:
    return [request.method for request in sandbox.requests]


async def test_a_webhook_is_created_once(place):
    sunco, integration, sandbox = place
    webhook = await ensure_webhook(sunco, integration, TARGET, MESSAGE)
    assert (webhook.target, webhook.triggers) == (TARGET, MESSAGE)
    assert webhook.secret
    again = await ensure_webhook(sunco, integration, TARGET, MESSAGE)
    assert again == webhook
    assert methods(sandbox) == ["GET", "POST", "GET"]


@pytest.mark.parametrize(
    ("target", "is_same"),
    [
        ("https://BOT.example:443/hook", True),
        ("https://bot.example/hook/", False),
        ("https://bot.example/hook?x=1", False),
        ("http://bot.example/hook", False),
    ],
)
async def test_a_webhook_is_recognised_by_its_target(place, target, is_same):
    sunco, integration, _ = place
    webhook = await ensure_webhook(sunco, integration, TARGET, MESSAGE)
    other = await ensure_webhook(sunco, integration, target, MESSAGE)
    assert (webhook.id == other.id) is is_same


@pytest.mark.parametrize(
    ("change", "is_update"),
    [
        ({}, False),
        ({"triggers": ["user:update", "conversation:message"]}, False),
        ({"triggers": ["conversation:message", "user:update", "user:update"]}, False),
        ({"triggers": MESSAGE}, True),
        ({"triggers": ["conversation:message", "user:merge"]}, True),
        ({"include_full_user": True}, False),
        ({"include_full_user": False}, True),
        ({"include_full_source": False}, False),
        ({"include_full_source": True}, True),
    ],
)
async def test_a_webhook_is_updated_only_if_it_differs(place, change, is_update):
    sunco, integration, sandbox = place
    wanted = {"triggers": ["conversation:message", "user:update"]}
    await ensure_webhook(sunco, integration, TARGET, **wanted, include_full_user=True)
    webhook = await ensure_webhook(sunco, integration, TARGET, **wanted | change)
    assert methods(sandbox)[2:] == ["GET", "PATCH"] if is_update else ["GET"]
    assert {*webhook.triggers} == {*change.get("triggers", wanted["triggers"])}
    assert webhook.include_full_user is change.get("include_full_user", True)
    assert webhook.include_full_source is change.get("include_full_source", False)


async def test_several_webhooks_of_one_target_are_reported(place, caplog):
    sunco, integration, _ = place
    for _ in range(2):
        await sunco.webhooks.create(integration, target=TARGET, triggers=MESSAGE)
    first, _ = await sunco.webhooks.list(integration)
    assert (await ensure_webhook(sunco, integration, TARGET, MESSAGE)).id == first.id
    assert "2 webhooks have the same target" in caplog.text


async def test_an_eleventh_webhook_is_explained(place):
    sunco, integration, _ = place
    for number in range(10):
        await ensure_webhook(sunco, integration, f"{TARGET}/{number}", MESSAGE)
    with pytest.raises(WebhookSetupFailed) as caught:
        await ensure_webhook(sunco, integration, TARGET, MESSAGE)
    text = str(caught.value)
    assert "10 webhooks at most" in text
    assert "this integration has 10" in text
    assert caught.value.outcome == "rejected"
    assert await ensure_webhook(sunco, integration, f"{TARGET}/3", MESSAGE)


async def test_a_refused_target_is_explained_with_the_probe(place):
    sunco, integration, sandbox = place
    sandbox.faults.add_text("webhooks.create:400")
    with pytest.raises(WebhookSetupFailed, match=r"HEAD https://bot\.example/ when a webhook"):
        await ensure_webhook(sunco, integration, "https://a:b@bot.example/hook?x=1", MESSAGE)


async def test_an_unknown_integration_is_not_found(place):
    sunco, _, _ = place
    with pytest.raises(NotFound):
        await ensure_webhook(sunco, "0" * 24, TARGET, MESSAGE)


@pytest.mark.parametrize(
    ("target", "triggers", "error", "text"),
    [
        (5, MESSAGE, TypeError, "target must be a str"),
        ("bot.example/hook", MESSAGE, ValueError, "absolute http or https URL"),
        ("ftp://bot.example", MESSAGE, ValueError, "absolute http or https URL"),
        ("https://", MESSAGE, ValueError, "absolute http or https URL"),
        ("https://bot.example:x", MESSAGE, ValueError, "not a URL"),
        (TARGET, "conversation:message", TypeError, "list of str"),
        (TARGET, [5], TypeError, "list of str"),
        (TARGET, [], ValueError, "must not be empty"),
        (TARGET, ["conversation:Message"], ValueError, "it is 'conversation:message'"),
        (TARGET, ["switchboard:passcontrol"], ValueError, "it is 'switchboard:passControl'"),
    ],
)
async def test_what_cannot_be_used_is_refused_before_a_request(
    place, target, triggers, error, text
):
    sunco, integration, sandbox = place
    with pytest.raises(error, match=text):
        await ensure_webhook(sunco, integration, target, triggers)
    assert not sandbox.requests
