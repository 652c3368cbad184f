"""Deliveries to webhooks in process, on a frozen clock."""

import asyncio
import json
import logging

import anyio
import httpx
import pytest
from sandbox_api import sandbox_api
from webhook_target import Target

from sunco_async.sandbox import Clock, Sandbox

URL = "https://bot.example/hooks/zendesk?x=1"
START = 1_750_000_000


@pytest.fixture
async def api():
    async with sandbox_api(clock=Clock(START)) as api, api.sandbox:
        yield api


async def with_target(api, *statuses, triggers=("conversation:message",), **options):
    """Add a webhook of a target in process, and let its probe pass."""
    target = Target(*statuses)
    api.sandbox.route("https://bot.example", target)
    webhook = api.sandbox.add_webhook(URL, triggers, **options)
    await api.sandbox.deliveries.settled()
    api.sandbox.deliveries.clear()
    return target, webhook


async def conversation_of(api):
    return await api.conversation(await api.user(externalId="jane"))


async def test_a_payload_as_the_documentation_has_it(api):
    target, webhook = await with_target(api)
    conversation = await conversation_of(api)
    [message] = await api.post(conversation, "Hello")
    await api.sandbox.deliveries.settled()
    [(method, path, headers, body)] = [each for each in target.requests if each[0] == "POST"]
    assert (method, path) == ("POST", "/hooks/zendesk")
    assert headers["x-api-key"] == webhook.secret
    assert headers["content-type"] == "application/json"
    assert headers["host"] == "bot.example"
    payload = json.loads(body)
    assert set(payload) == {"app", "webhook", "events"}
    assert payload["app"] == {"id": api.sandbox.app_id}
    assert payload["webhook"] == {"id": webhook.id, "version": "v2"}
    [event] = payload["events"]
    assert event["type"] == "conversation:message"
    assert event["payload"]["message"]["id"] == message["id"]
    [delivery] = api.sandbox.deliveries
    assert (delivery.state, delivery.status, delivery.method) == ("delivered", 200, "POST")
    assert delivery.json() == payload
    assert delivery.events[0].id == event["id"]
    assert delivery.conversation_ids == (conversation,)
    [attempt] = delivery.attempts
    assert (attempt.time, attempt.response_body, attempt.error) == (START, b"seen", None)


async def test_the_events_of_one_operation_share_a_payload(api):
    target, _ = await with_target(api, triggers=("conversation:create", "client:add"))
    await api.conversation(await api.user(), subscribe=True)
    await api.sandbox.deliveries.settled()
    [payload] = target.payloads
    assert [each["type"] for each in payload["events"]] == ["conversation:create", "client:add"]


async def test_only_the_triggers_of_a_webhook_and_only_its_app(api):
    api.sandbox.add_app("other", {"app_other": "not-a-secret"})
    target, _ = await with_target(api, triggers=("conversation:create",))
    await api.post(await conversation_of(api), "Hello")
    user = await api.call("POST", "/users", 201, {}, key="app_other", app="other")
    body = {"type": "personal", "participants": [{"userId": user["user"]["id"]}]}
    await api.call("POST", "/conversations", 201, body, key="app_other", app="other")
    await api.sandbox.deliveries.settled()
    assert [event["type"] for each in target.payloads for event in each["events"]] == [
        "conversation:create"
    ]
    with pytest.raises(TypeError, match="list"):
        api.sandbox.add_webhook(URL, "conversation:create")


@pytest.mark.parametrize("full", [False, True], ids=["truncated", "full"])
async def test_full_users_are_opt_in(api, full):
    target, _ = await with_target(api, triggers=("conversation:create",), include_full_user=full)
    await api.conversation(await api.user(profile={"givenName": "Jane"}))
    await api.sandbox.deliveries.settled()
    [payload] = target.payloads
    assert ("profile" in payload["events"][0]["payload"]["user"]) is full


@pytest.mark.parametrize("full", [False, True], ids=["truncated", "full"])
async def test_full_sources_are_opt_in(api, full):
    target, _ = await with_target(api, include_full_source=full)
    api.sandbox.user_says("jane", "Hello")
    await api.sandbox.deliveries.settled()
    [payload] = target.payloads
    assert ("client" in payload["events"][0]["payload"]["message"]["source"]) is full


async def test_saving_a_webhook_probes_the_root_of_its_target(api):
    target = Target()
    api.sandbox.route("https://bot.example", target)
    webhook = api.sandbox.add_webhook(URL)
    await api.sandbox.deliveries.settled()
    [(method, path, headers, body)] = target.requests
    assert (method, path, body) == ("HEAD", "/", b"")
    assert "x-api-key" not in headers
    [delivery] = api.sandbox.deliveries
    assert (delivery.method, delivery.url, delivery.webhook_id) == (
        "HEAD",
        "https://bot.example/",
        webhook.id,
    )
    assert (delivery.events, delivery.json(), delivery.state) == ((), None, "delivered")
    with pytest.raises(KeyError):
        api.sandbox.deliveries.redeliver(delivery)


async def test_a_failed_probe_is_not_repeated(api):
    api.sandbox.add_webhook("https://unknown.example/hook")
    await api.sandbox.deliveries.settled()
    [delivery] = api.sandbox.deliveries
    assert (delivery.state, len(delivery.attempts)) == ("failed", 1)


async def test_retries_happen_when_the_clock_is_advanced(api):
    target, _ = await with_target(api, 500, 422, 503, 302)
    await api.post(await conversation_of(api), "Hello")
    deliveries = api.sandbox.deliveries
    for wait, status in [(0, 500), (60, 422), (120, 503), (240, 302), (480, 200)]:
        if wait:
            assert deliveries[0].next_attempt == api.sandbox.clock() + wait
            api.sandbox.clock.advance(wait - 1)
            await deliveries.settled()
            before = len(deliveries[0].attempts)
            api.sandbox.clock.advance(1)
            await deliveries.settled()
            assert len(deliveries[0].attempts) == before + 1
        else:
            await deliveries.settled()
        assert deliveries[0].status == status
    [delivery] = deliveries
    assert delivery.state == "delivered"
    assert [attempt.time - START for attempt in delivery.attempts] == [0, 60, 180, 420, 900]
    bodies = {body for method, _, _, body in target.requests if method == "POST"}
    assert len(bodies) == 1  # with the same ids of events


async def test_after_five_attempts_a_delivery_has_failed(api):
    target, _ = await with_target(api, *[500] * 9)
    await api.post(await conversation_of(api), "Hello")
    await api.sandbox.deliveries.settled()
    api.sandbox.clock.advance(900)  # all that are due, one after the other
    await api.sandbox.deliveries.settled()
    [delivery] = api.sandbox.deliveries
    assert (delivery.state, len(delivery.attempts), delivery.next_attempt) == ("failed", 5, None)
    api.sandbox.clock.advance(10_000)
    await api.sandbox.deliveries.settled()
    assert len(target.payloads) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406])
async def test_a_status_that_is_not_retried(api, status):
    target, _ = await with_target(api, status)
    await api.post(await conversation_of(api), "Hello")
    await api.sandbox.deliveries.settled()
    api.sandbox.clock.advance(900)
    await api.sandbox.deliveries.settled()
    assert api.sandbox.deliveries[0].state == "refused"
    assert len(target.payloads) == 1


async def test_a_target_has_20_seconds(api):
    target, _ = await with_target(api, Target.hang)
    await api.post(await conversation_of(api), "Hello")
    await anyio.wait_all_tasks_blocked()
    api.sandbox.clock.advance(19.5)
    await anyio.wait_all_tasks_blocked()
    assert (target.hanging, api.sandbox.deliveries[0].state) == (1, "sending")
    api.sandbox.clock.advance(0.5)
    await api.sandbox.deliveries.settled()
    [delivery] = api.sandbox.deliveries
    assert delivery.state == "retrying"
    assert "20 s" in delivery.attempts[0].error
    assert target.hanging == 0
    api.sandbox.clock.advance(60)
    await api.sandbox.deliveries.settled()
    assert api.sandbox.deliveries[0].state == "delivered"


async def test_the_time_out_can_be_set(api):
    await with_target(api, Target.hang)
    api.sandbox.deliveries.timeout = 1
    await api.post(await conversation_of(api), "Hello")
    await anyio.wait_all_tasks_blocked()
    api.sandbox.clock.advance(1)
    await api.sandbox.deliveries.settled()
    assert api.sandbox.deliveries[0].state == "retrying"
    with pytest.raises(ValueError, match="timeout"):
        api.sandbox.deliveries.timeout = 0


@pytest.mark.parametrize("failure", [RuntimeError, httpx.ConnectError, Target.drop])
async def test_an_application_that_fails_is_a_500(api, failure, caplog):
    await with_target(api, failure)
    await api.post(await conversation_of(api), "Hello")
    await api.sandbox.deliveries.settled()
    [delivery] = api.sandbox.deliveries
    assert (delivery.status, delivery.state) == (500, "retrying")
    assert ("the target fails" in caplog.text) is (failure != Target.drop)


async def test_a_target_that_is_neither_loopback_nor_a_route_is_never_called(api):
    api.sandbox.add_webhook("https://bot.example/hook", ["conversation:message"])
    await api.post(await conversation_of(api), "Hello")
    await api.sandbox.deliveries.settled()
    delivery = api.sandbox.deliveries[-1]
    assert (delivery.state, len(delivery.attempts)) == ("failed", 1)
    assert "sandbox.route('https://bot.example', app)" in delivery.attempts[0].error


async def test_the_longest_route_gets_a_delivery_and_its_mount_point(api):
    outer, inner, paths = Target(), Target(), []

    async def mounted(scope, receive, send):
        paths.append((scope["root_path"], scope["path"]))
        await inner(scope, receive, send)

    api.sandbox.route("https://bot.example/hooks/", mounted)
    api.sandbox.route("https://bot.example/", outer)
    for path in ("hooks/a", "hooksa", "other"):
        api.sandbox.add_webhook(f"https://bot.example/{path}", ["conversation:message"])
    await api.post(await conversation_of(api), "Hello")
    await api.sandbox.deliveries.settled()
    assert [each[1] for each in inner.requests] == ["/hooks/a"]
    assert sorted(each[1] for each in outer.requests if each[0] == "POST") == ["/hooksa", "/other"]
    assert paths == [("/hooks", "/hooks/a")]


@pytest.mark.parametrize("url", ["bot.example", "ftp://bot.example", "https://", "https://a/?b=1"])
async def test_a_route_is_an_http_url(api, url):
    with pytest.raises(ValueError, match="route takes"):
        api.sandbox.route(url, Target())


async def test_deliveries_of_a_webhook_come_in_order_and_a_retry_holds_nothing_up(api):
    target, _ = await with_target(api, 200, 500)
    conversation = await conversation_of(api)
    for number in range(5):
        await api.post(conversation, str(number))
    await api.sandbox.deliveries.settled()
    assert target.texts == ["0", "1", "2", "3", "4"]
    api.sandbox.clock.advance(60)
    await api.sandbox.deliveries.settled()
    assert target.texts == ["0", "1", "2", "3", "4", "1"]


async def test_concurrent_deliveries_do_not_wait_for_each_other(api):
    await with_target(api, Target.hang)
    conversation = await conversation_of(api)
    await api.post(conversation, "0")
    await api.post(conversation, "1")
    await anyio.wait_all_tasks_blocked()
    assert [each.state for each in api.sandbox.deliveries] == ["sending", "queued"]
    api.sandbox.deliveries.concurrency = 2
    await anyio.wait_all_tasks_blocked()
    assert [each.state for each in api.sandbox.deliveries] == ["sending", "delivered"]
    with pytest.raises(ValueError, match="concurrency"):
        api.sandbox.deliveries.concurrency = 0


async def test_repeats_carry_the_same_events(api):
    target, _ = await with_target(api)
    api.sandbox.deliveries.repeat(times=2)
    await api.post(await conversation_of(api), "Hello")
    await api.sandbox.deliveries.settled()
    ids = [event["id"] for payload in target.payloads for event in payload["events"]]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert [each.repeat_of for each in api.sandbox.deliveries] == [
        None,
        *[api.sandbox.deliveries[0].number] * 2,
    ]
    api.sandbox.deliveries.repeat(0)
    api.sandbox.deliveries.redeliver(api.sandbox.deliveries[0])
    await api.sandbox.deliveries.settled()
    assert len(target.payloads) == 4
    with pytest.raises(ValueError, match="share"):
        api.sandbox.deliveries.repeat(1.5)
    with pytest.raises(ValueError, match="times"):
        api.sandbox.deliveries.repeat(times=0)


async def run_reordered(seed):
    async with sandbox_api(clock=Clock(START)) as api, api.sandbox:
        target, _ = await with_target(api)
        api.sandbox.deliveries.reorder(0.5, within=10, seed=seed)
        conversation = await conversation_of(api)
        for number in range(20):
            await api.post(conversation, str(number))
        for _ in range(100):
            await api.sandbox.deliveries.settled()
            api.sandbox.clock.advance(0.1)
        assert api.sandbox.deliveries.outstanding == 0
        return target.texts


async def test_a_seed_decides_the_order():
    first, again, other = [await run_reordered(seed) for seed in (1, 1, 2)]
    assert first == again != other
    assert sorted(first, key=int) == [str(number) for number in range(20)]
    assert first != sorted(first, key=int)


async def test_waiting_events_can_be_combined(api):
    target, _ = await with_target(api, Target.hang)
    api.sandbox.deliveries.combine(3)
    conversation = await conversation_of(api)
    for number in range(6):
        await api.post(conversation, str(number))
        await anyio.wait_all_tasks_blocked()
    api.sandbox.clock.advance(20)
    await api.sandbox.deliveries.settled()
    assert [len(each.events) for each in api.sandbox.deliveries] == [1, 3, 2]
    assert target.texts == ["0", "1", "2", "3", "4", "5"]


async def test_a_removed_webhook_gets_nothing_more(api):
    from sunco_async.sandbox._state.webhook_changes import remove_webhook

    target, webhook = await with_target(api, 500, Target.hang)
    conversation = await conversation_of(api)
    for number in range(3):
        await api.post(conversation, str(number))
    await anyio.wait_all_tasks_blocked()
    assert [each.state for each in api.sandbox.deliveries] == ["retrying", "sending", "queued"]
    with api.sandbox._state.lock:
        app = api.sandbox._state.app(api.sandbox.app_id)
        remove_webhook(app, app.data.webhooks[webhook.id])
    api.sandbox.clock.advance(900)
    await api.sandbox.deliveries.settled()
    states = [each.state for each in api.sandbox.deliveries]
    assert states[0] == states[2] == "cancelled"
    api.sandbox.clock.advance(900)
    await api.sandbox.deliveries.settled()
    assert api.sandbox.deliveries.outstanding == 0
    assert len(target.payloads) == 2


async def test_deliveries_wait_for_the_sandbox_to_run():
    async with sandbox_api(clock=Clock(START)) as api:
        target = Target()
        api.sandbox.route("https://bot.example", target)
        api.sandbox.add_webhook(URL, ["conversation:message"])
        await api.post(await conversation_of(api), "Hello")
        assert api.sandbox.deliveries.outstanding == 2
        with pytest.raises(RuntimeError, match="async with sandbox"):
            await api.sandbox.deliveries.settled()
        async with api.sandbox as entered:
            assert entered is api.sandbox
            await api.sandbox.deliveries.settled()
        assert len(target.requests) == 2
        await api.sandbox.deliveries.settled()


async def test_what_is_under_way_when_the_sandbox_stops_is_sent_when_it_runs_again():
    async with sandbox_api(clock=Clock(START)) as api:
        async with api.sandbox:
            target, _ = await with_target(api, 500, Target.hang)
            conversation = await conversation_of(api)
            for number in range(3):
                await api.post(conversation, str(number))
            await anyio.wait_all_tasks_blocked()
            assert target.hanging == 1
        assert target.hanging == 0
        assert [each.state for each in api.sandbox.deliveries] == ["retrying", "queued", "queued"]
        async with api.sandbox:
            await api.sandbox.deliveries.settled()
            assert target.texts == ["0", "1", "1", "2"]
            api.sandbox.clock.advance(60)
            await api.sandbox.deliveries.settled()
        assert target.texts == ["0", "1", "1", "2", "0"]
        assert {each.state for each in api.sandbox.deliveries} == {"delivered"}
        assert len(asyncio.all_tasks()) == 1


async def test_a_nested_run_takes_over():
    async with sandbox_api(clock=Clock(START)) as api:
        outer, inner = api.sandbox._running(), api.sandbox._running()
        await outer.__aenter__()
        await inner.__aenter__()
        target, _ = await with_target(api, Target.hang)
        await api.post(await conversation_of(api), "Hello")
        await anyio.wait_all_tasks_blocked()
        await outer.__aexit__(None, None, None)
        await api.sandbox.deliveries.settled()
        assert target.texts == ["Hello", "Hello"]
        await inner.__aexit__(None, None, None)


async def test_settled_names_what_has_not_ended(api):
    await with_target(api, Target.hang)
    await api.post(await conversation_of(api), "Hello")
    with pytest.raises(TimeoutError, match=r"1 deliveries have not ended: \d+ to https.* sending"):
        await api.sandbox.deliveries.settled(timeout=0.01)


async def test_the_queue_is_bounded(api, monkeypatch, caplog):
    monkeypatch.setattr("sunco_async.sandbox._delivery.outbox.MAX_OUTSTANDING", 2)
    target, _ = await with_target(api, Target.hang)
    conversation = await conversation_of(api)
    with caplog.at_level(logging.WARNING):
        for number in range(4):
            await api.post(conversation, str(number))
    await anyio.wait_all_tasks_blocked()
    assert [each.state for each in api.sandbox.deliveries] == [
        "sending",
        "queued",
        "dropped",
        "dropped",
    ]
    assert caplog.text.count("more are dropped") == 1
    api.sandbox.clock.advance(20)
    await api.sandbox.deliveries.settled()
    await api.post(conversation, "4")
    await api.sandbox.deliveries.settled()
    assert target.texts == ["0", "1", "4"]


async def test_the_record_is_bounded():
    async with sandbox_api(clock=Clock(START), keep_deliveries=2) as api, api.sandbox:
        target, _ = await with_target(api)
        conversation = await conversation_of(api)
        for number in range(5):
            await api.post(conversation, str(number))
        await api.sandbox.deliveries.settled()
        assert len(target.payloads) == 5
        assert len(api.sandbox.deliveries) == 2
        assert [each.number for each in api.sandbox.deliveries[-2:]] == [4, 5]
        assert "outstanding=0" in repr(api.sandbox.deliveries)


async def test_revisions_tell_what_has_changed(api):
    await with_target(api, 500)
    conversation = await conversation_of(api)
    await api.post(conversation, "0")
    await api.post(conversation, "1")
    await api.sandbox.deliveries.settled()
    before = api.sandbox.deliveries.revision
    api.sandbox.clock.advance(60)
    await api.sandbox.deliveries.settled()
    changed = [each for each in api.sandbox.deliveries if each.revision > before]
    assert [each.state for each in changed] == ["delivered"]


async def test_an_app_that_is_deleted_gets_nothing_more():
    keys = {"act_test": "not-a-secret"}
    async with sandbox_api(clock=Clock(START), keys=keys) as api, api.sandbox:
        await with_target(api, 500)
        await api.post(await conversation_of(api), "Hello")
        await api.sandbox.deliveries.settled()
        await api.call("DELETE", "")
        api.sandbox.clock.advance(60)
        await api.sandbox.deliveries.settled()
        assert [each.state for each in api.sandbox.deliveries] == ["cancelled"]


@pytest.mark.parametrize("time_scale", [-1, float("inf"), float("nan")])
def test_a_time_scale_is_finite(time_scale):
    with pytest.raises(ValueError, match="time_scale"):
        Sandbox(time_scale=time_scale)


async def test_an_app_has_ten_webhooks_at_most(api):
    for number in range(10):
        api.sandbox.add_webhook(f"http://localhost:1/{number}", [])
    with pytest.raises(ValueError, match="10 webhooks"):
        api.sandbox.add_webhook("http://localhost:1/")
    with pytest.raises(KeyError):
        api.sandbox.add_webhook("http://localhost:1/", app_id="unknown")


def test_secrets_are_not_shown():
    webhook = Sandbox().add_webhook("http://localhost:1/", secret="not-a-secret")
    assert "not-a-secret" not in repr(webhook)
