"""Work that is finished although its caller is cancelled."""

import asyncio

import anyio
import pytest
from virtual_time import VirtualTimeLoop

from sunco_async._base.finish import finish


class CountingLoop(VirtualTimeLoop):
    """Virtual time, and a failure instead of a loop that never comes to rest."""

    turns = 0

    def _run_once(self):
        self.turns += 1
        if self.turns > 1_000:
            raise RuntimeError("the loop does not come to rest")
        super()._run_once()


def run(main):
    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        return runner.run(main())


async def work(done, seconds=10):
    await asyncio.sleep(seconds)
    done.append(asyncio.get_running_loop().time())
    return "result"


async def fail(seconds=10):
    await asyncio.sleep(seconds)
    raise LookupError("mine")


def test_the_result_and_the_error_of_the_work_are_those_of_the_call():
    async def main():
        assert await finish(work([])) == "result"
        with pytest.raises(LookupError, match="mine"):
            await finish(fail())
        with pytest.raises(asyncio.CancelledError):
            await finish(cancelled_work())

    async def cancelled_work():
        raise asyncio.CancelledError

    run(main)


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("seconds_between", [0, 1])
def test_a_cancellation_is_raised_after_the_work_has_ended(times, seconds_between):
    async def main():
        done = []
        task = asyncio.create_task(finish(work(done)))
        await asyncio.sleep(1)
        for number in range(times):
            task.cancel(f"cancellation {number}")
            await asyncio.sleep(seconds_between)
        with pytest.raises(asyncio.CancelledError, match="cancellation 0"):
            await task
        assert done == [10]
        assert task.cancelling() == times
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main)


def test_an_error_after_a_cancellation_is_not_reported_as_forgotten():
    async def main():
        problems = []
        asyncio.get_running_loop().set_exception_handler(lambda _, info: problems.append(info))
        task = asyncio.create_task(finish(fail()))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del task
        assert not problems

    run(main)


def test_a_time_out_of_asyncio_is_raised_as_one():
    async def main():
        done = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await finish(work(done))
        assert done == [10]

    run(main)


@pytest.mark.parametrize("most", [None, 3])
def test_a_cancelled_scope_of_anyio_does_not_keep_the_loop_busy(most):
    """anyio repeats a cancellation at every turn of the loop, until the scope is left."""

    async def main():
        done, options = [], {} if most is None else {"at_most": most}
        with anyio.move_on_after(1) as scope:
            await finish(work(done), **options)
        assert scope.cancelled_caught
        assert asyncio.get_running_loop().time() == (10 if most is None else 4)
        await asyncio.sleep(10)
        assert done == [10]

    run(main)


def test_the_wait_after_a_cancellation_can_be_limited():
    async def main():
        done = []
        task = asyncio.create_task(finish(work(done), at_most=3))
        await asyncio.sleep(2)
        task.cancel()
        await asyncio.sleep(1)
        task.cancel()  # it does not begin the three seconds again
        await asyncio.wait([task])
        assert asyncio.get_running_loop().time() == 5
        assert task.cancelled()
        assert done == []
        await asyncio.sleep(6)
        assert done == [10]  # it went on in the background

    run(main)


def test_the_work_is_asked_to_stop_once():
    async def main():
        asked, stop = [], asyncio.Event()

        def on_cancel():
            asked.append(asyncio.get_running_loop().time())
            stop.set()

        task = asyncio.create_task(finish(stop.wait(), on_cancel=on_cancel))
        await asyncio.sleep(1)
        task.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asked == [1]
        assert await finish(work([]), on_cancel=on_cancel) == "result"
        assert asked == [1]

    run(main)
