"""Devices, which come from SDKs."""

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import Clock


@pytest.fixture
async def api():
    async with sandbox_api(clock=Clock(frozen_at=1_750_000_000)) as api:
        yield api


async def test_a_device_logs_its_user_in(api):
    jane = await api.user(externalId="jane")
    assert await api.call("GET", "/users/jane/devices") == {"devices": []}
    phone = api.sandbox.add_device(
        "jane",
        "ios",
        guid="g",
        integration_id="i",
        push_notification_token="not-a-secret",
        app_version="1.2",
        info={"os": "iOS"},
    )
    [added] = api.sandbox.events
    assert (added.type, added.payload["reason"]) == ("client:add", "sdkLogin")
    [client] = (await api.call("GET", f"/users/{jane}/clients"))["clients"]
    device = (await api.call("GET", f"/users/{jane}/devices/{phone}"))["device"]
    assert device == {
        "id": phone,
        "type": "ios",
        "guid": "g",
        "clientId": client["id"],
        "status": "active",
        "integrationId": "i",
        "lastSeen": "2025-06-15T15:06:40.000Z",
        "pushNotificationToken": "not-a-secret",
        "info": {"os": "iOS"},
        "appVersion": "1.2",
    }
    api.sandbox.clock.advance(60)
    browser = api.sandbox.add_device("jane")
    devices = (await api.call("GET", "/users/jane/devices"))["devices"]
    assert [each["id"] for each in devices] == [browser, phone]
    assert {each["clientId"] for each in devices} == {client["id"]}
    assert len(api.sandbox.events) == 1


async def test_unknown_devices_users_and_kinds(api):
    jane = await api.user()
    gone = await api.call("GET", f"/users/{jane}/devices/x", 404)
    assert gone["errors"] == [{"code": "device_not_found", "title": "Device not found"}]
    await api.call("GET", "/users/none/devices", 404)
    with pytest.raises(KeyError):
        api.sandbox.add_device("none")
    with pytest.raises(ValueError, match="type must be one of"):
        api.sandbox.add_device(jane, "fridge")


async def test_devices_follow_a_merge(api):
    sue, old = await api.user(), await api.user(externalId="old")
    device = api.sandbox.add_device(old)
    api.sandbox.link_zendesk_user(sue, "7", external_id="old")
    await api.call("POST", "/users/7/sync", 200)
    [found] = (await api.call("GET", f"/users/{sue}/devices"))["devices"]
    assert found["id"] == device
