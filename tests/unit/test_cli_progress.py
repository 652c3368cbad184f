"""The line that says how far it is, and when to give up on a host."""

import asyncio

import httpx
import virtual_time
from fakes import POSTED, client, error

from sunco_async.bulk import Outgoing
from sunco_async.cli._compose import RowMessage
from sunco_async.cli._dispatch import SendRun
from sunco_async.cli._progress import Counts, Pace, watch


def test_the_line_tells_counts_rate_and_time_left():
    pace = Pace(1000, now=0)
    assert pace.describe(Counts(done=0), 0) == "0 of 1,000, 0 failed, 429s 0, 0/s"
    assert pace.describe(Counts(done=90, failed=10, throttled=3), 2) == (
        "90 of 1,000, 10 failed, 429s 3, 50/s, 18.0 s left"
    )
    assert pace.describe(Counts(done=990, failed=10), 4).endswith(", done")


def test_the_rate_is_that_of_the_last_seconds():
    pace = Pace(10_000, now=0)
    for second in range(1, 11):
        pace.describe(Counts(done=100 * second), second)
    for second in range(11, 21):
        line = pace.describe(Counts(done=1000 + 10 * (second - 10)), second)
    assert "10/s" in line


async def test_lines_come_at_the_end_of_what_is_watched(capsys):
    async with watch("messages", 2, lambda: Counts(done=2)):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("messages: 2 of 2, 0 failed, 429s 0, ")


def dispatched(handle, count, concurrency=10):
    """Send messages on virtual time; returns the run and the seconds that it took."""

    async def main():
        class Api:
            pass

        api = Api()
        api.handle = handle
        async with client(api) as sunco:
            dispatch = SendRun(sunco, concurrency=concurrency, total=count)
            await dispatch.run(
                RowMessage(Outgoing(f"line {n}", "Hello", conversation_id=str(n)), n)
                for n in range(count)
            )
        return dispatch, asyncio.get_running_loop().time()

    return virtual_time.run(main)


def test_a_host_that_is_gone_ends_the_run_and_nothing_is_in_doubt():
    sent = []

    async def handle(request):
        await asyncio.sleep(0.1)
        if asyncio.get_running_loop().time() > 5:
            raise httpx.ConnectError("refused")
        sent.append(request)
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    dispatch, seconds = dispatched(handle, 100_000)
    assert str(dispatch.failure) == "https://acme.zendesk.com/sc no longer answers"
    assert 60 < seconds < 120
    assert dispatch.tally.sent == len(sent)
    assert dispatch.tally.unknown == 0
    assert 20 <= dispatch.tally.failed <= 60
    assert dispatch.exit_code() == 1


def test_a_host_that_comes_back_within_a_minute_costs_no_message():
    async def handle(request):
        await asyncio.sleep(0.1)
        if 5 < asyncio.get_running_loop().time() < 50:
            raise httpx.ConnectError("refused")
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    dispatch, seconds = dispatched(handle, 1000)
    assert dispatch.failure is None
    assert dispatch.tally.sent == 1000
    assert seconds > 50
    assert dispatch.exit_code() == 0


def test_a_throttled_host_is_there():
    async def handle(request):
        await asyncio.sleep(0.1)
        if asyncio.get_running_loop().time() < 300:
            return error(429)
        return httpx.Response(POSTED.status_code, content=POSTED.content)

    dispatch, _ = dispatched(handle, 20)
    assert dispatch.failure is None
    assert dispatch.tally.sent == 20


def test_a_wrong_key_ends_the_run_at_once():
    async def handle(request):
        return error(401, "unauthorized", "Authorization is required")

    dispatch, _ = dispatched(handle, 1000)
    assert "401 unauthorized" in str(dispatch.failure)
    assert dispatch.tally.sent == 0
    assert dispatch.tally.failed <= 10
    assert dispatch.exit_code() == 1
