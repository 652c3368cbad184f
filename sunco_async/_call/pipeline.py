"""The one way out: build the request, pass it down the layers, raise what is no success.

Every operation takes it. Nothing else touches a request or an answer but the decoding behind it.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar

from msgspec import UNSET

from sunco_async._base.deadlines import CallLimit, call_limit
from sunco_async._base.headers import check_sendable
from sunco_async._base.operation import ListOperation, Operation
from sunco_async._base.option_checks import check_seconds
from sunco_async._base.upload import Upload
from sunco_async._base.url import fill_path
from sunco_async._call.client_checks import check_retry
from sunco_async._call.client_options import NEVER_AGAIN, Options
from sunco_async._call.options import RequestOptions
from sunco_async._call.page_reading import first_cursor, read_page
from sunco_async._call.paging import Cursor, Page, Paginator
from sunco_async._call.raw import capture_response
from sunco_async._call.request import RequestBuilder, timeouts_of
from sunco_async._call.response import raise_for_status, read_response
from sunco_async._call.session import Session
from sunco_async.errors import ConfigurationError, ResponseDecodeError, SuncoError
from sunco_async.middleware import Call, CallNext, Middleware, Response, RetryPolicy
from sunco_async.middleware._authenticate import Authenticate
from sunco_async.middleware._body import BodySink
from sunco_async.middleware._rate_limit import RateLimit
from sunco_async.middleware._retry import Retry
from sunco_async.middleware._retry_budget import RetryBudget
from sunco_async.transports import Timeouts

__all__ = ["NOT_COPIED", "FileRequest", "Pipeline"]

T = TypeVar("T")
R = TypeVar("R")

NOT_COPIED = (
    "an AsyncSunco holds connections and cannot be copied or pickled: use with_options() "
    "for a copy on the same connections, and make a client in each process"
)

_NO_VALUES: Mapping[str, str] = {}
_NO_QUERY: Mapping[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What `Pipeline.send` does differently to fetch a file.

    Attributes:
        builder: Builds the request to the file's URL.
        sink: Where the body goes.
        own_host: Whether the file is on the account's own host. Requests to any other host have no
            credentials, do not count for the rate limit and do not pass the user's middleware,
            which may add credentials of its own.
    """

    builder: RequestBuilder
    sink: BodySink
    own_host: bool


class Pipeline:
    """The layers of one client or copy, over the connections that it shares.

    Outermost first: the user's own middleware, retry, credentials, gate, rate limit, exchange.
    """

    def __init__(
        self, options: Options, connections: Session, middleware: tuple[Middleware, ...]
    ) -> None:
        self.options = options
        self.middleware = middleware
        self._connections = connections
        handler: CallNext = connections.exchange
        if options.limiter is not None:
            handler = _layer(RateLimit(options.limiter, connections.observer), handler)
        handler = _layer(connections.gate, handler)
        self._authenticated = _layer(Authenticate(options.auth), handler)
        self._handler = self._surround(options.retry)

    def __reduce__(self) -> NoReturn:
        raise TypeError(NOT_COPIED)  # to copy or pickle a group of operations leads here

    def call(
        self,
        operation: Operation[T],
        path: Mapping[str, str] = _NO_VALUES,
        *,
        query: Mapping[str, str | None] = _NO_QUERY,
        body: Any = UNSET,
        upload: Upload | None = None,
        options: RequestOptions,
    ) -> Coroutine[Any, Any, T]:
        """Send one operation and return the part of its response that the operation names.

        Args:
            operation: The operation to send.
            path: The values of the operation's path, by name, without the app.
            query: The query parameters; those that are None are left out.
            body: The struct or dict to send as JSON. UNSET sends no body.
            upload: The file to send instead of a JSON body.
            options: The options of this call.
        """
        return self.send(
            operation,
            self.path(operation, path),
            partial(read_response, operation),
            query=query,
            json=body,
            upload=upload,
            options=options,
        )

    def walk(
        self,
        operation: ListOperation[T],
        path: Mapping[str, str] = _NO_VALUES,
        *,
        query: Mapping[str, str | None] = _NO_QUERY,
        after: str | None,
        before: str | None,
        page_size: int | None = None,
        options: RequestOptions,
    ) -> Paginator[T]:
        """Return a walk over the pages of a list. Nothing is sent until it is awaited or iterated.

        Args:
            operation: The operation that returns one page.
            path: The values of the operation's path, by name, without the app.
            query: The query parameters of every page; those that are None are left out.
            after: The cursor to start behind.
            before: The cursor to start in front of.
            page_size: Items on a page, 1 to 100. None sends no size.
            options: The options of each request.
        """
        start = first_cursor(after=after, before=before, page_size=page_size)
        backward = (
            operation.direction == "backward" if start is None else start.direction == "before"
        )
        target = self.path(operation, path)
        size = {} if page_size is None else {"page[size]": str(page_size)}

        async def fetch(cursor: Cursor | None) -> Page[T]:
            where = {} if cursor is None else {f"page[{cursor.direction}]": cursor.record}
            return await self.send(
                operation,
                target,
                partial(read_page, operation, backward=backward),
                query={**query, **where, **size},
                options=options,
            )

        def fail(message: str) -> Exception:
            return ResponseDecodeError(
                message, operation=operation.name, method=operation.method, path=target
            )

        return Paginator(fetch, start, fail, backward=backward)

    def path(self, operation: Operation[Any], values: Mapping[str, str]) -> str:
        """Fill an operation's path, the app in its place."""
        app_id = self.options.app_id
        if not app_id and "{appId}" in operation.path:
            raise ConfigurationError(
                f"{operation.name} is about one app: pass app_id= or set SUNCO_APP_ID"
            )
        return fill_path(operation.path, {"appId": app_id, **values})

    async def send(
        self,
        operation: Operation[Any],
        path: str,
        read: Callable[[Response], R],
        *,
        query: Mapping[str, str | None],
        json: Any = UNSET,
        files: Mapping[str, Any] | None = None,
        upload: Upload | None = None,
        file: FileRequest | None = None,
        options: RequestOptions,
    ) -> R:
        """Send one request and return what `read` makes of its answer, or raise."""
        connections = self._connections
        connections.check_open()
        host = self.options.host
        builder, sink = host.bridge if operation.oauth_host else host.api, None
        if file is not None:
            builder, sink = file.builder, file.sink
        timeouts, policy, deadline = self.options.timeouts, self.options.retry, None
        try:
            if options:
                timeouts, policy, deadline = self._read(options)
            request = builder.build(
                operation.method,
                path,
                query=query,
                json=json,
                upload=upload,
                files=files,
                extra_headers=options.get("extra_headers"),
                timeouts=timeouts,
            )
        except SuncoError as error:
            error.operation, error.method, error.path = operation.name, operation.method, path
            raise
        replay = operation.replay if upload is None else upload.replay
        handler = self._handler if policy is self.options.retry else self._surround(policy)
        if file is not None and not file.own_host:
            handler = self._to_other_host(policy)
        limit = call_limit(policy.max_elapsed, deadline)
        call = Call(
            operation.name, path, request, replay, operation.authenticated, limit=limit, sink=sink
        )
        try:
            answer = await handler(call) if limit is None else await _within(limit, handler, call)
            capture_response(answer)
            if not (answer.status_code == 404 and operation.missing_is_success and call.in_doubt):
                raise_for_status(
                    answer, builder.host, self.options.auth if operation.authenticated else None
                )
            return read(answer)
        except SuncoError as error:
            call.describe(error)
            raise

    def _read(self, options: RequestOptions) -> tuple[Timeouts, RetryPolicy, float | None]:
        """Return the time-outs, the retry policy and the deadline of a call that has options."""
        timeouts, policy = self.options.timeouts, self.options.retry
        if "timeout" in options:
            check_seconds("timeout", options["timeout"])
            timeouts = timeouts_of(options["timeout"])
        if "retry" in options:
            check_retry(options["retry"])
            policy = options["retry"] or NEVER_AGAIN
        deadline = options.get("deadline")
        check_seconds("deadline", deadline)
        return timeouts, policy, deadline

    def _to_other_host(self, retry: RetryPolicy) -> CallNext:
        """Return the layers for a request to a host that is not the API."""
        shared = self._connections
        rule = Retry(retry, shared.observer, None, RetryBudget())
        return _layer(rule, _layer(shared.gate, shared.exchange))

    @property
    def body_limit(self) -> int:
        """Bytes of a response body that are held in memory at most."""
        return self._connections.exchange.body_limit

    def _surround(self, retry: RetryPolicy) -> CallNext:
        """Put the retry rule, and around it the user's own layers, on what is below them."""
        rule = Retry(
            retry,
            self._connections.observer,
            self.options.limiter,
            self.options.host.budget,
        )
        handler = _layer(rule, self._authenticated)
        if self.middleware:
            handler = _layer(_refuse_unsendable, handler)
        for middleware in reversed(self.middleware):
            handler = _layer(middleware, handler)
        return handler


async def _within(limit: CallLimit, handler: CallNext, call: Call) -> Response:
    """Pass a call on, and interrupt it at the end of its time."""
    if not limit.used_up():
        try:
            async with limit:
                return await handler(call)
        except TimeoutError:
            if not limit.is_over():  # it is the user's own
                raise
    # The retry loop raises by itself. This was in a middleware of the user's, which may have
    # passed on the call and have its response.
    call.in_doubt = call.in_doubt or call.attempts > 0
    raise call.timed_out()


async def _refuse_unsendable(call: Call, call_next: CallNext) -> Response:
    """Check the headers again, which the user's own middleware may have changed."""
    if call.prepared is None:  # else nobody has looked at the request
        check_sendable(call.request.headers)
    return await call_next(call)


def _layer(middleware: Middleware, call_next: CallNext) -> CallNext:
    def handler(call: Call) -> Awaitable[Response]:
        return middleware(call, call_next)

    return handler
