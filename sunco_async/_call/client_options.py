"""The options of a client that a copy may replace: host, app, credentials, limiter, retries."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from msgspec import UNSET, UnsetType

from sunco_async._base.auth import Auth
from sunco_async._base.option_checks import check_seconds
from sunco_async._call.client_checks import check_limiter, check_retry
from sunco_async._call.request import timeouts_of
from sunco_async._call.tenants import Host, Tenants
from sunco_async.middleware import RateLimiter, RetryPolicy
from sunco_async.transports import Timeouts

__all__ = ["NEVER_AGAIN", "LimiterChoice", "Options"]

LimiterChoice = RateLimiter | Literal["adaptive"] | None

NEVER_AGAIN: Final = RetryPolicy(max_attempts=1, max_elapsed=None)
NO_TIMEOUTS: Final = Timeouts()


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one client or copy.

    Attributes:
        host: Where requests are sent.
        app_id: The app of the operations.
        auth: The credentials.
        limiter: The rate limiter, or None.
        own_limiter: Whether `limiter` is the default one, which belongs to one app on one host.
        retry: The retry policy; `NEVER_AGAIN` sends each request once.
        timeouts: The time limits of the steps of an attempt, in seconds.
    """

    host: Host
    app_id: str
    auth: Auth
    limiter: RateLimiter | None = None
    own_limiter: bool = True
    retry: RetryPolicy = NEVER_AGAIN
    timeouts: Timeouts = NO_TIMEOUTS

    def changed(
        self,
        tenants: Tenants,
        *,
        rate_limit: LimiterChoice | UnsetType = UNSET,
        retry: RetryPolicy | None | UnsetType = UNSET,
        timeout: float | None | UnsetType = UNSET,
    ) -> "Options":
        """Return a copy with some options replaced, and with the limiter that belongs to it.

        Raises:
            ConfigurationError: A value has the wrong type.
        """
        options = self
        if rate_limit is not UNSET:
            check_limiter(rate_limit)
            chosen = None if isinstance(rate_limit, str) else rate_limit
            options = replace(options, limiter=chosen, own_limiter=isinstance(rate_limit, str))
        if options.own_limiter:
            limiter = tenants.limiter(options.host, options.app_id)
            options = replace(options, limiter=limiter)
        if retry is not UNSET:
            check_retry(retry)
            options = replace(options, retry=retry or NEVER_AGAIN)
        if timeout is not UNSET:
            check_seconds("timeout", timeout)
            options = replace(options, timeouts=timeouts_of(timeout))
        return options
