import asyncio
import logging

import httpx
import pytest
import virtual_time
from fakes import USER, client, error, server

from sunco_async import ConnectionFailed, RetryPolicy, TokenBucket
from sunco_async.hooks import Hooks

PLAIN = RetryPolicy(jitter="none", base=1, cap=8)


class Recorder(Hooks):
    def __init__(self):
        self.events = []

    def on_attempt(self, event):
        self.events.append(event)

    on_retry = on_pause = on_rate_change = on_attempt

    def of(self, name):
        return [event for event in self.events if type(event).__name__ == name]


def run(scripted, call, **settings):
    recorder = Recorder()

    async def main():
        async with client(scripted, hooks=recorder, retry=PLAIN, **settings) as sunco:
            await call(sunco)
            return sunco.statistics()

    return recorder, virtual_time.run(main)


def test_every_attempt_retry_and_pause_calls_its_hook():
    scripted = server(error(429, retry_after="7"), httpx.ConnectError("refused"), USER)
    recorder, statistics = run(
        scripted, lambda sunco: sunco.users.get("u1"), rate_limit=TokenBucket(rate=10)
    )
    attempts = recorder.of("AttemptEvent")
    assert [(event.number, event.status_code) for event in attempts] == [
        (1, 429),
        (2, None),
        (3, 200),
    ]
    assert {(event.operation, event.method) for event in attempts} == {("users.get", "GET")}
    assert isinstance(attempts[1].error, ConnectionFailed)
    assert all(event.seconds >= 0 for event in attempts)
    retries = recorder.of("RetryEvent")
    assert [(event.number, event.delay, event.status_code) for event in retries] == [
        (1, 8, 429),
        (2, 2, None),
    ]
    [pause] = recorder.of("PauseEvent")
    assert (pause.seconds, pause.operation) == (7, "users.get")
    assert (statistics.requests, statistics.attempts, statistics.throttled) == (1, 3, 1)
    assert (statistics.retries, statistics.pauses, statistics.rate) == (2, 1, 10)
    assert (statistics.waiting, statistics.in_flight) == (0, 0)


def test_a_change_of_the_rate_calls_its_hook():
    async def calls(sunco):
        await asyncio.gather(*(sunco.users.get("u1") for _ in range(100)))

    recorder, statistics = run(server(USER), calls, rate_limit="adaptive")
    changes = recorder.of("RateChangeEvent")
    assert changes
    assert changes[-1].after == statistics.rate
    assert all(change.before != change.after for change in changes)


@pytest.mark.parametrize("name", ["on_attempt", "on_retry", "on_pause"])
def test_a_hook_that_raises_fails_only_its_call(name):
    class Broken(Hooks):
        armed = True

    def raising(self, event):
        if Broken.armed:
            Broken.armed = False
            raise LookupError("mine")

    setattr(Broken, name, raising)
    limiter = TokenBucket(rate=10, burst=1)

    async def main():
        scripted = server(error(429, retry_after="1"), USER)
        async with client(
            scripted, hooks=Broken(), rate_limit=limiter, retry=PLAIN, max_connections=1
        ) as sunco:
            with pytest.raises(LookupError, match="mine"):
                await sunco.users.get("u1")
            assert (await sunco.users.get("u1")).id == "u1"
            return sunco.statistics()

    statistics = virtual_time.run(main)
    assert (statistics.in_flight, statistics.waiting) == (0, 0)


def test_a_cancelled_call_is_no_longer_in_flight():
    async def never(request):
        await asyncio.sleep(1e6)

    async def main():
        transport = httpx.MockTransport(never)
        async with client(server(USER), transport=transport) as sunco:
            task = asyncio.create_task(sunco.users.get("u1"))
            await asyncio.sleep(1)
            assert sunco.statistics().in_flight == 1
            task.cancel()
            await asyncio.wait([task])
            return sunco.statistics()

    statistics = virtual_time.run(main)
    assert (statistics.in_flight, statistics.attempts) == (0, 1)


async def test_the_log_has_attempts_and_retries(caplog):
    caplog.set_level(logging.DEBUG, "sunco_async")
    async with client(server(error(429), USER), retry=RetryPolicy(base=0, cap=0)) as sunco:
        await sunco.users.get("u1")
    lines = [record.getMessage() for record in caplog.records if record.name == "sunco_async"]
    assert len(lines) == 3
    assert "users/u1, request 1: 429 after" in lines[0]
    assert lines[1].startswith("users.get again in 0.00 s, after 429")


def test_statistics_without_a_limiter():
    async def nothing(sunco):
        pass

    _, statistics = run(server(USER), nothing)
    assert (statistics.rate, statistics.waiting, statistics.pauses) == (None, 0, 0)
