"""The layers between a call and the wire, outermost first: retry, credentials, gate, rate limit.

`Middleware` is the protocol for layers of your own. `RetryPolicy` and the buckets are the settings
that most programs change. Decisions are plain functions over values; the loops that act on them are
short.
"""

from sunco_async.middleware._adaptive import AdaptiveTokenBucket
from sunco_async.middleware._call import Call, CallNext, Middleware, Response, response_outcome
from sunco_async.middleware._limiter import Grant, LimiterStatistics, RateLimiter
from sunco_async.middleware._retry import RetryPolicy
from sunco_async.middleware._token_bucket import TokenBucket

__all__ = [
    "AdaptiveTokenBucket",
    "Call",
    "CallNext",
    "Grant",
    "LimiterStatistics",
    "Middleware",
    "RateLimiter",
    "Response",
    "RetryPolicy",
    "TokenBucket",
    "response_outcome",
]
