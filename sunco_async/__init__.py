"""The asyncio-native client for Zendesk Sunshine Conversations v2.

    async with AsyncSunco(subdomain="acme", app_id="5d8c", key_id="app_5d8c", secret="no") as sunco:
        [message] = await sunco.messages.post(conversation_id, "Hello Jane!")

Models are in `sunco_async.models`, sending many messages in `sunco_async.bulk`, a server to
develop and test against in `sunco_async.sandbox`.
"""

from msgspec import UNSET

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from sunco_async._base.operation import Replay
from sunco_async._call.options import RequestOptions
from sunco_async._call.paging import Page, Paginator
from sunco_async._call.raw import RawResponse
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
    ErrorDetail,
    NotFound,
    Outcome,
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
from sunco_async.models._checks import Metadata

__all__ = [
    "UNSET",
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
    "ErrorDetail",
    "Grant",
    "JWTAuth",
    "LimiterStatistics",
    "Metadata",
    "Middleware",
    "NotFound",
    "Outcome",
    "Page",
    "Paginator",
    "PayloadTooLarge",
    "PaymentRequired",
    "PermissionDenied",
    "RateLimited",
    "RateLimiter",
    "RawResponse",
    "Replay",
    "RequestOptions",
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
