"""`sunco bulk` with a ledger: continue, status, retry, export, purge."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from sunco_async.cli import main
from sunco_async.sandbox import Sandbox

SETTINGS = ("BASE_URL", "APP_ID", "KEY_ID", "KEY_SECRET")


@pytest.fixture
def sandbox(monkeypatch, tmp_path):
    sandbox = Sandbox()
    with sandbox.serve_in_thread() as server:
        sandbox.url = server.url
        values = (server.url, sandbox.app_id, sandbox.key_id, sandbox.secret)
        for name, value in zip(SETTINGS, values, strict=True):
            monkeypatch.setenv(f"SUNCO_{name}", value)
        monkeypatch.chdir(tmp_path)
        yield sandbox


def people(path, count, bad=()):
    """Write a file whose recipients in `bad` do not exist."""
    lines = [f"{'missing' if n in bad else 'user'}{n},Name {n},k{n}" for n in range(count)]
    path.write_text("\n".join(["external_id,name,key", *lines, ""]))


def bulk(capsys, *arguments):
    code = main(["bulk", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def results(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


SEND = ("send", "people.csv", "--text", "Hi {name}", "--create-users")


def test_a_second_run_sends_nothing_twice_and_the_rest_of_a_longer_file(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 5)
    code, _, err = bulk(capsys, *SEND)
    assert code == 0
    assert "people.csv.ledger: run the same command again to continue\n" in err
    assert oct((tmp_path / "people.csv.ledger").stat().st_mode)[-3:] == "600"
    requests = sandbox.statistics().requests
    people(tmp_path / "people.csv", 8)
    code, out, err = bulk(capsys, *SEND, "--json")
    assert code == 0
    assert "people.csv.ledger: 5 of 8 messages are sent\n" in err
    report = json.loads(out)
    assert (report["sent"], report["known"], report["not_begun"]) == (3, {"sent": 5}, 0)
    assert report["ledger"] == {
        "total": 8,
        "sent": 8,
        "failed": 0,
        "uncertain": 0,
        "sending": 0,
        "not_begun": 0,
    }
    assert sandbox.statistics().messages == 8
    # One request for the check of the host; each new user is user, conversation and message.
    assert sandbox.statistics().requests == requests + 1 + 3 * 3


def test_a_run_that_was_killed_is_continued(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 150)
    sandbox.latency = 0.05
    command = [sys.executable, "-m", "sunco_async.cli", "bulk", *SEND, "--concurrency", "5"]
    options = ["--ledger", "c.db", "--timeout", "1", "--rate-limit", "1000"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL, env=os.environ)
    deadline = time.monotonic() + 60
    while sandbox.statistics().messages < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 20 <= sandbox.statistics().messages < 150
    sandbox.latency = 0
    code, out, _ = bulk(capsys, *SEND, *options, "--output", "r.jsonl", "--json")
    assert code == 0
    report = json.loads(out)
    assert report["ledger"]["sent"] == report["rows"] == 150
    assert report["sent"] + sum(report["known"].values()) == 150
    assert sandbox.statistics().messages == 150
    assert {each["status"] for each in results(tmp_path / "r.jsonl")} == {"sent"}


def test_failed_messages_are_reported_exported_mended_and_retried(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 6, bad=(2, 4))
    bulk(capsys, "send", "people.csv", "--text", "Hi", "--create-users", "--dry-run")
    for n in (0, 1, 3, 5):
        sandbox_user(sandbox, f"user{n}")
    code, out, _ = bulk(capsys, *SEND[:-1], "--ledger", "c.db")
    assert code == 1
    assert "failed     2\n" in out
    code, out, _ = bulk(capsys, "status", "c.db")
    assert code == 1
    assert "sent       4 of 6\nfailed     2\n" in out
    assert "2 failed (first key k2): " in out
    status = json.loads(bulk(capsys, "status", "c.db", "--json")[1])
    assert (status["sent"], status["failed"], status["running"]) == (4, 2, False)
    [failure] = status["failures"]
    assert (failure["count"], failure["first_key"], failure["state"]) == (2, "k2", "failed")

    code, out, err = bulk(capsys, "export", "c.db", "--state", "failed")
    assert (code, err) == (0, "2 rows were written\n")
    assert list(csv.reader(out.splitlines())) == [
        ["external_id", "name", "key"],
        ["missing2", "Name 2", "k2"],
        ["missing4", "Name 4", "k4"],
    ]
    code, out, _ = bulk(capsys, "export", "c.db", "--state", "failed", "--format", "jsonl")
    assert [json.loads(line)["key"] for line in out.splitlines()] == ["k2", "k4"]
    assert bulk(capsys, "export", "c.db", "--output", "all.csv")[0] == 0
    assert (tmp_path / "all.csv").read_bytes().startswith(b"\xef\xbb\xbfexternal_id,name,key\r\n")
    assert bulk(capsys, "export", "c.db", "--output", "all.csv")[0] == 2

    sandbox_user(sandbox, "missing2")
    code, out, err = bulk(capsys, "retry", "c.db", "--failed", "--json", "--output", "r.jsonl")
    assert code == 1
    assert "retrying 2 failed messages\n" in err
    report = json.loads(out)
    assert (report["rows"], report["sent"], report["failed"]) == (2, 1, 1)
    found = results(tmp_path / "r.jsonl")
    assert {(each["key"], each["to"], each["status"]) for each in found} == {
        ("k2", "missing2", "sent"),
        ("k4", "missing4", "failed"),
    }
    assert bulk(capsys, "retry", "c.db", "--create-users", "--quiet")[0] == 0
    assert bulk(capsys, "status", "c.db")[0] == 0
    assert sandbox.statistics().messages == 6


def sandbox_user(sandbox, external_id):
    import asyncio

    from sunco_async import AsyncSunco

    async def create():
        async with AsyncSunco() as sunco:
            await sunco.users.create(external_id=external_id)

    asyncio.run(create())


def test_a_retry_names_the_messages_whose_content_was_purged(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 3, bad=(1, 2))
    sandbox_user(sandbox, "user0")
    assert bulk(capsys, *SEND[:-1], "--ledger", "c.db")[0] == 1
    assert bulk(capsys, "purge", "c.db")[0] == 0
    code, out, err = bulk(capsys, "retry", "c.db", "--failed", "--json")
    assert code == 1
    assert (json.loads(out)["sent"], json.loads(out)["not_begun"]) == (0, 2)
    assert "content of 2 messages was purged (first key k1)" in err
    assert sandbox.statistics().messages == 1
    sandbox_user(sandbox, "missing1")
    sandbox_user(sandbox, "missing2")
    assert bulk(capsys, *SEND[:-1], "--ledger", "c.db")[0] == 0
    assert sandbox.statistics().messages == 3


def test_a_purge_keeps_the_states(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 3)
    assert bulk(capsys, *SEND, "--ledger", "c.db")[0] == 0
    assert b"Name 1" in (tmp_path / "c.db").read_bytes()
    code, out, _ = bulk(capsys, "purge", "c.db")
    assert (code, out) == (
        0,
        "removed the content of 3 messages; keys and states are kept\n",
    )
    assert b"Name 1" not in (tmp_path / "c.db").read_bytes()
    assert bulk(capsys, "status", "c.db")[0] == 0
    code, out, err = bulk(capsys, "export", "c.db")
    assert (code, out) == (0, "")
    assert "3 keys have no input row" in err
    assert bulk(capsys, *SEND, "--ledger", "c.db")[0] == 0
    assert sandbox.statistics().messages == 3


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("status", "none.db"), 2, "none.db: there is no such ledger"),
        (("retry", "none.db"), 2, "none.db: there is no such ledger"),
        (("export", "none.db"), 2, "none.db: there is no such ledger"),
        (("purge", "none.db"), 2, "none.db: there is no such ledger"),
        (("status", "people.csv"), 2, "people.csv"),
        ((*SEND, "--ledger", "people.csv"), 2, "people.csv"),
        ((*SEND, "--ledger", "a", "--no-ledger"), 2, "contradict each other"),
    ],
)
def test_a_ledger_that_cannot_be_used_is_one_sentence(  # noqa: PLR0917 - fixtures
    sandbox, tmp_path, capsys, arguments, code, text
):
    people(tmp_path / "people.csv", 1)
    before = (tmp_path / "people.csv").read_bytes()
    found, out, err = bulk(capsys, *arguments)
    assert (found, out) == (code, "")
    assert text in err
    assert err.count("\n") == 1
    assert (tmp_path / "people.csv").read_bytes() == before
    assert sandbox.statistics().messages == 0


def test_a_ledger_in_use_is_refused_with_its_own_exit_code(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 1)
    code = (
        "import asyncio, sys; from sunco_async.bulk import SQLiteLedger\n"
        "async def main():\n"
        "    async with SQLiteLedger('c.db'):\n"
        "        print('open', flush=True); sys.stdin.read()\n"
        "asyncio.run(main())"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout.readline() == b"open\n"
        for arguments in ((*SEND, "--ledger", "c.db"), ("retry", "c.db"), ("purge", "c.db")):
            found, _, err = bulk(capsys, *arguments)
            assert found == 3
            assert "c.db" in err
        assert bulk(capsys, "status", "c.db")[0] == 1
    finally:
        other.communicate()


def test_a_changed_text_under_a_known_key_is_not_sent(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 2)
    assert bulk(capsys, *SEND)[0] == 0
    code, out, _ = bulk(capsys, "send", "people.csv", "--text", "Other {name}", "--create-users")
    assert code == 1
    assert "the ledger has the key 'k0' with another recipient or content" in out
    assert sandbox.statistics().messages == 2


def test_without_a_ledger_nothing_is_recorded(sandbox, tmp_path, capsys):
    people(tmp_path / "people.csv", 2)
    assert bulk(capsys, *SEND, "--no-ledger", "--quiet")[0] == 0
    assert [each.name for each in tmp_path.iterdir()] == ["people.csv"]


def test_many_messages_to_a_real_host_need_a_confirmation(tmp_path, capsys, monkeypatch):
    from sunco_async import AsyncSunco
    from sunco_async.cli._confirm import confirm, is_local
    from sunco_async.cli._errors import CommandError, UsageError

    real = AsyncSunco(subdomain="acme", app_id="a", key_id="app_x", secret="not-a-secret")
    confirm(real, 1000, yes=False)
    confirm(real, 5000, yes=True)
    with pytest.raises(UsageError, match="pass --yes to send 1,001 messages to https://acme"):
        confirm(real, 1001, yes=False)
    for answer, sent in (
        ("y\n", True),
        ("YES\n", True),
        ("n\n", False),
        ("\n", False),
        ("", False),
    ):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        if sent:
            confirm(real, 1001, yes=False)
        else:
            with pytest.raises(CommandError, match="nothing was sent"):
                confirm(real, 1001, yes=False)
        assert capsys.readouterr().err.startswith("Send 1,001 messages to https://acme.zendesk.com")
    local = ("http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "http://a.localhost")
    assert all(map(is_local, local))
    assert not any(
        map(is_local, ("https://acme.zendesk.com", "http://10.0.0.1", "http://localhost.com"))
    )


class Terminal:
    def __init__(self, line):
        self.line = line

    def isatty(self):
        return True

    def readline(self):
        return self.line
