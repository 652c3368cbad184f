"""Type checks of options: retry policies, limiters, hooks, middleware, httpx clients.

The constructor, `with_options` and the options of a single call use the same checks.
"""

from collections.abc import Iterable

import httpx

from sunco_async._base.option_checks import refuse
from sunco_async.errors import ConfigurationError
from sunco_async.hooks import Hooks
from sunco_async.middleware import AdaptiveTokenBucket, RateLimiter, RetryPolicy, TokenBucket

__all__ = [
    "check_hooks",
    "check_http_client",
    "check_limiter",
    "check_middleware",
    "check_retry",
]


def check_retry(value: object) -> None:
    """Raise `ConfigurationError` unless the value is a `RetryPolicy` or None."""
    if value is None or isinstance(value, RetryPolicy):
        return
    example = "retry=RetryPolicy(max_attempts=3)"
    if isinstance(value, int) and not isinstance(value, bool):
        example = f"retry=RetryPolicy(max_attempts={value})"
    refuse("retry", f"a RetryPolicy, such as {example}, or None for a single attempt", value)


def check_limiter(value: object) -> None:
    """Raise `ConfigurationError` unless the value is a limiter, `"adaptive"` or None."""
    if value is None or isinstance(value, TokenBucket | AdaptiveTokenBucket):
        return
    if isinstance(value, str) and value == "adaptive":
        return
    # A class has the methods of the protocol, but is no limiter.
    if isinstance(value, type) or not isinstance(value, RateLimiter):
        example = "rate_limit=TokenBucket(50)"
        if isinstance(value, int | float) and not isinstance(value, bool):
            example = f"rate_limit=TokenBucket({value})"
        refuse("rate_limit", f'a limiter, such as {example}, "adaptive", or None for none', value)


def check_hooks(value: object) -> None:
    """Raise `ConfigurationError` unless the value is an instance of `Hooks` or None."""
    if value is None or isinstance(value, Hooks):
        return
    if isinstance(value, type) and issubclass(value, Hooks):
        raise ConfigurationError(
            f"hooks must be an instance, not the class: write hooks={value.__name__}()"
        )
    refuse("hooks", "an instance of a subclass of sunco_async.hooks.Hooks", value)


def check_middleware(value: object) -> None:
    """Raise `ConfigurationError` unless the value is a list or tuple of callables."""
    if callable(value) and not isinstance(value, Iterable):
        name = getattr(value, "__name__", "layer")
        raise ConfigurationError(f"middleware must be a list: write middleware=[{name}]")
    if not isinstance(value, list | tuple):
        refuse("middleware", "a list of middleware, such as middleware=[layer]", value)
    for index, layer in enumerate(value):
        if isinstance(layer, type):
            raise ConfigurationError(
                f"middleware[{index}] must be an instance, not the class {layer.__name__}"
            )
        if not callable(layer):
            refuse(f"middleware[{index}]", "an async callable over (call, call_next)", layer)


def check_http_client(value: object) -> None:
    """Raise `ConfigurationError` unless the value is an `httpx.AsyncClient` or None."""
    if value is not None and not isinstance(value, httpx.AsyncClient):
        refuse("http_client", "an httpx.AsyncClient", value)
