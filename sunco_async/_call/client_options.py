"""What a copy of a client may change: where to send, as whom, at which rate, how patiently."""

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

    `own_limiter` says that the limiter is the default one, which each app and host has of its own.
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
        """Return these options with others in their place, and the limiter that belongs to them.

        Raises `ConfigurationError` for a value of the wrong type.
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
