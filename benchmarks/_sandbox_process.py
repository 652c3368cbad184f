"""The sandbox in another process, so that server and client do not share an interpreter."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from sunco_async.sandbox import RateLimit, Sandbox


@dataclass(frozen=True)
class RemoteSandbox:
    """A sandbox at `url`, controlled over a pipe."""

    url: str
    app_id: str
    key_id: str
    secret: str
    _pipe: Connection

    def limit(self, rate_limit: RateLimit | None) -> None:
        """Set the server's rate limit, with a full bucket."""
        self._ask("limit", rate_limit)

    def statistics(self) -> Any:
        """Return the server's `SandboxStatistics`."""
        return self._ask("statistics", None)

    def _ask(self, what: str, value: Any) -> Any:
        self._pipe.send((what, value))
        return self._pipe.recv()


@contextmanager
def sandbox_process() -> Iterator[RemoteSandbox]:
    """Start a sandbox in another process, and stop it at the end."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        url, app_id, key_id, secret = here.recv()
        yield RemoteSandbox(url, app_id, key_id, secret, here)
    finally:
        here.send(("stop", None))
        process.join(10)


def _serve(pipe: Connection) -> None:
    asyncio.run(_serve_until_told(pipe))


async def _serve_until_told(pipe: Connection) -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as server:
        pipe.send((server.url, sandbox.app_id, sandbox.key_id, sandbox.secret))
        while True:
            what, value = await asyncio.to_thread(pipe.recv)
            if what == "stop":
                return
            if what == "limit":
                sandbox.rate_limit = value
            pipe.send(sandbox.statistics())
