"""The progress line, and when a run gives up on a host."""

import asyncio

import httpx
import pytest
import virtual_time
from fakes import POSTED, client, error

from sunco_async.bulk import Outgoing
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.cli._progress import Progress, ProgressLine, show_progress
from sunco_async.cli._send_options import RunOptions
from sunco_async.cli._send_run import SendRun


def test_the_line_has_counts_rate_and_time_left():
    line = ProgressLine(1000, now=0)
    assert line.describe(Progress(done=0), 0) == "0 of 1,000, 0 failed, 429s 0, 0/s"
    assert line.describe(Progress(done=90, failed=10, throttled=3), 2) == (
        "90 of 1,000, 10 failed, 429s 3, 50/s, 18.0 s left"
    )
    assert line.describe(Progress(done=990, failed=10), 4).endswith(", done")


def test_the_line_says_what_is_under_way_and_why_nothing_happens():
    line = ProgressLine(1000, now=0)
    text = line.describe(Progress(done=5, under_way=12), 0)
    assert text == "5 of 1,000, 0 failed, 429s 0, 0/s, 12 under way"
    text = line.describe(Progress(done=5, outage="connection refused, 40 s, next try in 10 s"), 1)
    assert text.endswith(", connection refused, 40 s, next try in 10 s")


async def test_nothing_is_shown_if_quiet(capsys):
    async with show_progress("messages", 2, lambda: Progress(done=2), quiet=True):
        pass
    assert capsys.readouterr() == ("", "")


def test_an_outage_is_described_while_it_lasts():
    seen = []

    async def handle(request):
        await asyncio.sleep(0.1)
        now = asyncio.get_running_loop().time()
        if 1 < now < 40:
            raise httpx.ConnectError("x") from ConnectionRefusedError()
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    async def main():
        class Api:
            pass

        api = Api()
        api.handle = handle
        async with client(api) as sunco:
            run = SendRun(sunco, total=100, options=RunOptions(concurrency=2, quiet=True))

            async def watch():
                while True:
                    await asyncio.sleep(1)
                    seen.append(run.progress().outage)

            watching = asyncio.create_task(watch())
            await run.run(
                RowMessage(Outgoing(f"line {n}", "Hello", conversation_id=str(n)), n)
                for n in range(100)
            )
            watching.cancel()
        return run

    run = virtual_time.run(main)
    assert run.counters.sent == 100
    told = [text for text in seen if text]
    assert all(text.startswith("connection refused, ") for text in told)
    assert any("next try in " in text for text in told)
    assert "connection refused, 30 s" in " ".join(told)
    assert seen[0] == seen[-1] == ""


def test_a_stop_during_an_outage_ends_at_once_and_its_results_are_true():
    async def handle(request):
        await asyncio.sleep(0.1)
        if asyncio.get_running_loop().time() > 5:
            raise httpx.ConnectError("x") from ConnectionRefusedError()
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    async def main():
        class Api:
            pass

        api, loop = Api(), asyncio.get_running_loop()
        api.handle = handle
        async with client(api) as sunco:
            run = SendRun(sunco, total=1000, options=RunOptions(concurrency=4, quiet=True))
            loop.call_later(20, run.stop)
            await run.run(
                RowMessage(Outgoing(f"line {n}", "Hello", conversation_id=str(n)), n)
                for n in range(1000)
            )
        return run, loop.time()

    run, seconds = virtual_time.run(main)
    assert seconds < 21
    assert run.interrupted
    assert run.exit_code() == 130
    assert run.counters.sent > 0
    assert (run.counters.failed, run.counters.unknown) == (0, 0)
    assert run.not_begun == 1000 - run.counters.sent


def test_the_rate_is_averaged_over_the_last_seconds():
    line = ProgressLine(10_000, now=0)
    for second in range(1, 11):
        line.describe(Progress(done=100 * second), second)
    for second in range(11, 21):
        text = line.describe(Progress(done=1000 + 10 * (second - 10)), second)
    assert "10/s" in text


async def test_a_line_is_printed_at_the_end_of_a_phase(capsys):
    async with show_progress("messages", 2, lambda: Progress(done=2)):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("messages: 2 of 2, 0 failed, 429s 0, ")


def run_of(handle, count, concurrency=10):
    """Send messages on virtual time; returns the run and the seconds that it took."""

    async def main():
        class Api:
            pass

        api = Api()
        api.handle = handle
        async with client(api) as sunco:
            run = SendRun(sunco, total=count, options=RunOptions(concurrency=concurrency))
            await run.run(
                RowMessage(Outgoing(f"line {n}", "Hello", conversation_id=str(n)), n)
                for n in range(count)
            )
        return run, asyncio.get_running_loop().time()

    return virtual_time.run(main)


@pytest.mark.slow
def test_a_host_that_is_down_ends_the_run_with_no_unknown_outcome():
    sent = []

    async def handle(request):
        await asyncio.sleep(0.1)
        if asyncio.get_running_loop().time() > 5:
            raise httpx.ConnectError("refused")
        sent.append(request)
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    run, seconds = run_of(handle, 100_000)
    assert str(run.error) == "https://acme.zendesk.com/sc no longer responds"
    assert 60 < seconds < 120
    assert run.counters.sent == len(sent)
    assert run.counters.unknown == 0
    assert 20 <= run.counters.failed <= 60
    assert run.exit_code() == 3


@pytest.mark.slow
def test_a_host_that_comes_back_within_a_minute_costs_no_message():
    async def handle(request):
        await asyncio.sleep(0.1)
        if 5 < asyncio.get_running_loop().time() < 50:
            raise httpx.ConnectError("refused")
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    run, seconds = run_of(handle, 1000)
    assert run.error is None
    assert run.counters.sent == 1000
    assert seconds > 50
    assert run.exit_code() == 0


def test_a_host_that_returns_429_is_not_down():
    async def handle(request):
        await asyncio.sleep(0.1)
        if asyncio.get_running_loop().time() < 300:
            return error(429)
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    run, _ = run_of(handle, 20)
    assert run.error is None
    assert run.counters.sent == 20


def test_a_wrong_key_ends_the_run_at_once():
    async def handle(request):
        return error(401, "unauthorized", "Authorization is required")

    run, _ = run_of(handle, 1000)
    assert "401 unauthorized" in str(run.error)
    assert run.counters.sent == 0
    assert run.counters.failed <= 10
    assert run.exit_code() == 1
