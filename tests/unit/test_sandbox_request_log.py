"""What a sandbox tells of the requests and events that it has seen."""

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import RateLimit, Sandbox


async def test_a_request_is_kept_with_its_response():
    async with sandbox_api(clock=lambda: 5.0) as api:
        user = await api.user(externalId="jane")
        await api.call("GET", "/users/a%2Fb?brandId=1", 404)
        await api.http.get("/nowhere")
        await api.call("GET", "/keys", 403)
        created, missing, nowhere, refused = api.sandbox.requests
    base = f"/v2/apps/{api.sandbox.app_id}"
    assert (created.number, created.time, created.method) == (0, 5.0, "POST")
    assert (created.path, created.operation) == (f"{base}/users", "users.create")
    assert (created.caller, created.status) == ("app_sandbox", 201)
    assert created.json() == {"externalId": "jane"}
    assert created.response_json()["user"]["id"] == user
    assert (missing.path, missing.json()) == (f"{base}/users/a%2Fb?brandId=1", None)
    assert (nowhere.operation, nowhere.caller, nowhere.status) == (None, None, 404)
    assert (refused.operation, refused.status) == ("app_keys.list", 403)


async def test_refused_requests_are_kept():
    async with sandbox_api(rate_limit=RateLimit(0.1, burst=1)) as api:
        url = f"/v2/apps/{api.sandbox.app_id}/users"
        await api.http.post(url, json={})
        await api.user()
        await api.call("POST", "/users", 429, {})
        assert [(each.caller, each.status) for each in api.sandbox.requests] == [
            (None, 401),
            ("app_sandbox", 201),
            ("app_sandbox", 429),
        ]


async def test_the_newest_are_kept_as_far_as_they_are_wanted():
    async with sandbox_api(keep_requests=2, keep_events=1) as api:
        conversation = await api.conversation(await api.user())
        await api.post(conversation, "Hello")
        assert [each.number for each in api.sandbox.requests] == [1, 2]
        assert [each.type for each in api.sandbox.events] == ["conversation:message"]
        api.sandbox.clear_records()
        assert api.sandbox.requests == api.sandbox.events == []
        assert api.sandbox.statistics().requests == 3


async def test_nothing_is_kept_where_nothing_is_wanted(monkeypatch):
    async with sandbox_api(keep_requests=0, keep_events=0) as api:
        conversation = await api.conversation(await api.user())
        # What none wants is not built.
        monkeypatch.setattr("sunco_async.sandbox._events.bus.PAYLOADS", {})
        await api.post(conversation, "Hello")
        assert api.sandbox.requests == api.sandbox.events == []


@pytest.mark.parametrize("setting", ["keep_requests", "keep_events"])
def test_a_negative_number_is_refused(setting):
    with pytest.raises(ValueError, match=setting):
        Sandbox(**{setting: -1})
