"""The asyncio-native client for Zendesk Sunshine Conversations v2.

    async with AsyncSunco(subdomain="acme", app_id="5d8c", key_id="app_5d8c", secret="no") as sunco:
        [message] = await sunco.messages.post(conversation_id, "Hello Jane!")

Models are in `sunco_async.models`, sending many messages in `sunco_async.bulk`, a server to
develop and test against in `sunco_async.sandbox`.
"""

from msgspec import UNSET as UNSET

from sunco_async._base.auth import Auth as Auth
from sunco_async._base.auth import BasicAuth as BasicAuth
from sunco_async._base.auth import BearerAuth as BearerAuth
from sunco_async._base.auth import JWTAuth as JWTAuth
from sunco_async._base.operation import Replay as Replay
from sunco_async._call.options import RequestOptions as RequestOptions
from sunco_async._call.paging import Page as Page
from sunco_async._call.paging import Paginator as Paginator
from sunco_async._call.raw import RawResponse as RawResponse
from sunco_async._client import AsyncSunco as AsyncSunco
from sunco_async._public import publish as _publish
from sunco_async._version import __version__ as __version__
from sunco_async.errors import *
from sunco_async.hooks import Hooks as Hooks
from sunco_async.middleware import AdaptiveTokenBucket as AdaptiveTokenBucket
from sunco_async.middleware import Call as Call
from sunco_async.middleware import CallNext as CallNext
from sunco_async.middleware import Grant as Grant
from sunco_async.middleware import LimiterStatistics as LimiterStatistics
from sunco_async.middleware import Middleware as Middleware
from sunco_async.middleware import RateLimiter as RateLimiter
from sunco_async.middleware import Response as Response
from sunco_async.middleware import RetryPolicy as RetryPolicy
from sunco_async.middleware import TokenBucket as TokenBucket
from sunco_async.models._checks import Metadata as Metadata

_publish(__name__)
