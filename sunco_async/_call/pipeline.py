"""The path of every call: build the request, send it through the layers, raise or decode.

All operations use it. Nothing else handles a request or a response.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar

from msgspec import UNSET

from sunco_async._base.deadlines import call_limit
from sunco_async._base.operation import ListOperation, Operation
from sunco_async._base.option_checks import check_seconds
from sunco_async._base.upload import Upload
from sunco_async._base.url import fill_path
from sunco_async._call.client_checks import check_retry
from sunco_async._call.client_options import NEVER_AGAIN, Options
from sunco_async._call.layers import (
    compose,
    compose_authenticated,
    compose_for_other_host,
    send_within,
)
from sunco_async._call.options import RequestOptions
from sunco_async._call.page_reading import first_cursor, read_page
from sunco_async._call.paging import Cursor, Page, Paginator
from sunco_async._call.raw import capture_response
from sunco_async._call.request import RequestBuilder, timeouts_of
from sunco_async._call.response import raise_for_status, read_response
from sunco_async._call.session import Session
from sunco_async._call.watch import watched_call
from sunco_async.errors import ConfigurationError, ResponseDecodeError, SuncoError
from sunco_async.middleware import Call, CallNext, Middleware, Response, RetryPolicy
from sunco_async.middleware._body import BodySink
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
    """How `Pipeline.send` fetches a file instead of calling an operation.

    Attributes:
        builder: Builds the request to the file's URL.
        sink: Where the body is written.
        own_host: Whether the file is on the account's own host. Requests to any other host have no
            credentials, take no token of the rate limit and skip the user's middleware, which may
            add credentials of its own.
    """

    builder: RequestBuilder
    sink: BodySink
    own_host: bool


class Pipeline:
    """Sends the requests of one client or copy through its layers.

    Args:
        options: The options of the client or copy.
        session: What the client and its copies share.
        middleware: The user's own layers, the first one outermost.
    """

    def __init__(
        self, options: Options, session: Session, middleware: tuple[Middleware, ...]
    ) -> None:
        self.options = options
        self.middleware = middleware
        self._session = session
        self._authenticated = compose_authenticated(options, session)
        self._layers = self._compose(options.retry)

    def __reduce__(self) -> NoReturn:
        raise TypeError(NOT_COPIED)  # copying or pickling a group of operations gets here

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
            query: The query parameters; those that are None are omitted.
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
            query: The query parameters of every page; those that are None are omitted.
            after: A cursor: start with the record that follows it.
            before: A cursor: start with the record that precedes it, and walk backward.
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
        """Fill in the path of an operation. The app is that of the client."""
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
        decode: Callable[[Response], R],
        *,
        query: Mapping[str, str | None],
        json: Any = UNSET,
        files: Mapping[str, Any] | None = None,
        upload: Upload | None = None,
        file: FileRequest | None = None,
        options: RequestOptions,
    ) -> R:
        """Send one request and return its decoded response, or raise.

        Args:
            operation: The operation, for its method and its rules.
            path: The quoted path.
            decode: Reads the result from a response with a 2xx status.
            query: The query parameters; those that are None are omitted.
            json: The value to send as JSON. UNSET and None send no body.
            files: httpx's multipart argument.
            upload: The file to send.
            file: How to fetch a file; None for every other request.
            options: The options of this call.
        """
        self._session.check_open()
        host = self.options.host
        builder = host.oauth_requests if operation.oauth_host else host.api_requests
        sink = None
        if file is not None:
            builder, sink = file.builder, file.sink
        timeouts, policy, deadline = self.options.timeouts, self.options.retry, None
        try:
            if options:
                timeouts, policy, deadline = self._merge(options)
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
        layers = self._layers if policy is self.options.retry else self._compose(policy)
        if file is not None and not file.own_host:
            layers = compose_for_other_host(self._session, retry=policy)
        limit = call_limit(policy.max_elapsed, deadline)
        call = Call(
            operation.name, path, request, replay, operation.authenticated, limit=limit, sink=sink
        )
        watched_call(call)
        try:
            response = (
                await layers(call) if limit is None else await send_within(limit, layers, call)
            )
            capture_response(response)
            if not (response.status_code == 404 and operation.missing_is_success and call.in_doubt):
                raise_for_status(
                    response, builder.host, self.options.auth if operation.authenticated else None
                )
            return decode(response)
        except SuncoError as error:
            call.describe(error)
            raise

    def _merge(self, options: RequestOptions) -> tuple[Timeouts, RetryPolicy, float | None]:
        """Return the timeouts, the retry policy and the deadline (seconds) of a call with options.

        Raises:
            ConfigurationError: An option has the wrong type.
        """
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

    @property
    def body_limit(self) -> int:
        """The largest response body that is held in memory, in bytes."""
        return self._session.exchange.body_limit

    def _compose(self, retry: RetryPolicy) -> CallNext:
        return compose(
            self._authenticated,
            self.options,
            self._session,
            retry=retry,
            middleware=self.middleware,
        )
