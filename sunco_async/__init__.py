"""The asyncio-native client for Zendesk Sunshine Conversations v2.

    async with AsyncSunco(subdomain="acme", app_id="5d8c", key_id="app_5d8c", secret="no") as sunco:
        [message] = await sunco.messages.post(conversation_id, "Hello Jane!")

Models are in `sunco_async.models`, sending many messages in `sunco_async.bulk`, a server to
develop and test against in `sunco_async.sandbox`.
"""

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from sunco_async._call.paging import Page, Paginator
from sunco_async._client import AsyncSunco
from sunco_async._version import __version__
from sunco_async.errors import (
    APIStatusError,
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    ConversationFull,
    NotFound,
    PayloadTooLarge,
    PaymentRequired,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    RequestTooLarge,
    ResponseDecodeError,
    ServerError,
    SuncoError,
    UnexpectedRedirect,
)
from sunco_async.middleware import (
    AdaptiveTokenBucket,
    Call,
    CallNext,
    Grant,
    LimiterStatistics,
    Middleware,
    RateLimiter,
    Response,
    RetryPolicy,
    TokenBucket,
)

__all__ = [
    "APIStatusError",
    "AdaptiveTokenBucket",
    "AsyncSunco",
    "Auth",
    "AuthenticationFailed",
    "BadRequest",
    "BasicAuth",
    "BearerAuth",
    "Call",
    "CallNext",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "ConversationFull",
    "Grant",
    "JWTAuth",
    "LimiterStatistics",
    "Middleware",
    "NotFound",
    "Page",
    "Paginator",
    "PayloadTooLarge",
    "PaymentRequired",
    "PermissionDenied",
    "RateLimited",
    "RateLimiter",
    "RequestTimeout",
    "RequestTooLarge",
    "Response",
    "ResponseDecodeError",
    "RetryPolicy",
    "ServerError",
    "SuncoError",
    "TokenBucket",
    "UnexpectedRedirect",
    "__version__",
]
