"""Any ASGI application over a real socket on 127.0.0.1, with its lifespan."""

import asyncio
import socket
from contextlib import asynccontextmanager, contextmanager

import uvicorn


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self):
        yield  # the signals belong to the test process


@asynccontextmanager
async def served(app, *, lifespan="on", http="auto"):
    """Serve an application until the block ends, and yield its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, lifespan=lifespan, http=http, ws="none", log_config=None, timeout_graceful_shutdown=5
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.005)
        if serving.done():
            serving.result()
            raise RuntimeError("the server has not started")
        host, port = listener.getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await serving
        listener.close()
