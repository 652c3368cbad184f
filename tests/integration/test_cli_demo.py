"""`sunco demo`: everything arrives once, and the counts come from the conversations."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from sunco_async import AsyncSunco
from sunco_async.cli import main
from sunco_async.cli._demo import run_campaign
from sunco_async.cli._demo_campaign import (
    campaign_folder,
    count_arrivals,
    open_conversations,
    read_messages,
)
from sunco_async.sandbox import RateLimit, Sandbox


def test_everything_arrives_once_at_a_limit_the_client_does_not_know(capsys):
    assert main(["demo", "--recipients", "25", "--rate-limit", "100", "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (report["recipients"], report["delivered"]) == (25, 25)
    assert (report["duplicates"], report["stray"], report["problems"]) == (0, 0, [])
    assert report["throttled"]["server"] == report["throttled"]["client"]
    assert set(report["seconds"]) == {"conversations", "messages", "reading back"}
    assert "reading back: 25 of 25" in err


def test_the_report_can_be_read(capsys):
    assert main(["demo", "--recipients", "5"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("delivered   5 of 5\nduplicates  0\n429s        0\nrate        ")
    assert "of the server's 300/s" in out


def test_a_demo_that_lost_a_message_reports_it(capsys, monkeypatch):
    from sunco_async.cli import _demo

    async def run_badly(sunco, messages, run):
        report = await run_campaign(sunco, messages[1:], run)
        object.__setattr__(report, "recipients", len(messages))
        return report

    monkeypatch.setattr(_demo, "run_campaign", run_badly)
    assert main(["demo", "--recipients", "5"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("delivered   4 of 5\n")
    assert err.endswith("sunco: not every message has arrived exactly once\n")


async def test_a_second_run_against_the_same_server_works():
    sandbox = Sandbox(rate_limit=RateLimit(rate=500))
    async with (
        sandbox.serve() as server,
        AsyncSunco(
            base_url=server.url,
            app_id=sandbox.app_id,
            key_id=sandbox.key_id,
            secret=sandbox.secret,
        ) as sunco,
    ):
        for run in ("first", "second"):
            messages = read_messages(campaign_folder(), recipients=6, seed=1, run=run)
            report = await run_campaign(sunco, messages, run)
            assert report.is_complete(), report
        statistics = sandbox.statistics()
        assert (statistics.users, statistics.conversations, statistics.messages) == (6, 6, 12)


async def test_duplicate_missing_and_stray_messages_are_counted():
    sandbox = Sandbox()
    async with (
        sandbox.serve() as server,
        AsyncSunco(
            base_url=server.url,
            app_id=sandbox.app_id,
            key_id=sandbox.key_id,
            secret=sandbox.secret,
        ) as sunco,
    ):
        messages = read_messages(campaign_folder(), recipients=3, seed=1, run="r")
        once, double, missing = await open_conversations(
            sunco, messages, concurrency=1, done=lambda: None
        )

        async def post(row_message, conversation, text=None):
            message = row_message.message
            await sunco.messages.post(
                conversation.message.conversation_id,
                text or message.content,
                metadata=message.metadata,
            )

        await post(once, once)
        await post(double, double)
        await post(double, double)
        await post(missing, once)
        await post(missing, missing, "another text")
        await sunco.messages.post(missing.message.conversation_id, "A message of someone else")
        arrivals = await count_arrivals(
            sunco, [once, double, missing], run="r", concurrency=2, done=lambda: None
        )
    assert (arrivals.delivered, arrivals.duplicates, arrivals.stray) == (2, 1, 2)


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_a_bar(no_color):
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sunco_async.cli", "demo", "--recipients", "5"],
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "120", "NO_COLOR": no_color},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := _read(ours):
            shown += chunk
        out, _ = process.communicate(timeout=30)
    finally:
        os.close(ours)
        process.kill()
        process.wait()
    assert (process.returncode, out.splitlines()[0]) == (0, "delivered   5 of 5")
    text = shown.decode()
    for phase in ("conversations", "messages", "reading back"):
        assert re.search(rf"{phase} .*━━━.* 5 of 5, 0 failed, 429s 0, .*done", text)
    assert bool(re.search(r"\x1b\[[0-9;]*38;", text)) is not bool(no_color)


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def test_ctrl_c_ends_it_with_a_sentence():
    process = subprocess.Popen(
        [sys.executable, "-m", "sunco_async.cli", "demo", "--rate-limit", "20"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr.readline().startswith("a sandbox listens on")
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out) == (130, "")
    assert err.endswith("sunco: interrupted during conversations\n")
    assert "Traceback" not in err
