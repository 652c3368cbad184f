"""Load on a server from tasks that send one message after the other, and what it costs the sender.

The machine is shared and its speed wanders, so clients are never measured one after the other and
then compared: `in_turn` lets each have one short run, then each the next, and a client's figure is
its best run. Noise only ever takes away.
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
    """A rival cannot take part; the text says why."""


@dataclass(frozen=True)
class Load:
    """What a run came to: messages per second, and CPU microseconds of the sender per message."""

    rate: float
    cpu: float


def best(loads: Sequence[Load]) -> Load:
    """Return the highest rate and the least CPU of several runs."""
    return Load(max(load.rate for load in loads), min(load.cpu for load in loads))


def loop_factory(kind: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes an event loop of a kind; raises Absent where it is not installed."""
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
    """Send for so long, and each task at least twice: tasks tend to run in step, in waves."""
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
    """Measure senders that differ by little: all open in one loop, in turns of a few messages.

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
    """Let every side run once, then every side again; return the results, and why some have none.

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
    """Say in a few words why a side has no figure."""
    if isinstance(error, BaseExceptionGroup):
        return reason(error.exceptions[0])
    if isinstance(error, Absent):
        return str(error)
    if isinstance(error, ImportError | subprocess.CalledProcessError):
        return "not installed"
    return f"failed: {type(error).__name__}: {error}"[:120]


def _rotated(keys: list[K], by: int) -> Iterable[K]:
    """Let another side begin each round: what follows a heavy one finds a warmer machine."""
    by %= max(len(keys), 1)
    return keys[by:] + keys[:by]
