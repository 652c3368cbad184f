"""Ctrl-C during `sunco bulk send`: the messages under way are finished, and the report is printed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from sunco_async import AsyncSunco
from sunco_async.sandbox import Sandbox

ROWS = 400


@contextmanager
def sending(sandbox, tmp_path, *options, to_conversations=False):
    """Send to a slow sandbox from a process without a terminal, and wait for its first message."""
    with sandbox.serve_in_thread() as server:
        if to_conversations:
            ids = asyncio.run(new_conversations(sandbox, server.url))
            lines = ["conversation_id,key", *(f"{ids[n % 4]},k{n}" for n in range(ROWS))]
        else:
            lines = ["external_id,key", *(f"user{n},k{n}" for n in range(ROWS))]
            options = ("--create-users", *options)
        (tmp_path / "people.csv").write_text("\n".join([*lines, ""]))
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "sunco_async.cli", "bulk", "send", "people.csv"),
                *("--text", "Hi", "--duplicates", "send", "--concurrency", "4", "--json"),
                *("--rate-limit", "1000"),
                *("--output", "results.jsonl", *options),
            ],
            cwd=tmp_path,
            env=os.environ
            | {
                "SUNCO_BASE_URL": server.url,
                "SUNCO_APP_ID": sandbox.app_id,
                "SUNCO_KEY_ID": sandbox.key_id,
                "SUNCO_KEY_SECRET": sandbox.secret,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + 30
            while sandbox.statistics().messages < 5 and time.monotonic() < deadline:
                time.sleep(0.02)
            yield process
        finally:
            process.kill()
            process.communicate()


async def new_conversations(sandbox, url):
    keys = {"app_id": sandbox.app_id, "key_id": sandbox.key_id, "secret": sandbox.secret}
    async with AsyncSunco(base_url=url, **keys) as sunco:
        ids = []
        for number in range(4):
            user = await sunco.users.create(external_id=f"user{number}")
            created = await sunco.conversations.create(
                type="personal", participants=[{"userId": user.id}]
            )
            ids.append(created.id)
        return ids


def written(tmp_path):
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_lets_the_messages_under_way_finish(tmp_path, number):
    sandbox = Sandbox(latency=0.05)
    with sending(sandbox, tmp_path) as process:
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=30)
        messages = sandbox.statistics().messages
    assert process.returncode == 130
    assert "stopping after the messages under way; press Ctrl-C again to cancel them\n" in err
    assert "Traceback" not in err
    report = json.loads(out)
    assert report["interrupted"] is True
    assert report["sent"] == messages
    assert (report["failed"], report["unknown"]) == (0, 0)
    assert 5 <= report["sent"] < ROWS
    assert report["not_begun"] == ROWS - messages
    assert sum(line["status"] == "sent" for line in written(tmp_path)) == messages


@pytest.mark.parametrize("ledger", [(), ("--no-ledger",)], ids=["ledger", "none"])
def test_the_second_cancels_and_the_messages_under_way_are_unknown(tmp_path, ledger):
    sandbox = Sandbox(latency=0.2)
    with sending(sandbox, tmp_path, *ledger, to_conversations=True) as process:
        sandbox.latency = 3
        time.sleep(0.5)  # the calls under way are now those that take 3 s
        began = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        line = process.stderr.readline()
        while line and not line.startswith("stopping after"):
            line = process.stderr.readline()
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
        seconds = time.monotonic() - began
        messages = sandbox.statistics().messages
    assert process.returncode == 130
    assert seconds < 2.5
    assert "Traceback" not in err
    report = json.loads(out)
    assert report["interrupted"] is True
    assert report["unknown"] == report["failed"] > 0
    # A message that the sandbox has and whose response never came is among the unknown ones.
    assert report["sent"] <= messages <= report["sent"] + report["unknown"]
    statuses = [(line["status"], line["outcome"]) for line in written(tmp_path)]
    assert statuses.count(("failed", "unknown")) == report["unknown"]
    assert len({line["key"] for line in written(tmp_path)}) == len(statuses)
