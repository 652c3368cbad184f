"""Load on a server from tasks that send messages in turn, and its cost for the sender.

The machine is shared and its speed varies, so clients are never measured completely one after the
other: `in_turn` gives each a short run, then each the next one. The figure of a client is its best
run, because noise can only make a run slower.
"""

import asyncio
import gc
import importlib
import subprocess
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

from _fair_server import FairServer
from _senders import Send, Sender

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Absent(Exception):
    """A rival cannot be measured, for the reason in the text."""


@dataclass(frozen=True)
class Load:
    """The result of a run: messages per second, CPU microseconds of the sender per message."""

    rate: float
    cpu: float


def best(loads: Sequence[Load]) -> Load:
    """Return the highest rate and the least CPU of several runs."""
    return Load(max(load.rate for load in loads), min(load.cpu for load in loads))


def loop_factory(kind: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return the factory of a kind of event loop. Raises `Absent` if it is not installed."""
    if kind == "asyncio":
        return asyncio.new_event_loop
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        raise Absent("not installed") from None
    made: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return made


def run_load(
    sender: Sender, server: FairServer, *, tasks: int, seconds: float, loop: str = "asyncio"
) -> Load:
    """Measure a sender for some seconds, with open connections, and wait for every response.

    Raises Absent without its package, and `RuntimeError` unless the server has counted as many
    messages as got a response.
    """
    before = server.served().requests
    gc.collect()
    with asyncio.Runner(loop_factory=loop_factory(loop)) as runner:
        try:
            load, completed = runner.run(_measure(sender, server, tasks, seconds))
        except* ImportError:
            raise Absent("not installed") from None
    served = server.served().requests - before
    if served != completed:
        raise RuntimeError(f"{completed} messages got a response, and the server counts {served}")
    return load


async def _measure(
    sender: Sender, server: FairServer, tasks: int, seconds: float
) -> tuple[Load, int]:
    """Send for some seconds, each task at least twice, because tasks tend to run in step."""
    done = 0
    async with sender(server, tasks) as send:
        await _together(send, tasks)  # opens the connections
        started, cpu = time.perf_counter(), time.process_time()

        async def work() -> None:
            nonlocal done
            while done < 2 * tasks or time.perf_counter() < started + seconds:
                done += 1
                await send()

        await _together(work, tasks)
        elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Load(done / elapsed, cpu / done * 1e6), done + tasks


async def alternate(
    senders: Mapping[str, Sender], server: FairServer, *, tasks: int, messages: int, rounds: int
) -> tuple[dict[str, Load], dict[str, str]]:
    """Measure similar senders: all are open in one loop and take turns of a few messages.

    Returns the best turn of each, and why some have none.
    """
    turns: dict[str, list[Load]] = {}
    sends: dict[str, Send] = {}
    failed: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for name, sender in senders.items():
            try:
                sends[name] = await stack.enter_async_context(sender(server, tasks))
                await _together(sends[name], tasks)
            except Exception as error:  # noqa: BLE001 - named in the table, the others go on
                failed[name] = reason(error)
        for number in range(rounds):
            gc.collect()
            for name in _rotated([name for name in sends if name not in failed], number):
                turns.setdefault(name, []).append(await _turn(sends[name], tasks, messages))
    return {name: best(turns[name]) for name in senders if name in turns}, failed


async def _turn(send: Send, tasks: int, messages: int) -> Load:
    left = iter(range(messages))
    started, cpu = time.perf_counter(), time.process_time()

    async def work() -> None:
        for _ in left:
            await send()

    await _together(work, tasks)
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Load(messages / elapsed, cpu / messages * 1e6)


async def _together(work: Callable[[], Awaitable[object]], tasks: int) -> None:
    async def one() -> None:
        await work()

    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(one())


def in_turn(
    sides: Mapping[K, Callable[[], T]], rounds: int
) -> tuple[dict[K, list[T]], dict[K, str]]:
    """Run every side in turn, several times. Return the results, and why some have none.

    A side that fails is left out from then on, whatever it did before.
    """
    results: dict[K, list[T]] = {key: [] for key in sides}
    failed: dict[K, str] = {}
    for number in range(rounds):
        for key in _rotated(list(sides), number):
            if key not in failed:
                try:
                    results[key].append(sides[key]())
                except Exception as error:  # noqa: BLE001 - named in the table, the others go on
                    failed[key] = reason(error)
    return {key: found for key, found in results.items() if key not in failed}, failed


def reason(error: BaseException) -> str:
    """Return the reason why a side has no figure."""
    if isinstance(error, BaseExceptionGroup):
        return reason(error.exceptions[0])
    if isinstance(error, Absent):
        return str(error)
    if isinstance(error, ImportError | subprocess.CalledProcessError):
        return "not installed"
    return f"failed: {type(error).__name__}: {error}"[:120]


def _rotated(keys: list[K], by: int) -> Iterable[K]:
    """Rotate the order in each round, because a side is slower after a heavy one."""
    by %= max(len(keys), 1)
    return keys[by:] + keys[:by]
