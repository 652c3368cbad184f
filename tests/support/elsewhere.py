"""A process that uses one client on several event loops, in two threads, or on both sides of a fork.

    python tests/support/elsewhere.py KIND URL runs|thread|fork-idle|fork-busy SIZE

Prints who called and what came of it, a line each: `ok`, or the error. It is a process of its own
since what is left behind on a loop that is gone cannot be closed, and since a fork is for life.
"""

import asyncio
import os
import sys
import threading
import warnings
from typing import Any

from fault_clients import make_client

from sunco_async import AsyncSunco

PLACES = 2
_PATIENCE = 1
"""Seconds after which calls count as hanging."""


async def _batch(sunco: AsyncSunco, who: str, size: int) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            calls = (sunco.users.get("u1") for _ in range(size))
            results: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    except TimeoutError:
        results = [TimeoutError("hangs")] * size
    for result in results:
        text = repr(result) if isinstance(result, BaseException) else "ok"
        sys.stdout.write(f"{who} {text}\n")
    sys.stdout.flush()


def _runs(sunco: AsyncSunco, size: int) -> None:
    for _ in range(4):
        asyncio.run(_batch(sunco, "run", size))


async def _thread(sunco: AsyncSunco, size: int) -> None:
    def elsewhere() -> None:
        for _ in range(3):
            asyncio.run(_batch(sunco, "thread", size))

    await _batch(sunco, "main", size)
    thread = threading.Thread(target=elsewhere)
    thread.start()
    while thread.is_alive():
        await _batch(sunco, "main", size)
        await asyncio.sleep(0.001)
    thread.join()
    await _batch(sunco, "main", size)
    await sunco.aclose()


async def _fork(sunco: AsyncSunco, size: int, *, busy: bool) -> None:
    held = []
    if busy:
        held = [asyncio.create_task(sunco.users.get("slow")) for _ in range(PLACES)]
        await asyncio.sleep(0.3)
    else:
        await _batch(sunco, "parent", size)
    pid = os.fork()
    if not pid:
        try:
            asyncio.run(_batch(sunco, "child", size))
        finally:
            os._exit(0)
    await asyncio.to_thread(os.waitpid, pid, 0)
    await asyncio.gather(*held)
    await _batch(sunco, "parent", size)
    await sunco.aclose()


def main(kind: str, url: str, mode: str, size: str) -> None:
    sunco, _ = make_client(kind, url, max_connections=PLACES, timeout=2)
    if mode == "runs":
        _runs(sunco, int(size))
    elif mode == "thread":
        asyncio.run(_thread(sunco, int(size)))
    else:
        asyncio.run(_fork(sunco, int(size), busy=mode == "fork-busy"))
    sys.stdout.write("end\n")
    sys.stdout.flush()


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of the sockets that are left when their loop ends
    main(*sys.argv[1:])
    os._exit(0)  # what is left is not looked at
