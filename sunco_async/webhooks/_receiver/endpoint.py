"""The requests of a receiver: from the head of a request to its response."""

import asyncio
from collections.abc import Sequence

from sunco_async._base.log import log_fields, logger
from sunco_async._text import printable
from sunco_async.webhooks._errors import PayloadError
from sunco_async.webhooks._parse import parse
from sunco_async.webhooks._receiver.asgi import (
    OK,
    Receive,
    Response,
    Scope,
    Send,
    early_response,
    read_body,
    send_response,
)
from sunco_async.webhooks._receiver.inbox import received_events
from sunco_async.webhooks._receiver.reports import Reports
from sunco_async.webhooks._receiver.run import ReceiverRun

__all__ = ["NOT_RUNNING", "WebhookEndpoint"]

MAX_EVENTS = 10_000
"""The most events of one delivery. A real delivery has a few."""

PARSED_IN_LOOP = 64 * 1024
"""The longest body that is parsed in the event loop, in bytes; longer ones would block it."""

NOT_RUNNING = (
    "the receiver is not running: enter `async with receiver:` in the lifespan of the host "
    "application, since frameworks pass no lifespan to a mounted application"
)
_STOPPING = "the receiver is stopping"
_OTHER_LOOP = "the receiver runs in another event loop: start it in the loop that serves requests"


class WebhookEndpoint:
    """Responds to requests, and passes accepted deliveries to a run.

    Args:
        secrets: The secrets of the webhook.
        reports: What is counted.
        max_body_size: The longest body, in bytes.
        body_timeout: How long a body may take to arrive, in seconds.
    """

    def __init__(
        self, secrets: Sequence[str], reports: Reports, max_body_size: int, body_timeout: float
    ) -> None:
        self._secrets = secrets
        self._reports = reports
        self._max_body_size = max_body_size
        self._body_timeout = body_timeout

    async def serve(
        self,
        run: ReceiverRun | None,
        scope: Scope,
        receive: Receive,
        send: Send,
        path: str | None,
    ) -> None:
        """Respond to a request.

        Args:
            run: The run of the receiver; None if it is not running.
            scope: The scope of the request.
            receive: Returns the next message of the client.
            send: Sends a message to the client.
            path: The path of the webhook; None for every path.
        """
        response = await self._respond(run, scope, receive, path)
        if response is None:  # the client is gone
            return
        self._reports.responses[response.status] += 1
        if response.status != 200:
            logger.warning(
                "webhook request rejected with %d: %s",
                response.status,
                response.reason,
                extra=log_fields(
                    method=printable(str(scope["method"]), 20),
                    path=printable(str(scope.get("path", "")), 200),
                    status_code=response.status,
                ),
            )
        await send_response(send, response, with_body=scope["method"] != "HEAD")

    async def _respond(
        self, run: ReceiverRun | None, scope: Scope, receive: Receive, path: str | None
    ) -> Response | None:
        early = early_response(scope, path, self._secrets)
        if early is not None:
            return early
        if run is None or not run.accepting:
            return Response(503, NOT_RUNNING if run is None else _STOPPING)
        if run.loop is not asyncio.get_running_loop():
            return Response(503, _OTHER_LOOP)
        if not run.has_room(1):
            return Response(503, _full(run))
        body = await read_body(
            scope, receive, max_size=self._max_body_size, timeout=self._body_timeout
        )
        if not isinstance(body, bytes):
            return body
        return await self._accept(run, body)

    async def _accept(self, run: ReceiverRun, body: bytes) -> Response:
        try:
            if len(body) <= PARSED_IN_LOOP:
                payload = parse(body)
            else:
                payload = await asyncio.to_thread(parse, body)
        except PayloadError as error:
            return Response(400, str(error))
        count = len(payload.events)
        if count > MAX_EVENTS:
            return Response(400, f"the delivery has {count:,} events, more than {MAX_EVENTS:,}")
        if not run.accepting:
            return Response(503, _STOPPING)
        if not run.has_room(count):
            return Response(503, _full(run))
        try:
            await run.accept(received_events(payload))
        except Exception as error:  # noqa: BLE001 - the inbox may be the user's code
            logger.exception("the inbox could not accept a delivery", extra=log_fields())
            return Response(503, f"the inbox failed: {type(error).__name__}")
        return OK


def _full(run: ReceiverRun) -> str:
    return f"the queue is full: {run.work.waiting:,} events wait"
