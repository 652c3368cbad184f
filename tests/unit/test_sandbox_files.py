"""Saving and loading a sandbox."""

import json
import stat

import pytest
from sandbox_api import sandbox_api
from switchboard_setup import Board

from sunco_async.sandbox import Sandbox

KEYS = {"app_test": "not-a-secret", "act_test": "not-a-secret"}


async def filled(api):
    """Make some of everything; return paths to look at."""
    jane = await api.user(
        externalId="jane", brandId="1", metadata={"a": 0.5}, profile={"locale": "fr"}
    )
    joe = await api.user(externalId="joe")
    own = await api.conversation(jane, subscribe=True)
    group = await api.conversation(jane, joe, type="sdkGroup", subscribe=True)
    for text in ("one", "two", "three", "four"):
        [message] = await api.post(own, text, metadata={"key": text, "ü": 1.5})
    await api.post(group, "\N{GRINNING FACE}", author={"type": "user", "userId": joe})
    await api.call("DELETE", f"/conversations/{own}/messages/{message['id']}")
    read = {"author": {"type": "user", "userId": joe}, "type": "conversation:read"}
    await api.call("POST", f"/conversations/{group}/activity", 200, read)
    api.sandbox.link_zendesk_user(joe, "7", email="joe@example.org")
    await api.call("POST", "/users/7/sync", 200)
    await api.call("POST", "/keys", 201, {"displayName": "K"}, key="act_test")
    api.sandbox.add_template("hello", {"type": "text", "text": "Hello", "actions": []})
    api.sandbox.add_device(jane, "ios", info={"os": "iOS"})
    board = await Board.create(api)
    bot = await board.add("bot", messageHistoryCount=5, deliverStandbyEvents=False)
    await board.enable(bot)
    handed = await api.conversation(jane)
    made = await api.call("POST", "/integrations", 201, {"type": "web", "brandColor": "fff"})
    web = made["integration"]["id"]
    api.sandbox.add_app("other", {"app_other": "not-a-secret"})
    await api.call("POST", "/users", 201, {"externalId": "jane"}, key="app_other", app="other")
    return [
        f"/users/{jane}",
        "/users/jane?brandId=1",
        "/users/joe",
        "/users?filter[identities.email]=joe@example.org",
        f"/conversations?filter[userId]={jane}",
        f"/conversations/{own}/participants",
        f"/conversations/{group}/participants",
        f"/conversations/{own}/messages",
        # A cursor at a message that was removed before the file was written.
        f"/conversations/{own}/messages?page[before]={message['id']}",
        f"/conversations/{group}/messages",
        f"/conversations/{handed}",
        "/switchboards",
        board.members,
        f"/integrations/{web}",
        f"/integrations/{bot['integrationId']}",
    ]


async def test_a_loaded_sandbox_is_the_one_that_was_saved(tmp_path):
    file = tmp_path / "state.json"
    async with sandbox_api(keys=KEYS, bearer_tokens=["opaque"], message_limit=4, seed=1) as api:
        paths = await filled(api)
        before = [await api.call("GET", path) for path in paths]
        keys = await api.call("GET", "/keys", key="act_test")
        api.sandbox.save(file)
        was = api.sandbox
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    loaded = Sandbox.load(file, seed=1)
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == file.read_bytes()
    assert (loaded.app_id, loaded.key_id, loaded.secret) == (was.app_id, was.key_id, was.secret)
    sizes, old = loaded.statistics(), was.statistics()
    assert (sizes.users, sizes.conversations, sizes.messages) == (
        old.users,
        old.conversations,
        old.messages,
    )
    async with sandbox_api() as api:
        api.sandbox = loaded
        api.http._transport.app = loaded
        assert [await api.call("GET", path) for path in paths] == before
        assert await api.call("GET", "/keys", key="act_test") == keys
        assert await api.call("GET", "/users/jane", key="app_other", app="other")
        # New ids come after the old ones, and the limit still holds.
        known = {user for app in loaded._state.apps.values() for user in app.users}
        assert await api.user() > max(known)
        own = paths[5].split("/")[2]
        await api.post(own, "room for one")
        await api.post(own, "and no more", 423)
        again = tmp_path / "again.json"
        loaded.save(again)
    assert json.loads(again.read_text("utf-8"))["message_limit"] == 4


def test_the_file_is_json_that_can_be_read(tmp_path):
    file = tmp_path / "state.json"
    Sandbox(keys=KEYS).save(file)
    data = json.loads(file.read_text("utf-8"))
    assert data["version"] == 1
    assert [key["id"] for key in data["keys"]] == ["app_test", "act_test"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a saved sandbox"),
        (b"{}", "is not a saved sandbox"),
        (b"[]", "is not a saved sandbox"),
        (b"\xff\xfe", "is not a saved sandbox"),
        (b'{"version": 2}', "version 2"),
        (b'{"version": 1}', "is not a saved sandbox"),
        (b'{"version": 1, "last_id": "0", "keys": [], "tokens": [], "apps": []}', "it has no app"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, content, message):
    file = tmp_path / "state.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        Sandbox.load(file)


async def test_messages_out_of_order_are_refused(tmp_path):
    file = tmp_path / "state.json"
    async with sandbox_api() as api:
        conversation = await api.conversation(await api.user())
        for text in ("one", "two"):
            await api.post(conversation, text)
        api.sandbox.save(file)
    data = json.loads(file.read_text("utf-8"))
    data["apps"][0]["conversations"][conversation]["messages"]["messages"].reverse()
    file.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ValueError, match="order of their ids"):
        Sandbox.load(file)


async def conversation_file(tmp_path):
    """Save a conversation of two messages; return the file, its data, and the list in the data."""
    file = tmp_path / "state.json"
    async with sandbox_api() as api:
        conversation = await api.conversation(await api.user())
        for text in ("one", "two"):
            await api.post(conversation, text)
        api.sandbox.save(file)
    data = json.loads(file.read_text("utf-8"))
    return file, data, data["apps"][0]["conversations"][conversation]["messages"]["messages"]


async def test_a_file_can_be_edited_by_hand(tmp_path):
    file, data, messages = await conversation_file(tmp_path)
    messages[0] = dict(reversed(messages[0].items()))
    messages[1]["content"]["text"] = "\N{GRINNING FACE}"
    file.write_text(json.dumps(data, indent=2), "utf-8")
    async with sandbox_api() as api:
        api.sandbox = api.http._transport.app = Sandbox.load(file)
        [app] = api.sandbox._state.apps.values()
        [conversation] = app.conversations
        page = await api.call("GET", f"/conversations/{conversation}/messages")
    assert page["messages"] == messages


@pytest.mark.parametrize("change", [{"id": "x"}, {"id": None}, {"id": 1}])
async def test_a_message_without_an_id_is_refused(tmp_path, change):
    file, data, messages = await conversation_file(tmp_path)
    messages[1] |= change
    file.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ValueError, match="id of a record"):
        Sandbox.load(file)


@pytest.mark.parametrize(
    ("old", "new"), [(b'"text":"two"', b'"text":"\xff"'), (b'"text":"two"', b'"text":two')]
)
async def test_a_broken_text_is_refused(tmp_path, old, new):
    file, _, _ = await conversation_file(tmp_path)
    content = file.read_bytes()
    assert old in content
    file.write_bytes(content.replace(old, new))
    with pytest.raises(ValueError, match="is not a saved sandbox"):
        Sandbox.load(file)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Sandbox.load(tmp_path / "none.json")


def test_a_folder_that_is_not_there_leaves_nothing(tmp_path):
    with pytest.raises(OSError):
        Sandbox().save(tmp_path / "none" / "state.json")
    assert list(tmp_path.iterdir()) == []
