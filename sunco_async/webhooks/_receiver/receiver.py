"""The webhook receiver."""

from collections.abc import Iterable
from typing import Self

from sunco_async._base.hidden import Concealed, Hidden
from sunco_async._base.log import log_fields, logger
from sunco_async._base.option_checks import check_callable, check_count, check_seconds
from sunco_async.errors import ConfigurationError
from sunco_async.webhooks._parse import MAX_BODY
from sunco_async.webhooks._receiver.asgi import (
    ASGIApp,
    Receive,
    Scope,
    Send,
    close_websocket,
    has_path,
)
from sunco_async.webhooks._receiver.deliveries import DeliveryEvent
from sunco_async.webhooks._receiver.endpoint import NOT_RUNNING, WebhookEndpoint
from sunco_async.webhooks._receiver.inbox import Inbox, MemoryInbox, check_duration
from sunco_async.webhooks._receiver.lifespan import InnerLifespan, serve_lifespan
from sunco_async.webhooks._receiver.registry import HandlerRegistry
from sunco_async.webhooks._receiver.reports import OnError, ReceiverStatistics, Reports
from sunco_async.webhooks._receiver.run import ReceiverRun
from sunco_async.webhooks._receiver.work import EventWork
from sunco_async.webhooks._verify import as_list, invalid_secrets

__all__ = ["WebhookReceiver"]


class WebhookReceiver(HandlerRegistry):
    """An ASGI application that accepts webhook deliveries and calls handlers of their events.

        receiver = WebhookReceiver(secrets=os.environ["WEBHOOK_SECRET"])

        @receiver.on(ConversationMessageEvent, author="user")
        async def answer(event: ConversationMessageEvent) -> None: ...

    It responds as soon as the events are accepted, and calls the handlers after that: the events of
    a conversation in their order, different conversations at the same time. An event that arrives
    twice is handled once.

    Run it with any ASGI server, mount it under any path of Starlette, FastAPI or Litestar, or put
    it beside another application with `wrap`. A mounted receiver must be started by the host:
    `async with receiver:` in the host's lifespan. Until then it responds with 503.

    Args:
        secrets: The secret of the webhook, or several of them during a rotation.
        inbox: Where accepted events are recorded. By default a `MemoryInbox`, which loses the
            events that wait at a crash; a `SQLiteInbox` does not.
        path: The path of the webhook; requests to other paths get 404. By default every path is
            accepted, and the host decides which requests reach the receiver.
        concurrency: How many conversations are handled at the same time.
        max_queue: How many events may wait. A delivery that does not fit gets 503, so that the
            platform delivers it again.
        max_body_size: The longest body that is accepted, in bytes; at most 16 MiB.
        body_timeout: How long the body of a request may take to arrive, in seconds. The platform
            waits 20 seconds for a response.
        handler_timeout: How long one handler may take for one event, in seconds; None for no limit.
            After that it is cancelled.
        drain_timeout: How long the end of `async with` waits for accepted events to be handled, in
            seconds; None for no limit.
        on_error: Called with a `HandlerFailure` for each failure of a handler, which is also
            logged. It may be async.

    Raises:
        ConfigurationError: There is no secret, or an option has a value that cannot be used.
    """

    def __init__(
        self,
        secrets: str | Iterable[str],
        *,
        inbox: Inbox | None = None,
        path: str | None = None,
        concurrency: int = 100,
        max_queue: int = 10_000,
        max_body_size: int = 4 * 1024 * 1024,
        body_timeout: float = 15.0,
        handler_timeout: float | None = 120.0,
        drain_timeout: float | None = 30.0,
        on_error: OnError | None = None,
    ) -> None:
        keys = Concealed(as_list(secrets))
        del secrets  # no traceback with locals may show it
        problem = invalid_secrets(keys.value)
        if problem is not None:
            raise ConfigurationError(problem)
        check_count("concurrency", concurrency)
        check_count("max_queue", max_queue)
        check_count("max_body_size", max_body_size)
        if max_body_size > MAX_BODY:
            raise ConfigurationError(
                f"max_body_size must be at most {MAX_BODY:,}, not {max_body_size:,}"
            )
        check_duration("body_timeout", body_timeout)
        check_seconds("handler_timeout", handler_timeout)
        check_seconds("drain_timeout", drain_timeout)
        check_callable("on_error", on_error, "a function that takes a HandlerFailure")
        if path is not None:
            _check_path(path)
        self._inbox: Inbox = MemoryInbox() if inbox is None else inbox
        self._path = path
        self._concurrency = concurrency
        self._max_queue = max_queue
        self._handler_timeout = handler_timeout
        self._drain_timeout = drain_timeout
        super().__init__()
        self._reports = Reports(on_error, handler_timeout)
        self._endpoint = WebhookEndpoint(
            tuple(map(Hidden, keys.value)), self._reports, max_body_size, body_timeout
        )
        self._run: ReceiverRun | None = None

    @property
    def is_running(self) -> bool:
        """Whether deliveries are accepted."""
        return self._run is not None and self._run.accepting

    def statistics(self) -> ReceiverStatistics:
        """Return the counts of this receiver.

        Returns:
            The counts since it was made, and what waits now.
        """
        work = None if self._run is None else self._run.work
        if work is None:
            return self._reports.statistics(0, 0, 0)
        return self._reports.statistics(work.waiting, work.running, work.conversations)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.drain(self._drain_timeout)

    async def start(self) -> None:
        """Accept deliveries from now on. `async with receiver:` calls this.

        Events that an earlier process has accepted and not handled are handled first.

        Raises:
            RuntimeError: The receiver is running.
        """
        if self._run is not None:
            raise RuntimeError("the receiver is running already")
        work = EventWork(
            self._handlers,
            concurrency=self._concurrency,
            handler_timeout=self._handler_timeout,
            reports=self._reports,
        )
        self._run = run = ReceiverRun(self._inbox, work, self._reports, self._max_queue)
        try:
            await run.start()
        except BaseException:
            self._run = None
            raise

    async def drain(self, timeout: float | None = None) -> int:
        """Accept no more deliveries, handle the accepted events, and stop.

        `async with receiver:` calls this at its end, with `drain_timeout`. Handlers that do not end
        in time are cancelled, and so are handlers that wait for the next event of their
        conversation. A cancellation of the caller does the same at once. With a durable inbox,
        events that were not handled are handled after the next start.

        Args:
            timeout: How long to wait for the handlers, in seconds; None for no limit.

        Returns:
            How many accepted events were not handled.
        """
        run = self._run
        if run is None:
            return 0
        run.accepting = False
        try:
            left = await run.stop(timeout)
        finally:
            if self._run is run:
                self._run = None
        if left:
            logger.warning(
                "the webhook receiver stopped before %d accepted events were handled",
                left,
                extra=log_fields(),
            )
        return left

    async def delivered(
        self,
        message_id: str,
        *,
        integration_id: str | None = None,
        timeout: float | None = 60.0,
    ) -> DeliveryEvent:
        """Wait for the final delivery event of a message.

        An event of the last five minutes that arrived before this call is returned at once. A
        message to several destinations has a final event for each of them; the first one is
        returned. Only events that this process has received are known, so this is for a service
        with one replica. The webhook needs the triggers `conversation:message:delivery:channel` and
        `conversation:message:delivery:failure`, and `…:user` where the channel reports it.

        Args:
            message_id: The id of the message, from the result of `messages.post`.
            integration_id: Wait for the event of this destination; None for any.
            timeout: How long to wait, in seconds; None for no limit.

        Returns:
            The event. It is a `ConversationMessageDeliveryFailureEvent` if the delivery failed.

        Raises:
            TimeoutError: No final event arrived in time.
            RuntimeError: The receiver is not running.
        """
        if self._run is None:
            raise RuntimeError(NOT_RUNNING)
        return await self._run.deliveries.wait(message_id, integration_id, timeout)

    def wrap(self, app: ASGIApp, *, path: str) -> ASGIApp:
        """Return an application that passes one path to this receiver and the rest to `app`.

        It is for applications that cannot mount another one, such as Django's. The receiver starts
        and stops with the server if the server supports lifespan, as uvicorn and hypercorn do.

        Args:
            app: The other ASGI application.
            path: The path of the webhook, with or without a slash at its end.

        Returns:
            The application to serve.

        Raises:
            ConfigurationError: The path does not begin with a slash.
        """
        _check_path(path)

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                inner = InnerLifespan(app, scope)
                await self._lifespan(receive, send, inner)
            elif scope["type"] == "http" and has_path(scope, path):
                await self._endpoint.serve(self._run, scope, receive, send, None)
            else:
                await app(scope, receive, send)

        return wrapped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve an ASGI connection.

        Args:
            scope: The scope of the connection.
            receive: Returns the next message of the client.
            send: Sends a message to the client.
        """
        if scope["type"] == "http":
            await self._endpoint.serve(self._run, scope, receive, send, self._path)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send, None)
        elif scope["type"] == "websocket":
            await close_websocket(receive, send)
        else:
            raise RuntimeError(f"a webhook receiver does not serve {scope['type']!r} connections")

    async def _lifespan(self, receive: Receive, send: Send, inner: InnerLifespan | None) -> None:
        started = False

        async def start() -> None:
            nonlocal started
            if inner is not None:
                await inner.start()
            if self._run is not None:  # the application has started it
                return
            try:
                await self.start()
            except BaseException:
                if inner is not None:
                    await inner.stop()
                raise
            started = True

        async def stop() -> None:
            try:
                if started:
                    await self.drain(self._drain_timeout)
            finally:
                if inner is not None:
                    await inner.stop()

        await serve_lifespan(receive, send, start, stop)


def _check_path(path: object) -> None:
    if not isinstance(path, str) or not path.startswith("/"):
        raise ConfigurationError(f'path must be a str that begins with "/", not {path!r:.80}')
