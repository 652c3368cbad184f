"""`AsyncSunco`: its settings, its copies and its connections."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import NoReturn, Self

import httpx
from msgspec import UNSET, UnsetType

from sunco_async._base.auth import Auth
from sunco_async._base.hidden import Concealed
from sunco_async._base.settings import (
    Region,
    check_app_id,
    check_auth,
    resolve_host,
    resolve_settings,
)
from sunco_async._call.client_checks import check_hooks, check_http_client, check_middleware
from sunco_async._call.client_options import LimiterChoice, Options
from sunco_async._call.pipeline import NOT_COPIED, Pipeline
from sunco_async._call.session import Session
from sunco_async._groups import Groups
from sunco_async.hooks import ClientStatistics, Hooks
from sunco_async.middleware import Middleware, RateLimiter, RetryPolicy

__all__ = ["AsyncSunco"]


class AsyncSunco(Groups):
    """The asyncio client for Sunshine Conversations v2.

    Settings that are not passed are read from environment variables: `SUNCO_APP_ID`,
    `SUNCO_KEY_ID`, `SUNCO_KEY_SECRET`, and one of `SUNCO_SUBDOMAIN`, `SUNCO_REGION` and
    `SUNCO_BASE_URL`.

    Args:
        app_id: The id of the app that the operations refer to.
        key_id: The id of an API key.
        secret: The secret of that key.
        subdomain: The Zendesk subdomain: the part of the host in front of `.zendesk.com`. At most
            one of `subdomain`, `region` and `base_url` can be passed.
        region: The region of a legacy account, `"us"` or `"eu"`.
        base_url: The URL of any other host.
        auth: Credentials other than Basic auth with `key_id` and `secret`.
        rate_limit: A limiter, which may be shared with other clients, or None for no limit. The
            default (`"adaptive"`) finds the unpublished limit of the server, for each app and host
            separately.
        retry: When a failed request is sent again; None sends each request once.
        timeout: Seconds for each step of an attempt: connecting, writing, each wait for more of the
            response; None sets no limit. `RetryPolicy.max_elapsed` limits each call as a whole, and
            `deadline=` of an operation a single call.
        max_connections: The largest number of requests in flight.
        max_body_size: The largest response body that is read, in bytes after decompression.
        http_client: An `httpx.AsyncClient` to send requests with. This client does not close it.
        transport: An httpx transport to use instead of the transport of this library, such as a
            mock.
        ssl_context: The context that verifies certificates. By default it trusts the authorities
            of certifi, or those that `SSL_CERT_FILE` or `SSL_CERT_DIR` name.
        proxy: The URL of an HTTP proxy for every host, such as
            `http://user:password@proxy.example:3128`. By default it is read from the environment:
            `HTTPS_PROXY` or `ALL_PROXY` (`HTTP_PROXY` for a base URL without TLS), except for the
            hosts in `NO_PROXY` and on loopback.
        marketplace: The headers that Zendesk requires of a marketplace bot, by the last part of
            their names, after `X-Zendesk-Marketplace-`: `Name`, `Organization-Id`, `App-Id`.
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
            del secret, key_id, auth, proxy  # no traceback of this frame may show them
        check_http_client(http_client)
        check_middleware(middleware)
        check_hooks(hooks)
        self._session = Session.open(
            marketplace or {},
            http_client=http_client,
            transport=transport,
            ssl_context=ssl_context,
            proxy=given_proxy,
            max_connections=max_connections,
            max_body_size=max_body_size,
            hooks=hooks,
        )
        tenants = self._session.tenants
        host = tenants.host(settings.base_url, settings.oauth_url)
        options = Options(host, settings.app_id, settings.auth).changed(
            tenants, rate_limit=rate_limit, retry=retry, timeout=timeout
        )
        self._pipeline = Pipeline(options, self._session, tuple(middleware))
        self._is_copy = False

    @property
    def app_id(self) -> str:
        """The id of the app that the operations refer to."""
        return self._pipeline.options.app_id

    @property
    def base_url(self) -> str:
        """The URL that requests are sent to, without a trailing slash."""
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
        return self._session.http

    @property
    def rate_limit(self) -> RateLimiter | None:
        """The limiter of this client, or None. `statistics()` has its rate and its 429s."""
        return self._pipeline.options.limiter

    def statistics(self) -> ClientStatistics:
        """Count the calls of this client and its copies.

        Returns:
            The counts since the client was made, and the calls that wait or are in flight now.
        """
        return self._session.observer.statistics(self._pipeline.options.limiter)

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

        Each account has its own limit, so the default limiter belongs to one app on one host: a
        copy for another app or host has another limiter, and all copies for the same app and host
        share one. A limiter that was passed in is shared with every copy.

        Closing a copy does nothing: the connections belong to the client it was made from.

        Args:
            app_id: The id of another app.
            auth: Other credentials. By default those of this client are kept, also for another
                host.
            subdomain: Another Zendesk subdomain. At most one of `subdomain`, `region` and
                `base_url` can be passed.
            region: Another region of legacy accounts, `"us"` or `"eu"`.
            base_url: The URL of any other host.
            rate_limit: Another limiter, `"adaptive"` for the default one, or None for no limit.
            retry: Another retry policy, or None to send each request once.
            timeout: Seconds for each step of an attempt, or None for no limit.

        Raises:
            ConfigurationError: A value cannot be used.
        """
        options = self._pipeline.options
        if auth is not UNSET:
            given = Concealed(auth)
            del auth  # it may be a plain token, which no traceback of this frame may show
            options = replace(options, auth=check_auth(given))
        if app_id is not UNSET:
            options = replace(options, app_id=check_app_id(app_id))
        hosts = {"subdomain": subdomain, "region": region, "base_url": base_url}
        passed = {name: value for name, value in hosts.items() if value is not UNSET}
        if passed:
            urls = resolve_host(passed)
            options = replace(options, host=self._session.tenants.host(*urls))
        options = options.changed(
            self._session.tenants, rate_limit=rate_limit, retry=retry, timeout=timeout
        )
        copy = object.__new__(type(self))
        copy._session = self._session
        copy._pipeline = Pipeline(options, self._session, self._pipeline.middleware)
        copy._is_copy = True
        return copy

    async def aclose(self) -> None:
        """Close the connections that this client made; further calls raise `RuntimeError`."""
        if not self._is_copy:
            await self._session.aclose()

    async def __aenter__(self) -> Self:
        self._session.check_open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        if not hasattr(self, "_pipeline"):  # shown by the traceback of a failed constructor
            return "<AsyncSunco, not configured>"
        return f"AsyncSunco(base_url={self.base_url!r}, app_id={self.app_id!r})"

    def __reduce__(self) -> NoReturn:
        # copy.copy, copy.deepcopy and pickle call it; without it, they fail on some inner object.
        raise TypeError(NOT_COPIED)
