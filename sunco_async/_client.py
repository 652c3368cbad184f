"""`AsyncSunco`: settings, copies of it, and what can be asked of it."""

import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, NoReturn, ParamSpec, Self, TypeVar, Unpack, overload

import httpx
from msgspec import UNSET, UnsetType

from sunco_async._base.auth import Auth
from sunco_async._base.hidden import Concealed
from sunco_async._base.keywords import checks_keywords
from sunco_async._base.operation import Operation
from sunco_async._base.settings import (
    Region,
    check_app_id,
    check_auth,
    resolve_host,
    resolve_settings,
)
from sunco_async._base.url import checked_method, free_path
from sunco_async._call.client_checks import (
    check_hooks,
    check_http_client,
    check_middleware,
)
from sunco_async._call.client_options import LimiterChoice, Options
from sunco_async._call.options import SHARED_OPTIONS, RequestOptions
from sunco_async._call.pipeline import NOT_COPIED, Pipeline
from sunco_async._call.raw import RawResponse, call_raw
from sunco_async._call.response import is_blank, read_json
from sunco_async._call.session import Session
from sunco_async._groups import Groups
from sunco_async.hooks import ClientStatistics, Hooks
from sunco_async.middleware import (
    Middleware,
    RateLimiter,
    Response,
    RetryPolicy,
)

__all__ = ["AsyncSunco"]

P = ParamSpec("P")
T = TypeVar("T")


class AsyncSunco(Groups):
    """The asyncio client for Sunshine Conversations v2.

    Settings that are not passed are read from environment variables: `SUNCO_APP_ID`,
    `SUNCO_KEY_ID`, `SUNCO_KEY_SECRET`, and one of `SUNCO_SUBDOMAIN`, `SUNCO_REGION` and
    `SUNCO_BASE_URL`.

    Args:
        app_id: The app that the operations are about.
        key_id: The id of the key to sign in with.
        secret: The secret of that key.
        subdomain: The host: the part of the Zendesk domain in front of `.zendesk.com`.
        region: The host of a legacy account, `"us"` or `"eu"`.
        base_url: The host as a URL, for anything else.
        auth: Credentials other than Basic auth with `key_id` and `secret`.
        rate_limit: A limiter, which may be shared with other clients, or None for none. The default
            finds the unpublished limit of the server, for each app and host separately.
        retry: When a failed request is sent again; None for never.
        timeout: Seconds for each step of an attempt: connecting, writing, each wait for more of the
            response; None for no bound. `RetryPolicy.max_elapsed` bounds each call as a whole, and
            `deadline=` of an operation a single one.
        max_connections: Requests in flight at once.
        max_body_size: The largest response body that is read, in bytes, decompressed.
        http_client: An `httpx.AsyncClient` to send with. It is not closed by this client.
        transport: An httpx transport to use in the place of this library's own, such as a mock.
        ssl_context: The context that verifies certificates. By default certifi's authorities, or
            those that SSL_CERT_FILE or SSL_CERT_DIR name.
        proxy: The URL of an HTTP proxy, such as `http://user:password@proxy.example:3128`, for
            every host. By default the environment decides: HTTPS_PROXY or ALL_PROXY (HTTP_PROXY for
            a base URL without TLS) names the proxy, for all hosts but those of NO_PROXY and
            loopback.
        marketplace: The headers that Zendesk requires of a marketplace bot, by the part of their
            names behind `X-Zendesk-Marketplace-`: `Name`, `Organization-Id`, `App-Id`.
        middleware: Layers around each call, the first one outermost.
        hooks: An object whose methods are called for attempts, retries, pauses and rate changes.

    Raises:
        ConfigurationError: A setting is missing, contradicts another or has the wrong type.
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
        rate_limit: LimiterChoice = "adaptive",
        retry: RetryPolicy | None = RetryPolicy(),  # noqa: B008 - it is frozen
        timeout: float | None = 30.0,
        max_connections: int = 100,
        max_body_size: int = 16 * 1024 * 1024,
        http_client: httpx.AsyncClient | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
        marketplace: Mapping[str, str] | None = None,
        middleware: Sequence[Middleware] = (),
        hooks: Hooks | None = None,
    ) -> None:
        given_proxy = None if proxy is None else Concealed(proxy)
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
            del secret, key_id, auth, proxy  # so that no traceback of this frame shows them
        check_http_client(http_client)
        check_middleware(middleware)
        check_hooks(hooks)
        self._connections = Session.open(
            marketplace or {},
            http_client=http_client,
            transport=transport,
            ssl_context=ssl_context,
            proxy=given_proxy,
            max_connections=max_connections,
            max_body_size=max_body_size,
            hooks=hooks,
        )
        tenants = self._connections.tenants
        host = tenants.host(settings.base_url, settings.oauth_url)
        options = Options(host, settings.app_id, settings.auth).changed(
            tenants, rate_limit=rate_limit, retry=retry, timeout=timeout
        )
        self._pipeline = Pipeline(options, self._connections, tuple(middleware))
        self._is_copy = False

    # Life.

    @property
    def app_id(self) -> str:
        """The app that the operations are about."""
        return self._pipeline.options.app_id

    @property
    def base_url(self) -> str:
        """The URL that requests are sent to, without a slash at its end."""
        return self._pipeline.options.host.base_url

    @property
    def oauth_url(self) -> str:
        """The URL that the OAuth operations are sent to."""
        return self._pipeline.options.host.oauth_url

    @property
    def http(self) -> httpx.AsyncClient:
        """The httpx client that this client and its copies share.

        Its event hooks are called, and requests that you send with it use the same connections and
        count towards `max_connections`. They carry no credentials of this client.
        """
        return self._connections.http

    @property
    def rate_limiter(self) -> RateLimiter | None:
        """The limiter of this client. Its `statistics()` hold the current rate and the 429s."""
        return self._pipeline.options.limiter

    def statistics(self) -> ClientStatistics:
        """Return the counts of this client and its copies, and what is in flight."""
        return self._connections.observer.statistics(self._pipeline.options.limiter)

    def with_options(
        self,
        *,
        app_id: str | UnsetType = UNSET,
        auth: Auth | UnsetType = UNSET,
        subdomain: str | UnsetType = UNSET,
        region: Region | UnsetType = UNSET,
        base_url: str | UnsetType = UNSET,
        rate_limit: LimiterChoice | UnsetType = UNSET,
        retry: RetryPolicy | None | UnsetType = UNSET,
        timeout: float | None | UnsetType = UNSET,
    ) -> Self:
        """Return a copy of this client with some options replaced. It shares the connections.

        The default limiter belongs to one app on one host, because the limit is the account's: a
        copy for another app or host has another one, and all copies for the same app and host share
        theirs. A limiter that was passed in is shared with every copy.

        Closing a copy does nothing: the connections belong to the client it was made from.

        Args:
            app_id: Another app.
            auth: Other credentials. Those of this client are kept otherwise, on another host too.
            subdomain: Another Zendesk host; at most one of `subdomain`, `region` and `base_url`.
            region: The host of legacy accounts in another region.
            base_url: Another host.
            rate_limit: Another limiter, `"adaptive"` for the default one, or None for none.
            retry: Another retry policy, or None to send each request once.
            timeout: Seconds for each step of an attempt, or None for no bound.

        Raises:
            ConfigurationError: A value cannot be used.
        """
        options = self._pipeline.options
        if auth is not UNSET:
            given = Concealed(auth)
            del auth  # it may be a bare token: no traceback of this frame shows it
            options = replace(options, auth=check_auth(given))
        if app_id is not UNSET:
            options = replace(options, app_id=check_app_id(app_id))
        places = {"subdomain": subdomain, "region": region, "base_url": base_url}
        named = {name: place for name, place in places.items() if place is not UNSET}
        if named:
            host = resolve_host(named)
            options = replace(options, host=self._connections.tenants.host(*host))
        options = options.changed(
            self._connections.tenants, rate_limit=rate_limit, retry=retry, timeout=timeout
        )
        copy = object.__new__(type(self))
        copy._connections = self._connections
        copy._pipeline = Pipeline(options, self._connections, self._pipeline.middleware)
        copy._is_copy = True
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
        if not hasattr(self, "_pipeline"):  # a traceback of a constructor that failed asks too
            return "<AsyncSunco, not configured>"
        return f"AsyncSunco(base_url={self.base_url!r}, app_id={self.app_id!r})"

    def __reduce__(self) -> NoReturn:
        # Called by copy.copy, copy.deepcopy and pickle. Without it, they fail on some inner object.
        raise TypeError(NOT_COPIED)

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
        response_type: type[T],
        idempotent: bool = ...,
        **options: Unpack[RequestOptions],
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
        response_type: None = ...,
        idempotent: bool = ...,
        **options: Unpack[RequestOptions],
    ) -> Any: ...

    @partial(checks_keywords, name="request", options=SHARED_OPTIONS)
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = UNSET,
        files: Mapping[str, Any] | None = None,
        response_type: Any = None,
        idempotent: bool = False,
        **options: Unpack[RequestOptions],
    ) -> Any:
        """Send any other request of the API, such as `POST /v1.1/apps/{app}/notifications`.

        Args:
            method: The HTTP method.
            path: The path, added to the base URL as it is: quote the values in it. A full URL is
                refused, because the credentials belong to one host.
            params: The query, unquoted.
            json: The body, encoded as JSON. `UNSET` (the default) and None send no body.
            files: httpx's multipart argument.
            response_type: The type to decode the JSON into. None returns it as plain Python values.
            idempotent: Whether sending the request twice is the same as sending it once; always
                true for GET and HEAD. It decides which failures are retried.
            **options: `timeout`, `deadline`, `retry` and `extra_headers`, as every operation has.

        Returns:
            The decoded JSON, or None for an empty body.

        Raises:
            SuncoError: As every operation does.
        """
        method = checked_method(method)
        safe = idempotent or method in ("GET", "HEAD")
        operation: Operation[Any] = Operation(
            name="request",
            method=method,
            path=free_path(path),
            replay="always" if safe else "never" if files else "not_sent",
        )

        def read(answer: Response) -> Any:
            if response_type is None:
                return None if is_blank(answer.body) else read_json(answer, Any)
            return read_json(answer, response_type)

        return await self._pipeline.send(
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
        return await call_raw(operation, *args, **kwargs)
