"""The lifespan protocol of ASGI, for a receiver that is the whole application or wraps another."""

import asyncio
from collections.abc import Awaitable, Callable

from sunco_async.webhooks._receiver.asgi import ASGIApp, Message, Receive, Scope, Send

__all__ = ["InnerLifespan", "serve_lifespan"]

Step = Callable[[], Awaitable[None]]


async def serve_lifespan(receive: Receive, send: Send, start: Step, stop: Step) -> None:
    """Call `start` and `stop` when the server asks for it, and report their errors to it."""
    for phase, step in (("startup", start), ("shutdown", stop)):
        await receive()
        try:
            await step()
        except Exception as error:
            await send({"type": f"lifespan.{phase}.failed", "message": f"{error}"})
            raise
        await send({"type": f"lifespan.{phase}.complete"})


class InnerLifespan:
    """The lifespan of an application inside of another one.

    An application without a lifespan, such as Django's, raises or returns when it is asked for one.
    It is then used without one, as servers do.

    Args:
        app: The application.
        scope: The scope of the lifespan, which the server passed.
    """

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self._app = app
        self._scope = scope
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application.

        Raises:
            RuntimeError: The application reported that it cannot start.
        """
        self._task = asyncio.ensure_future(self._run())
        try:
            await self._step("startup")
        except BaseException:
            await self._end(self._task)
            raise

    async def stop(self) -> None:
        """Stop the application, if it has a lifespan."""
        if self._task is None:
            return
        try:
            if not self._task.done():
                await self._step("shutdown")
        finally:
            await self._end(self._task)

    @staticmethod
    async def _end(task: asyncio.Task[None]) -> None:
        """End the task of the application. Its error is retrieved, or asyncio would report it."""
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()

    async def _run(self) -> None:
        await self._app(self._scope, self._to_app.get, self._from_app.put)

    async def _step(self, phase: str) -> None:
        task = self._task
        if task is None:
            return
        self._to_app.put_nowait({"type": f"lifespan.{phase}"})
        reply = asyncio.ensure_future(self._from_app.get())
        try:
            await asyncio.wait({reply, task}, return_when=asyncio.FIRST_COMPLETED)
            if not reply.done():  # the task has ended without a reply: there is no lifespan
                return
        finally:
            reply.cancel()
        message = reply.result()
        if message["type"] == f"lifespan.{phase}.failed":
            raise RuntimeError(message.get("message") or f"the application failed at {phase}")
