"""The one way out: build the request, pass it down the layers, raise what is no success.

Every operation takes it. Nothing else touches a request or an answer but the decoding behind it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import UNSET

from sunco_async._auth import Auth
from sunco_async._call_limit import CallLimit, call_limit
from sunco_async._clock import monotonic
from sunco_async._connections import Connections
from sunco_async._operation import Operation
from sunco_async._option_checks import check_seconds
from sunco_async._raw import keep_answer
from sunco_async._request import timeout_extension
from sunco_async._response import raise_for_status
from sunco_async._upload import Upload
from sunco_async._url import fill_path
from sunco_async.errors import ConfigurationError, SuncoError
from sunco_async.middleware import Answer, Call, Handler, Middleware, RateLimiter, RetryPolicy
from sunco_async.middleware._authenticate import Authenticate
from sunco_async.middleware._rate_limit import RateLimit
from sunco_async.middleware._retry import Retry
from sunco_async.resources import RequestOptions

__all__ = ["NEVER_AGAIN", "Options", "Pipeline"]

R = TypeVar("R")

NEVER_AGAIN = RetryPolicy(max_attempts=1, max_elapsed=None)


@dataclass(frozen=True, slots=True)
class Options:
    """What a copy of a client may change."""

    app_id: str
    auth: Auth
    limiter: RateLimiter | None
    retry: RetryPolicy
    timeout: Mapping[str, float | None]


class Pipeline:
    """The layers of one client or copy, over the connections that it shares.

    Outermost first: the user's own middleware, retry, credentials, gate, rate limit, exchange.
    """

    def __init__(
        self, options: Options, connections: Connections, middleware: tuple[Middleware, ...]
    ) -> None:
        self.options = options
        self.middleware = middleware
        self._connections = connections
        handler: Handler = connections.exchange
        if options.limiter is not None:
            handler = _layer(RateLimit(options.limiter, connections.observer), handler)
        handler = _layer(connections.gate, handler)
        self._authenticated = _layer(Authenticate(options.auth), handler)
        self._handler = self._surround(options.retry)

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
        read: Callable[[Answer], R],
        *,
        query: Mapping[str, str | None],
        json: Any = UNSET,
        files: Mapping[str, Any] | None = None,
        upload: Upload | None = None,
        options: RequestOptions,
    ) -> R:
        """Send one request and return what `read` makes of its answer, or raise."""
        connections = self._connections
        connections.check_open()
        builder = connections.bridge if operation.oauth_host else connections.api
        try:
            request = builder.build(
                operation.method,
                path,
                query=query,
                json=json,
                upload=upload,
                files=files,
                extra_headers=options.get("extra_headers"),
                timeout=(
                    timeout_extension(options["timeout"])
                    if "timeout" in options
                    else self.options.timeout
                ),
            )
        except SuncoError as error:
            error.operation, error.method, error.path = operation.name, operation.method, path
            raise
        replay = operation.replay if upload is None else upload.replay
        policy = (options["retry"] or NEVER_AGAIN) if "retry" in options else self.options.retry
        handler = self._handler if policy is self.options.retry else self._surround(policy)
        deadline = options.get("deadline")
        if deadline is not None:
            check_seconds("deadline", deadline)
        limit = call_limit(policy.max_elapsed, deadline)
        call = Call(operation.name, path, request, replay, operation.authenticated, limit=limit)
        try:
            answer = await handler(call) if limit is None else await _within(limit, handler, call)
            keep_answer(answer)
            if not (answer.status_code == 404 and operation.gone_is_done and call.in_doubt):
                raise_for_status(
                    answer, request.url, self.options.auth if operation.authenticated else None
                )
            return read(answer)
        except SuncoError as error:
            call.describe(error)
            raise

    def _surround(self, retry: RetryPolicy) -> Handler:
        """Put the retry rule, and around it the user's own layers, on what is below them."""
        rule = Retry(
            retry,
            self._connections.observer,
            self.options.limiter,
            self._connections.budget,
        )
        handler = _layer(rule, self._authenticated)
        for middleware in reversed(self.middleware):
            handler = _layer(middleware, handler)
        return handler


async def _within(limit: CallLimit, handler: Handler, call: Call) -> Answer:
    """Pass a call on, and interrupt it at the end of its time."""
    if limit.ends_at > monotonic():  # a composite call may have used up its deadline before
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


def _layer(middleware: Middleware, proceed: Handler) -> Handler:
    def handler(call: Call) -> Awaitable[Answer]:
        return middleware(call, proceed)

    return handler
