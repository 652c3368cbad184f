"""The clock of a sandbox."""

import math

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import Clock


class Source:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def test_a_clock_runs_stands_still_and_runs_on():
    source = Source(100.0)
    clock = Clock(source=source)
    source.now = 101
    assert (clock(), clock.is_frozen) == (101, False)
    clock.advance(10)
    assert clock() == 111
    clock.freeze()
    source.now = 500
    assert (clock(), clock.is_frozen) == (111, True)
    clock.advance(0.5)
    assert clock() == 111.5
    clock.resume()
    assert clock() == 111.5
    source.now = 501
    assert clock() == 112.5
    clock.freeze(7)
    assert clock() == 7
    assert repr(clock) == "<Clock frozen at 7.000>"


def test_a_clock_may_start_frozen():
    assert Clock(1_750_000_000)() == 1_750_000_000


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf, -math.inf])
def test_a_clock_goes_forward_by_finite_steps(seconds):
    clock = Clock(5)
    with pytest.raises(ValueError, match="seconds"):
        clock.advance(seconds)
    assert clock() == 5


@pytest.mark.parametrize("at", [math.nan, math.inf])
def test_a_clock_shows_finite_times(at):
    with pytest.raises(ValueError, match="finite"):
        Clock(at)
    with pytest.raises(ValueError, match="finite"):
        Clock().freeze(at)


async def test_a_sandbox_follows_its_clock():
    clock = Clock(1_750_000_000)
    async with sandbox_api(clock=clock) as api:
        assert api.sandbox.clock is clock
        conversation = await api.conversation(await api.user())
        clock.advance(90)
        [message] = await api.post(conversation, "Hello")
    assert message["received"] == "2025-06-15T15:08:10.000Z"
    assert [event.created_at for event in api.sandbox.events] == [
        "2025-06-15T15:06:40.000Z",
        "2025-06-15T15:08:10.000Z",
    ]


async def test_any_callable_can_be_the_clock():
    async with sandbox_api(clock=lambda: 1_750_000_000.25) as api:
        await api.user()
        assert api.sandbox.requests[0].time == 1_750_000_000.25
        api.sandbox.clock.advance(1)
        assert api.sandbox.clock() == 1_750_000_001.25
