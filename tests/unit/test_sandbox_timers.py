"""Sleeping on the clock of a sandbox, frozen or running."""

import asyncio
import threading

import anyio
from virtual_time import run

from sunco_async.sandbox import Clock
from sunco_async.sandbox._timers import Timers


async def sleepers(clock: Clock, *moments: float) -> tuple[Timers, list[float], list[asyncio.Task]]:
    timers, woken = Timers(clock), []

    async def sleep(moment: float) -> None:
        await timers.sleep_until(moment)
        woken.append(moment)

    tasks = [asyncio.create_task(sleep(moment)) for moment in moments]
    await anyio.wait_all_tasks_blocked()
    return timers, woken, tasks


async def test_a_frozen_clock_wakes_those_whose_time_has_come_in_order() -> None:
    clock = Clock(1000)
    timers, woken, tasks = await sleepers(clock, 1030, 1010, 1000, 1020)
    assert woken == [1000]
    clock.advance(9.5)
    await anyio.wait_all_tasks_blocked()
    assert woken == [1000]
    clock.advance(10.5)
    await anyio.wait_all_tasks_blocked()
    assert woken == [1000, 1010, 1020]
    clock.freeze(1030)
    await asyncio.gather(*tasks)
    timers.close()


async def test_a_cancelled_sleeper_does_not_disturb_the_others() -> None:
    clock = Clock(0)
    timers, woken, tasks = await sleepers(clock, 10, 20)
    tasks[0].cancel()
    clock.advance(20)
    await asyncio.wait(tasks)
    assert woken == [20]
    timers.close()


async def test_another_thread_may_advance_the_clock() -> None:
    clock = Clock(0)
    timers, woken, tasks = await sleepers(clock, 10)
    thread = threading.Thread(target=clock.advance, args=(10,))
    thread.start()
    await asyncio.gather(*tasks)
    thread.join()
    assert woken == [10]
    timers.close()
    clock.advance(1)  # nothing watches any more


def test_a_running_clock_wakes_by_real_time_and_at_once_when_it_is_advanced() -> None:
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        clock = Clock(source=loop.time)
        timers, _, tasks = await sleepers(clock, 100, 200_000, 300_000)
        await tasks[0]
        at = [loop.time()]
        clock.advance(199_900)
        await tasks[1]
        at.append(loop.time())
        clock.freeze()
        clock.advance(50_000)
        clock.resume()
        await tasks[2]
        timers.close()
        return [*at, loop.time()]

    first, second, third = run(main)
    assert 100 <= first < 100.1
    assert second == first
    assert first + 49_999 < third < first + 50_001
