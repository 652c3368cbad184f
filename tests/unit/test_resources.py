"""The groups of operations as their requests go out, without the OpenAPI file."""

import contextlib
import inspect
import json
import operator

import httpx
import pytest
from fakes import APP, BASE_URL, client, error, ok, server
from msgspec import UNSET
from operation_table import ALWAYS, MISSING_IS_SUCCESS, NOT_SENT, TABLE

from sunco_async import BadRequest, RequestTooLarge, RetryPolicy, ServerError, SuncoError
from sunco_async.models import (
    AppSettings,
    ConversionEventsBody,
    Custom,
    CustomUpdate,
    MetaConversionEvent,
    MetaConversionPayload,
    UnknownIntegration,
    Webhook,
    WebUpdate,
    WhatsAppUpdate,
)

TWICE = RetryPolicy(max_attempts=2, base=0, cap=0)
HERE = f"{BASE_URL}/v2/apps/{APP}"
SECRET = "not-a-secret-either"
ROWS = [row for row in TABLE.values() if row.attribute != "oauth.authorize_url"]


def rows(*rules):
    return pytest.mark.parametrize(
        "row", [row for row in ROWS if row.replay in rules], ids=lambda row: row.attribute
    )


async def make(sunco, row, **arguments):
    """Make the first call of a row, `arguments` over its own, and a value for each of the path."""
    method, call = operator.attrgetter(row.attribute)(sunco), row.calls[0]
    positional = [
        name
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    path = positional[: len(positional) - len(call.args)]
    return await method(*path, *call.args, **{**call.kwargs, **arguments})


# What all operations have in common.


@rows(ALWAYS, NOT_SENT, MISSING_IS_SUCCESS)
async def test_every_operation_takes_options(row):
    scripted = server(error(400))
    async with client(scripted) as sunco:
        with pytest.raises(BadRequest) as raised:
            await make(sunco, row, timeout=7, retry=None, extra_headers={"x-trace": "t1"})
    assert raised.value.operation == row.attribute
    assert scripted.last.headers["x-trace"] == "t1"
    assert scripted.last.extensions["timeout"]["read"] == 7


@rows(NOT_SENT)
@pytest.mark.parametrize("failure", [error(500), httpx.ReadError("reset")], ids=["500", "reset"])
async def test_a_call_that_may_have_taken_effect_is_not_sent_again(row, failure):
    scripted = server(failure)
    async with client(scripted, retry=TWICE) as sunco:
        with pytest.raises(SuncoError) as raised:
            await make(sunco, row)
    assert raised.value.outcome == "unknown"
    assert scripted.count == 1


@rows(NOT_SENT)
async def test_a_call_that_was_not_sent_is_sent_again(row):
    scripted = server(httpx.ConnectError("refused"), error(400))
    async with client(scripted, retry=TWICE) as sunco:
        with pytest.raises(BadRequest):
            await make(sunco, row)
    assert scripted.count == 2


@rows(ALWAYS, MISSING_IS_SUCCESS)
async def test_a_repeatable_call_is_sent_again(row):
    scripted = server(error(500))
    async with client(scripted, retry=TWICE) as sunco:
        with pytest.raises(ServerError):
            await make(sunco, row)
    assert scripted.count == 2


@rows(MISSING_IS_SUCCESS)
async def test_a_delete_whose_response_was_lost_succeeds(row):
    scripted = server(error(502), error(404))
    async with client(scripted, retry=TWICE) as sunco:
        assert await make(sunco, row) is None
    assert scripted.count == 2


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "metadata" in row.calls[0].kwargs], ids=lambda row: row.attribute
)
@pytest.mark.parametrize(
    ("metadata", "raised"),
    [({"text": "x" * 4096}, RequestTooLarge), ({"a": {"b": 1}}, TypeError), (["a"], TypeError)],
    ids=["large", "nested", "list"],
)
async def test_metadata_is_checked_before_anything_is_sent(row, metadata, raised):
    scripted = server(ok({}))
    async with client(scripted) as sunco:
        with pytest.raises(raised):
            await make(sunco, row, metadata=metadata)
    assert scripted.count == 0


# Apps and keys.


async def test_apps_are_listed_without_an_app_id(monkeypatch):
    monkeypatch.delenv("SUNCO_APP_ID", raising=False)
    scripted = server(ok({"apps": [{"id": "a1"}]}))
    async with client(scripted, app_id=None, key_id="act_test") as sunco:
        page = await sunco.apps.list(service_account_id="svc_test", page_size=10)
    assert [app.id for app in page.items] == ["a1"]
    assert (
        str(scripted.last.url)
        == f"{BASE_URL}/v2/apps?filter[serviceAccountId]=svc_test&page[size]=10"
    )


async def test_an_update_sends_the_passed_fields_and_none_as_null():
    scripted = server(ok({"app": {"id": APP}}))
    async with client(scripted) as sunco:
        await sunco.apps.update(settings=AppSettings(echo_postback=True), metadata=None)
        await sunco.apps.update(display_name=UNSET)
    assert scripted.sent(0) == {"settings": {"echoPostback": True}, "metadata": None}
    assert scripted.sent(1) == {}


async def test_a_copy_sends_to_another_app():
    scripted = server(ok({}))
    async with client(scripted) as sunco:
        await sunco.with_options(app_id="app2").apps.delete()
    assert str(scripted.last.url) == f"{BASE_URL}/v2/apps/app2"


@pytest.mark.parametrize(
    ("create", "envelope"),
    [
        (lambda sunco: sunco.app_keys.create(display_name="Key"), "key"),
        (lambda sunco: sunco.custom_integration_keys.create("i1", display_name="Key"), "key"),
        (lambda s: s.webhooks.create("i1", target="https://x.example", triggers=[]), "webhook"),
    ],
    ids=["app", "custom integration", "webhook"],
)
async def test_a_created_secret_is_readable_and_hidden_in_the_repr(create, envelope):
    wire = {"id": "k1", "secret": SECRET, "target": "https://x.example", "triggers": []}
    async with client(server(ok({envelope: wire}, 201))) as sunco:
        created = await create(sunco)
    assert created.secret == SECRET
    assert SECRET not in repr(created)


# Integrations.


@pytest.mark.parametrize(
    "integration",
    [
        Custom(webhooks=[Webhook(target="https://x.example", triggers=["user:merge"])]),
        {
            "type": "custom",
            "webhooks": [{"target": "https://x.example", "triggers": ["user:merge"]}],
        },
    ],
    ids=["struct", "dict"],
)
async def test_an_integration_is_one_struct_or_dict(integration):
    scripted = server(ok({"integration": {"id": "i1", "type": "kakao", "botToken": SECRET}}, 201))
    async with client(scripted) as sunco:
        created = await sunco.integrations.create(integration)
    assert scripted.sent() == {
        "type": "custom",
        "webhooks": [{"target": "https://x.example", "triggers": ["user:merge"]}],
    }
    assert isinstance(created, UnknownIntegration)
    assert created.raw["id"] == "i1"


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        (CustomUpdate(display_name=None), {"displayName": None}),
        (WhatsAppUpdate(account_id="w1", hsm_fallback_language=None), {"accountId": "w1", "hsmFallbackLanguage": None}),
        (WebUpdate(), {}),
        ({"brandColor": "65758e", "newSetting": 1}, {"brandColor": "65758e", "newSetting": 1}),
    ],
    ids=["cleared", "mixed", "nothing", "dict"],
)  # fmt: skip
async def test_changes_to_an_integration_are_one_struct_or_dict(changes, body):
    scripted = server(ok({"integration": {"id": "i1", "type": "web"}}))
    async with client(scripted) as sunco:
        await sunco.integrations.update("i1", changes)
    assert scripted.sent() == body


async def test_types_are_joined_with_commas():
    scripted = server(ok({"integrations": []}))
    async with client(scripted) as sunco:
        await sunco.integrations.list(types=("custom", "web"))
        await sunco.integrations.list()
    assert scripted.requests[0].url.query == b"filter[types]=custom%2Cweb"
    assert scripted.requests[1].url.query == b""


@pytest.mark.parametrize(("types", "raised"), [("web", TypeError), ([], ValueError)])
async def test_a_str_or_an_empty_list_of_types_is_refused(types, raised):
    async with client(server(ok({"integrations": []}))) as sunco:
        with pytest.raises(raised, match="types"):
            sunco.integrations.list(types=types)


# Webhooks.


async def test_an_oauth_token_names_its_integration_me():
    scripted = server(ok({"webhooks": []}))
    async with client(scripted) as sunco:
        assert await sunco.webhooks.list("me") == []
        await sunco.webhooks.delete("me", "w1")
    assert [(request.method, str(request.url)) for request in scripted.requests] == [
        ("GET", f"{HERE}/integrations/me/webhooks"),
        ("DELETE", f"{HERE}/integrations/me/webhooks/w1"),
    ]


# Switchboards.


@pytest.mark.parametrize(
    ("arguments", "body"),
    [({}, None), ({"metadata": None}, {"metadata": None}), ({"metadata": {"a": 1}}, {"metadata": {"a": 1}})],
)  # fmt: skip
async def test_an_optional_empty_body_is_omitted(arguments, body):
    scripted = server(ok({}))
    async with client(scripted) as sunco:
        assert await sunco.switchboard_actions.release_control("c1", **arguments) is None
    assert (scripted.sent() if scripted.last.content else None) == body
    assert ("content-type" in scripted.last.headers) == (body is not None)


async def test_a_required_empty_body_is_sent():
    scripted = server(ok({}))
    async with client(scripted) as sunco:
        await sunco.switchboard_actions.accept_control("c1")
    assert scripted.last.content == b"{}"


async def test_a_switchboard_integration_is_linked_by_exactly_one_name():
    scripted = server(ok({"switchboardIntegration": {"id": "si1"}}, 201))
    async with client(scripted) as sunco:
        linking = sunco.switchboard_integrations
        with pytest.raises(TypeError, match="exactly one of integration_id= or integration_type="):
            await linking.create("s1", name="bot")
        with pytest.raises(TypeError, match="exactly one"):
            await linking.create("s1", name="bot", integration_id="i1", integration_type="custom")
        with pytest.raises(TypeError, match="at most one of integration_id= or integration_type="):
            await linking.update("s1", "si1", integration_id="i1", integration_type="custom")
        assert scripted.count == 0
        await linking.update("s1", "si1", next_switchboard_integration_id=None)
    assert scripted.sent() == {"nextSwitchboardIntegrationId": None}


# Conversations.


async def test_conversions_are_one_struct_or_dict():
    scripted = server(ok({"conversionEvents": {"datasetId": 12345, "eventsReceived": 1}}))
    payload = MetaConversionPayload(data=[{"event_name": "Purchase"}])
    events = ConversionEventsBody(whatsapp=MetaConversionEvent(payload=payload))
    async with client(scripted) as sunco:
        taken = await sunco.conversations.post_conversion_events("c1", events)
        await sunco.conversations.post_conversion_events("c1", {"tiktok": {"payload": {}}})
    assert (taken.dataset_id, taken.events_received) == (12345, 1)
    assert str(scripted.last.url) == f"{HERE}/conversations/c1/conversionEvents"
    assert scripted.sent(0) == {"whatsapp": {"payload": {"data": [{"event_name": "Purchase"}]}}}
    assert scripted.sent(1) == {"tiktok": {"payload": {}}}


# None and UNSET.


def optional_fields(row, sunco):
    """Yield the arguments that the row's first call leaves out and that are fields of the body."""
    method = operator.attrgetter(row.attribute)(sunco)
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.default is UNSET and name not in row.calls[0].kwargs:
            yield name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.attribute)
async def test_none_is_sent_as_null_and_unset_is_omitted(row):
    scripted = server(*[ok({}, 200)] * 20)
    async with client(scripted, retry=None) as sunco:
        for name in optional_fields(row, sunco):
            with contextlib.suppress(SuncoError):  # the response is empty
                await make(sunco, row)
            left_out = json.loads(scripted.last.content or b"{}")
            with contextlib.suppress(SuncoError):
                await make(sunco, row, **{name: None})
            sent = json.loads(scripted.last.content)
            [added] = sent.keys() - left_out.keys()
            assert sent == left_out | {added: None}
            assert added.replace("_", "").lower() == name.replace("_", "")
