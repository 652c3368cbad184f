"""`AsyncSunco`: settings, resources, and the one way out.

Every operation goes through `_send`: build the request, pass it down the middleware, raise what is
no success. Nothing else touches a request or an answer but the decoding behind it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Any, Literal, ParamSpec, Self, TypeVar, overload

import httpx
from msgspec import UNSET, UnsetType

from sunco_async._auth import Auth
from sunco_async._connections import Connections, TransportChoice
from sunco_async._groups import Groups
from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Cursor, Page, Paginator, first_cursor, read_page
from sunco_async._raw import RawResponse, keep_answer, with_answer
from sunco_async._request import RequestBuilder, timeout_extension
from sunco_async._response import raise_for_status, read_answer, read_json
from sunco_async._settings import Region, resolve_settings
from sunco_async._upload import Upload
from sunco_async._url import fill_path, free_path
from sunco_async.errors import ConfigurationError, ResponseDecodeError, SuncoError
from sunco_async.hooks import ClientStatistics, Hooks
from sunco_async.middleware import (
    AdaptiveTokenBucket,
    Answer,
    Call,
    Handler,
    Middleware,
    RateLimiter,
    RetryPolicy,
)
from sunco_async.middleware._authenticate import Authenticate
from sunco_async.middleware._rate_limit import RateLimit
from sunco_async.middleware._retry import Retry
from sunco_async.resources import RequestOptions

__all__ = ["AsyncSunco"]

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

_NEVER_AGAIN = RetryPolicy(max_attempts=1, max_elapsed=None)
_NO_PATH: Mapping[str, str] = {}
_NO_QUERY: Mapping[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class _Options:
    """What a copy of the client may change."""

    app_id: str
    auth: Auth
    limiter: RateLimiter | None
    retry: RetryPolicy
    timeout: Mapping[str, float | None]


class AsyncSunco(Groups):
    """The asyncio client for Sunshine Conversations v2.

    What is not given comes from the environment: `SUNCO_APP_ID`, `SUNCO_KEY_ID`,
    `SUNCO_KEY_SECRET`, and one of `SUNCO_SUBDOMAIN`, `SUNCO_REGION`, `SUNCO_BASE_URL`.

    - `subdomain` of Zendesk, or `region` of a legacy account, or a `base_url`: the host.
    - `auth`: credentials other than Basic auth with `key_id` and `secret`.
    - `rate_limit`: a limiter, which may be shared with other clients, or None for none. The
      default finds the server's unpublished limit by itself.
    - `retry`: when a failed call is sent again; None for never.
    - `timeout`: seconds for each step of an attempt (connect, write, read); None for no bound.
      `RetryPolicy.max_elapsed` bounds the whole call.
    - `max_connections`: requests under way at once.
    - `max_body_size`: bytes of an answer, decompressed, that are read at most.
    - `http_client`: an `httpx.AsyncClient` of yours to send with; it is not closed here.
    - `transport`: `"auto"` takes aiohttp where the extra is installed; `"httpx"` needs none.
    - `marketplace`: the headers that Zendesk asks of a marketplace bot on every request.
    - `middleware`: layers of yours around each call, the first one outermost.
    - `hooks`: an object of yours that hears of attempts, retries, pauses and rates.

    Raises `ConfigurationError` at construction for settings that are missing or contradict.
    """

    def __init__(
        self,
        *,
        app_id: str | None = None,
        key_id: str | None = None,
        secret: str | None = None,
        subdomain: str | None = None,
        region: Region | None = None,
        base_url: str | None = None,
        auth: Auth | None = None,
        rate_limit: RateLimiter | Literal["adaptive"] | None = "adaptive",
        retry: RetryPolicy | None = RetryPolicy(),  # noqa: B008 - it is frozen
        timeout: float | None = 30.0,
        max_connections: int = 100,
        max_body_size: int = 16 * 1024 * 1024,
        http_client: httpx.AsyncClient | None = None,
        transport: TransportChoice = "auto",
        marketplace: Mapping[str, str] | None = None,
        middleware: Sequence[Middleware] = (),
        hooks: Hooks | None = None,
    ) -> None:
        try:
            settings = resolve_settings(
                app_id=app_id,
                key_id=key_id,
                secret=secret,
                subdomain=subdomain,
                region=region,
                base_url=base_url,
                auth=auth,
            )
        finally:
            del secret  # so that no traceback of this frame shows it
        self._base_url = settings.base_url
        self._oauth_url = settings.oauth_url
        self._options = _Options(
            app_id=settings.app_id,
            auth=settings.auth,
            limiter=AdaptiveTokenBucket() if rate_limit == "adaptive" else rate_limit,
            retry=retry or _NEVER_AGAIN,
            timeout=timeout_extension(timeout),
        )
        self._middleware = tuple(middleware)
        self._connections = Connections.open(
            settings.base_url,
            http_client=http_client,
            transport=transport,
            max_connections=max_connections,
            max_body_size=max_body_size,
            hooks=hooks,
        )
        self._api = RequestBuilder(self._base_url, self._connections.http, marketplace or {})
        self._bridge = RequestBuilder(self._oauth_url, self._connections.http, marketplace or {})
        self._is_copy = False
        self._assemble()

    # Life.

    @property
    def app_id(self) -> str:
        """The app that the operations are about."""
        return self._options.app_id

    @property
    def base_url(self) -> str:
        """Where requests go, without a slash at its end."""
        return self._base_url

    @property
    def oauth_url(self) -> str:
        """Where the OAuth operations go."""
        return self._oauth_url

    @property
    def rate_limiter(self) -> RateLimiter | None:
        """The limiter of this client; its `statistics()` tell the current rate and the 429s."""
        return self._options.limiter

    def statistics(self) -> ClientStatistics:
        """Return what this client and its copies have done so far, and what is under way."""
        return self._connections.observer.statistics(self._options.limiter)

    def with_options(
        self,
        *,
        app_id: str | UnsetType = UNSET,
        auth: Auth | UnsetType = UNSET,
        rate_limit: RateLimiter | None | UnsetType = UNSET,
        retry: RetryPolicy | None | UnsetType = UNSET,
        timeout: float | None | UnsetType = UNSET,
    ) -> Self:
        """Return a copy for another tenant or other needs, on the same connections.

        What is not given stays as it is here; the limiter is shared unless another is given.
        Closing a copy does nothing: the connections belong to the client it was made from.
        """
        options = self._options
        if app_id is not UNSET:
            options = replace(options, app_id=app_id)
        if auth is not UNSET:
            options = replace(options, auth=auth)
        if rate_limit is not UNSET:
            options = replace(options, limiter=rate_limit)
        if retry is not UNSET:
            options = replace(options, retry=retry or _NEVER_AGAIN)
        if timeout is not UNSET:
            options = replace(options, timeout=timeout_extension(timeout))
        copy = object.__new__(type(self))
        copy._base_url = self._base_url
        copy._oauth_url = self._oauth_url
        copy._options = options
        copy._middleware = self._middleware
        copy._connections = self._connections
        copy._api = self._api
        copy._bridge = self._bridge
        copy._is_copy = True
        copy._assemble()
        return copy

    async def aclose(self) -> None:
        """Close the connections that this client made; further calls raise `RuntimeError`."""
        if not self._is_copy:
            await self._connections.aclose()

    async def __aenter__(self) -> Self:
        self._connections.check_open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        if not hasattr(self, "_options"):  # a traceback of a constructor that failed asks too
            return "<AsyncSunco, not configured>"
        return f"AsyncSunco(base_url={self._base_url!r}, app_id={self.app_id!r})"

    # Ways out.

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = ...,
        json: Any = ...,
        files: Mapping[str, Any] | None = ...,
        headers: Mapping[str, str] | None = ...,
        response_type: type[T],
        idempotent: bool = ...,
        timeout: float | None | UnsetType = ...,
        retry: RetryPolicy | None | UnsetType = ...,
    ) -> T: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = ...,
        json: Any = ...,
        files: Mapping[str, Any] | None = ...,
        headers: Mapping[str, str] | None = ...,
        response_type: None = ...,
        idempotent: bool = ...,
        timeout: float | None | UnsetType = ...,
        retry: RetryPolicy | None | UnsetType = ...,
    ) -> Any: ...

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = UNSET,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        response_type: Any = None,
        idempotent: bool = False,
        timeout: float | None | UnsetType = UNSET,
        retry: RetryPolicy | None | UnsetType = UNSET,
    ) -> Any:
        """Send any other request of the API, such as `POST /v1.1/apps/{app}/notifications`.

        `path` is added to the base URL as it is, so quote what you put into it; a full URL is
        refused, since the credentials go nowhere else. `files` is httpx's multipart argument.
        `idempotent=True` says that doing it twice is the same as doing it once (a GET is taken for
        that by itself). Returns the decoded JSON, as `response_type` where one is given, and None
        for an empty body. Raises as every operation does.
        """
        safe = idempotent or method.upper() in ("GET", "HEAD")
        operation: Operation[Any] = Operation(
            name="request",
            method=method.upper(),
            path=free_path(path),
            replay="always" if safe else "never" if files else "not_sent",
        )
        options = RequestOptions(extra_headers=headers)
        if timeout is not UNSET:
            options["timeout"] = timeout
        if retry is not UNSET:
            options["retry"] = retry

        def read(answer: Answer) -> Any:
            if response_type is None:
                return read_json(answer, Any) if answer.body else None
            return read_json(answer, response_type)

        return await self._send(
            operation,
            operation.path,
            read,
            query=params or {},
            json=json,
            files=files,
            options=options,
        )

    async def raw(
        self, operation: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T]:
        """Call an operation and return its answer as it came beside what it holds.

        `await sunco.raw(sunco.users.get, "jane")` sends what `sunco.users.get("jane")` sends, and
        raises what it raises.
        """
        return await with_answer(operation, *args, **kwargs)

    async def call(
        self,
        operation: Operation[T],
        path: Mapping[str, str] = _NO_PATH,
        *,
        query: Mapping[str, str | None] = _NO_QUERY,
        json: Any = UNSET,
        upload: Upload | None = None,
        options: RequestOptions,
    ) -> T:
        """Send one operation of the table and return what its answer holds."""
        return await self._send(
            operation,
            self._path(operation, path),
            partial(read_answer, operation),
            query=query,
            json=json,
            upload=upload,
            options=options,
        )

    def walk(
        self,
        operation: ListOperation[T],
        path: Mapping[str, str] = _NO_PATH,
        *,
        query: Mapping[str, str | None] = _NO_QUERY,
        after: str | None,
        before: str | None,
        page_size: int | None = None,
        options: RequestOptions,
    ) -> Paginator[T]:
        """Return the walk over the pages of a list, not yet begun."""
        start = first_cursor(after=after, before=before, page_size=page_size)
        target = self._path(operation, path)
        size = {} if page_size is None else {"page[size]": str(page_size)}

        async def fetch(cursor: Cursor | None) -> Page[T]:
            where = {} if cursor is None else {f"page[{cursor.direction}]": cursor.record}
            return await self._send(
                operation,
                target,
                partial(read_page, operation),
                query={**query, **where, **size},
                options=options,
            )

        def fail(message: str) -> Exception:
            return ResponseDecodeError(
                message, operation=operation.name, method=operation.method, path=target
            )

        return Paginator(fetch, start, operation.direction, fail)

    def _path(self, operation: Operation[Any], values: Mapping[str, str]) -> str:
        if not self.app_id and "{appId}" in operation.path:
            raise ConfigurationError(
                f"{operation.name} is about one app: pass app_id= or set SUNCO_APP_ID"
            )
        return fill_path(operation.path, {"appId": self.app_id, **values})

    async def _send(
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
        self._connections.check_open()
        builder = self._bridge if operation.oauth_host else self._api
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
                    else self._options.timeout
                ),
            )
        except SuncoError as error:
            error.operation, error.method, error.path = operation.name, operation.method, path
            raise
        replay = operation.replay if upload is None else upload.replay
        call = Call(operation.name, path, request, replay, operation.authenticated)
        handler = self._handler
        if "retry" in options:
            handler = self._surround(options["retry"])
        try:
            answer = await handler(call)
            keep_answer(answer)
            if not (answer.status_code == 404 and operation.gone_is_done and call.in_doubt):
                raise_for_status(answer, request.url)
            return read(answer)
        except SuncoError as error:
            call.describe(error)
            raise

    def _assemble(self) -> None:
        """Put the layers together, the innermost first."""
        handler: Handler = self._connections.exchange
        if self._options.limiter is not None:
            handler = _layer(RateLimit(self._options.limiter, self._connections.observer), handler)
        handler = _layer(self._connections.gate, handler)
        self._authenticated = _layer(Authenticate(self._options.auth), handler)
        self._handler = self._surround(self._options.retry)

    def _surround(self, retry: RetryPolicy | None) -> Handler:
        """Put the retry rule, and around it the user's own layers, on what is below them."""
        rule = Retry(
            retry or _NEVER_AGAIN,
            self._connections.observer,
            self._options.limiter,
            self._connections.budget,
        )
        handler = _layer(rule, self._authenticated)
        for middleware in reversed(self._middleware):
            handler = _layer(middleware, handler)
        return handler


def _layer(middleware: Middleware, proceed: Handler) -> Handler:
    def handler(call: Call) -> Awaitable[Answer]:
        return middleware(call, proceed)

    return handler
