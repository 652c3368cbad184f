"""Limits of one length share a timer, and each runs out at its own time."""

import asyncio
import gc
import weakref

import pytest
import virtual_time

from sunco_async._base.shared_timer import end_scope, shared_timer


def now():
    return asyncio.get_running_loop().time()


def timers():
    return len(asyncio.get_running_loop()._scheduled)


class Expired:
    """Notes which subjects ran out, and when."""

    def __init__(self):
        self.at = {}

    def __call__(self, subject):
        self.at[subject] = now()


def test_each_subject_runs_out_at_its_own_time():
    async def main():
        expired, limit = Expired(), shared_timer(10)
        for number in range(5):
            assert limit.add(number, expired) == now() + 10
            await asyncio.sleep(1)
        await asyncio.sleep(60)
        assert expired.at == {number: number + 10 for number in range(5)}

    virtual_time.run(main)


def test_what_was_ended_does_not_run_out():
    async def main():
        expired, limit = Expired(), shared_timer(10)
        for number in range(5):
            limit.add(number, expired)
        await asyncio.sleep(5)
        limit.discard(0)
        limit.discard(3)
        limit.discard("never begun")
        await asyncio.sleep(60)
        assert sorted(expired.at) == [1, 2, 4]
        limit.discard(1)  # and once more is no error

    virtual_time.run(main)


def test_any_number_of_subjects_set_one_timer():
    async def main():
        limit = shared_timer(10)
        for number in range(1000):
            limit.add(number, Expired())
        assert timers() == 1
        assert shared_timer(10) is limit
        assert shared_timer(11) is not limit

    virtual_time.run(main)


@pytest.mark.slow
def test_many_run_out_at_once():
    async def main():
        expired, limit = Expired(), shared_timer(10)
        for number in range(100_000):
            limit.add(number, expired)
        await asyncio.sleep(5)
        limit.add("later", expired)
        await asyncio.sleep(6)
        assert set(expired.at) == set(range(100_000))  # in minutes, if each looks for the next one
        await asyncio.sleep(6)
        assert expired.at["later"] == 15

    virtual_time.run(main)


def test_a_subject_that_begins_again_has_its_whole_time():
    async def main():
        expired, limit = Expired(), shared_timer(10)
        limit.add("a", expired)
        limit.add("b", expired)
        await asyncio.sleep(4)
        limit.discard("a")
        limit.add("a", expired)
        await asyncio.sleep(60)
        assert expired.at == {"b": 10, "a": 14}

    virtual_time.run(main)


def test_a_limit_of_which_nobody_runs_is_forgotten():
    async def main():
        expired, limit = Expired(), shared_timer(10)
        limit.add("a", expired)
        limit.discard("a")
        await asyncio.sleep(11)
        assert timers() == 0
        assert shared_timer(10) is not limit
        # Whoever still has it can use it, beside the new one.
        shared_timer(10).add("b", expired)
        limit.add("c", expired)
        await asyncio.sleep(11)
        assert sorted(expired.at) == ["b", "c"]
        assert timers() == 0

    virtual_time.run(main)


def test_a_scope_ends_as_one_with_a_time_out_of_its_own_does():
    async def main():
        limit = shared_timer(3)
        scope = asyncio.timeout(None)
        limit.add(scope, end_scope)
        with pytest.raises(TimeoutError):
            async with scope:
                await asyncio.sleep(60)
        assert scope.expired()
        assert now() == 3

    virtual_time.run(main)


def test_a_loop_is_not_kept_alive():
    loops = []

    async def main():
        shared_timer(10).add("a", Expired())
        loops.append(weakref.ref(asyncio.get_running_loop()))

    virtual_time.run(main)
    gc.collect()
    assert loops[0]() is None
