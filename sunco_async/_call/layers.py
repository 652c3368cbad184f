"""Composing the layers that a call passes through.

Outermost first: the user's own middleware, retry, credentials, gate, rate limit, exchange. Each
layer is bound to the layers below it, so the whole is one function of the call.
"""

from collections.abc import Awaitable, Sequence

from sunco_async._base.deadlines import CallLimit
from sunco_async._base.headers import check_sendable
from sunco_async._call.client_options import Options
from sunco_async._call.session import Session
from sunco_async.middleware import Call, CallNext, Middleware, Response, RetryPolicy
from sunco_async.middleware._authenticate import Authenticate
from sunco_async.middleware._rate_limit import RateLimit
from sunco_async.middleware._retry import Retry
from sunco_async.middleware._retry_budget import RetryBudget

__all__ = ["compose", "compose_authenticated", "compose_for_other_host", "send_within"]


def compose_authenticated(options: Options, session: Session) -> CallNext:
    """Return the layers below the retry layer: credentials, gate, rate limit, exchange."""
    layers: CallNext = session.exchange
    if options.limiter is not None:
        layers = _bind(RateLimit(options.limiter, session.observer), layers)
    layers = _bind(session.gate, layers)
    return _bind(Authenticate(options.auth), layers)


def compose(
    authenticated: CallNext,
    options: Options,
    session: Session,
    *,
    retry: RetryPolicy,
    middleware: Sequence[Middleware],
) -> CallNext:
    """Add a retry layer and the user's own layers around the layers below them."""
    layers = _bind(
        Retry(retry, session.observer, options.limiter, options.host.budget), authenticated
    )
    if middleware:
        layers = _bind(_refuse_unsendable, layers)
    for each in reversed(middleware):
        layers = _bind(each, layers)
    return layers


def compose_for_other_host(session: Session, *, retry: RetryPolicy) -> CallNext:
    """Return the layers for a request to a host that is not the API."""
    return _bind(
        Retry(retry, session.observer, None, RetryBudget()), _bind(session.gate, session.exchange)
    )


async def send_within(limit: CallLimit, layers: CallNext, call: Call) -> Response:
    """Send a call, and interrupt it when its time limit has passed."""
    if not limit.used_up():
        try:
            async with limit:
                return await layers(call)
        except TimeoutError:
            if not limit.is_over():  # the user's own time limit
                raise
    # The retry loop raises its own error. So the user's middleware was interrupted here, which may
    # have sent the call and received its response.
    call.in_doubt = call.in_doubt or call.attempts > 0
    raise call.timed_out()


async def _refuse_unsendable(call: Call, call_next: CallNext) -> Response:
    """Check the headers again, because the user's middleware may have changed them."""
    if call.prepared is None:  # else no middleware has used the request
        check_sendable(call.request.headers)
    return await call_next(call)


def _bind(middleware: Middleware, call_next: CallNext) -> CallNext:
    """Return a middleware with the layers below it as one function of the call."""

    def bound(call: Call) -> Awaitable[Response]:
        return middleware(call, call_next)

    return bound
