"""`sunco bulk send` against a sandbox over a real socket."""

import asyncio
import json

import pytest
from channel_bodies import integration_body

from sunco_async import AsyncSunco
from sunco_async.cli import main
from sunco_async.sandbox import RateLimit, Sandbox


@pytest.fixture
def sandbox(monkeypatch):
    sandbox = Sandbox()
    with sandbox.serve_in_thread() as server:
        sandbox.url = server.url
        monkeypatch.setenv("SUNCO_BASE_URL", server.url)
        monkeypatch.setenv("SUNCO_APP_ID", sandbox.app_id)
        monkeypatch.setenv("SUNCO_KEY_ID", sandbox.key_id)
        monkeypatch.setenv("SUNCO_KEY_SECRET", sandbox.secret)
        yield sandbox


async def texts_by_user(*external_ids):
    """Read what each user was sent, oldest first."""
    async with AsyncSunco() as sunco:
        return {
            external_id: [
                message
                async for conversation in sunco.conversations.list(user_external_id=external_id)
                for message in [each async for each in sunco.messages.list(conversation.id)][::-1]
            ]
            for external_id in external_ids
        }


async def new_conversation(external_id):
    async with AsyncSunco() as sunco:
        user = await sunco.users.create(external_id=external_id)
        conversation = await sunco.conversations.create(
            type="personal", participants=[{"userId": user.id}]
        )
        return user.id, conversation.id


def results(path):
    return {line["key"]: line for line in map(json.loads, path.read_text().splitlines())}


def test_a_csv_is_sent_to_users_that_it_creates(sandbox, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text(
        '\ufeffexternal_id,name,order\njane,"Jane ""JJ"" Doe, Jr.",A-1\n'
        'a/b?c,"Two\nlines",A-2\njürgen,Jürgen,A-3\njane,Jane,A-4\n',
        encoding="utf-8",
    )
    output = tmp_path / "results.jsonl"
    arguments = ["bulk", "send", str(file), "--text", "Hi {name}: {order}", "--create-users"]
    arguments += ["--metadata-column", "order", "--metadata-column", "name"]
    arguments += ["--key-column", "order", "--duplicates", "send"]
    assert main([*arguments, "--output", str(output), "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert {name: report[name] for name in ("rows", "sent", "failed", "not_begun")} == {
        "rows": 4,
        "sent": 4,
        "failed": 0,
        "not_begun": 0,
    }
    assert "\nmessages: 4 of 4, 0 failed" in err
    found = asyncio.run(texts_by_user("jane", "a/b?c", "jürgen"))
    assert [message.content.text for message in found["jane"]] == [
        'Hi Jane "JJ" Doe, Jr.: A-1',
        "Hi Jane: A-4",
    ]
    assert found["a/b?c"][0].content.text == "Hi Two\nlines: A-2"
    assert found["jürgen"][0].metadata == {
        "order": "A-3",
        "name": "Jürgen",
        "suncoKey": "A-3",
    }
    lines = results(output)
    assert {key: (line["line"], line["status"]) for key, line in lines.items()} == {
        "A-1": (2, "sent"),
        "A-2": (3, "sent"),
        "A-3": (5, "sent"),
        "A-4": (6, "sent"),
    }
    assert lines["A-4"]["message_id"] == found["jane"][1].id


def test_json_lines_go_to_conversations_with_a_template_per_language(sandbox, tmp_path, capsys):
    _, conversation = asyncio.run(new_conversation("jane"))
    (tmp_path / "en.txt").write_text("Hi {name}, no. {no}\n")
    (tmp_path / "fr.txt").write_text("Salut {name}, n° {no}\n", encoding="utf-8")
    rows = [
        {"conversation_id": conversation, "lang": "fr-CA", "name": "Zoë", "no": 1, "ref": "x"},
        {"conversation_id": "0" * 24, "lang": "en", "name": "Nobody", "no": 2, "ref": "y"},
        {"conversation_id": conversation, "lang": "en", "name": "Zoë", "no": 3, "ref": "z"},
    ]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    output = tmp_path / "results.jsonl"
    arguments = ["bulk", "send", str(file), "--templates", str(tmp_path), "--language-column"]
    arguments += [
        "lang",
        "--key-column",
        "ref",
        "--duplicates",
        "send",
        "--output",
        str(output),
        "--rate-limit",
        "500",
    ]
    assert main(arguments) == 1
    out = capsys.readouterr().out
    assert "sent       2 of 3\nfailed     1\n" in out
    assert "1 failed (first in line 2): 404 conversation_not_found" in out
    found = asyncio.run(texts_by_user("jane"))["jane"]
    assert [message.content.text for message in found] == ["Salut Zoë, n° 1", "Hi Zoë, no. 3"]
    lines = results(output)
    assert lines["y"]["status"] == "failed"
    assert lines["y"]["outcome"] == "rejected"
    assert lines["y"]["error"]["code"] == "conversation_not_found"
    assert lines["z"]["conversation_id"] == conversation


def new_integration(sandbox):
    async def create():
        async with AsyncSunco() as sunco:
            return (await sunco.integrations.create(integration_body("whatsapp"))).id

    return asyncio.run(create())


def test_phone_numbers_get_templates_through_the_notification_api(sandbox, tmp_path, capsys):
    integration = new_integration(sandbox)
    file = tmp_path / "people.csv"
    file.write_text("phone,name,key\n+15145550123,Jane,a\n0015145550124,Joe,b\n")
    template = {
        "type": "template",
        "template": {"name": "hello", "components": [{"text": "{name}"}]},
    }
    (tmp_path / "hello.json").write_text(json.dumps(template))
    arguments = ["bulk", "send", str(file), "--to", "phone", "--integration-id", integration]
    arguments += ["--content-file", str(tmp_path / "hello.json"), "--schema", "whatsapp"]
    output = tmp_path / "results.jsonl"
    assert main([*arguments, "--output", str(output), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sent"] == 2
    lines = results(output)
    assert lines["b"]["to"] == f"{integration}/+15145550124"
    assert lines["a"]["message_id"]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == {"sent": 2}


def test_an_integration_that_does_not_exist_sends_nothing(sandbox, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("phone\n+15145550123\n")
    arguments = ["bulk", "send", str(file), "--to", "phone", "--text", "Hi"]
    assert main([*arguments, "--integration-id", "0" * 24]) == 1
    assert "does not know the integration" in capsys.readouterr().err
    assert sandbox.statistics().requests == 1


def test_json_lines_hold_any_content_with_its_override_and_form(sandbox, tmp_path):
    rows = [
        {
            "external_id": "a",
            "key": "1",
            "content": {"type": "image", "mediaUrl": "https://x/a.png"},
        },
        {
            "external_id": "b",
            "key": "2",
            "content": "Hello",
            "override": {"whatsapp": {"payload": {"type": "text"}}},
        },
    ]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    assert main(["bulk", "send", str(file), "--create-users"]) == 0
    found = asyncio.run(texts_by_user("a", "b"))
    assert found["a"][0].content.media_url == "https://x/a.png"
    assert found["b"][0].content.text == "Hello"
    assert found["a"][0].metadata == {"suncoKey": "1"}


def test_a_text_column_and_the_column_to_send_to_can_be_chosen(sandbox, tmp_path):
    user_id, conversation = asyncio.run(new_conversation("jane"))
    file = tmp_path / "people.csv"
    file.write_text(f"user_id,conversation_id,body\n{user_id},{conversation},Hello!\n")
    arguments = ["bulk", "send", str(file), "--to", "user_id", "--text-column", "body"]
    assert main(arguments) == 0
    [message] = asyncio.run(texts_by_user("jane"))["jane"]
    assert message.content.text == "Hello!"


def test_429s_cost_no_message(sandbox, tmp_path, capsys):
    sandbox.rate_limit = RateLimit(rate=100, burst=5)
    file = tmp_path / "people.csv"
    people = "".join(f"user{number},Name {number}\n" for number in range(30))
    file.write_text(f"external_id,name\n{people}")
    assert main(["bulk", "send", str(file), "--text", "Hi {name}", "--create-users", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["sent"] == 30
    assert report["throttled"] == sandbox.statistics().throttled
    assert sandbox.statistics().messages == 30


def test_a_dry_run_shows_the_first_messages_and_sends_nothing(monkeypatch, tmp_path, capsys):
    for name in ("BASE_URL", "APP_ID", "KEY_ID", "KEY_SECRET"):
        monkeypatch.delenv(f"SUNCO_{name}", raising=False)
    file = tmp_path / "people.csv"
    file.write_text("external_id,name\n" + "".join(f"u{n},N{n}\n" for n in range(9)))
    arguments = ["bulk", "send", str(file), "--text", "Hi {name}", "--dry-run"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out.count("Hi N") == 3
    assert "line 2 to u0:\nHi N0\n" in out
    assert out.endswith(
        "messages    9 to 9 recipients\n"
        "duplicates  0 keys, 0 recipients\n"
        "longest     5 characters, in line 2\n"
        "requests    at most 27\n"
        "time        pass --rate-limit for an estimate: the limit of the account is not known\n"
    )
    assert err == (
        "there is no key column: the key of a message is a digest of its target and content\n"
        "9 rows are valid; nothing was sent\n"
    )
    assert main([*arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == 9
    assert report["first"][0] == {
        "key": "a64657783f95cb20f272a3faf9a1d01a",
        "line": 2,
        "to": "u0",
        "text": "Hi N0",
        "content": None,
        "metadata": {},
    }


def test_a_file_without_rows_sends_nothing(sandbox, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("external_id,name\n")
    assert main(["bulk", "send", str(file), "--text", "Hi {name}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 0
    assert sandbox.statistics().requests == 0


def test_a_full_disk_stops_the_run_and_what_was_sent_is_reported(sandbox, tmp_path, capsys):
    file = tmp_path / "people.csv"
    people = "".join(f"user{number},x\n" for number in range(500))
    file.write_text(f"external_id,name\n{people}")
    arguments = ["bulk", "send", str(file), "--text", "Hi", "--create-users", "--concurrency", "4"]
    assert main([*arguments, "--rate-limit", "5000", "--output", "/dev/full"]) == 1
    out, err = capsys.readouterr()
    assert err.endswith("sunco: /dev/full: No space left on device\n")
    assert f"sent       {sandbox.statistics().messages} of 500" in out
    assert sandbox.statistics().messages < 100


def test_a_file_that_changes_while_it_is_sent_ends_the_run_with_a_sentence(
    sandbox, tmp_path, capsys, monkeypatch
):
    file = tmp_path / "people.csv"
    people = "".join(f"user{number},x\n" for number in range(150))
    file.write_text(f"external_id,name\n{people}")
    from sunco_async.cli import _bulk_send

    check_host = _bulk_send.check_host

    async def check_and_break(sunco, message):
        await check_host(sunco, message)
        with file.open("r+b") as broken:
            broken.seek(0, 2)
            broken.write(b"one,two,three\n")

    monkeypatch.setattr(_bulk_send, "check_host", check_and_break)
    arguments = ["bulk", "send", str(file), "--text", "Hi", "--create-users"]
    assert main([*arguments, "--rate-limit", "5000"]) == 1
    out, err = capsys.readouterr()
    assert err.endswith(f"sunco: {file}:152: 3 fields where the header has 2\n")
    assert f"sent       {sandbox.statistics().messages} of 150" in out
