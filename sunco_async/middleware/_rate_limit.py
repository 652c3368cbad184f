"""The innermost middleware: every attempt takes a token, and its result is reported to the limiter.

It is inside the gate, so the token is taken last, when the request is about to be sent. A request
that certainly was not sent gives its token back: the attempt did not begin (it failed or was
cancelled before), or it failed with the outcome `"not_sent"`. Any other failure is reported as a
lost response.
"""

from sunco_async.errors import SuncoError
from sunco_async.middleware._call import Call, CallNext, Response
from sunco_async.middleware._limiter import Grant, RateLimiter
from sunco_async.middleware._observer import Observer
from sunco_async.middleware._reports import begin_report, finish_report

__all__ = ["RateLimit"]


class RateLimit:
    """Takes a token of `limiter` for each attempt and reports the result."""

    def __init__(self, limiter: RateLimiter, observer: Observer) -> None:
        self._limiter = limiter
        self._observer = observer

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        limiter = self._limiter
        attempts = call.attempts
        grant = await limiter.acquire()
        try:
            response = await call_next(call)
        except BaseException as error:
            not_sent = call.attempts == attempts or (
                isinstance(error, SuncoError) and error.outcome == "not_sent"
            )
            pending = begin_report(limiter.refund if not_sent else limiter.lost, grant)
            if pending is not None:
                await finish_report(pending)
            raise
        if self._observer.watches_limiter:
            before = limiter.statistics()
            await self._report(grant, response)
            self._observer.limiter_moved(call, before, limiter.statistics())
        else:
            await self._report(grant, response)
        return response

    async def _report(self, grant: Grant, response: Response) -> None:
        throttled = response.status_code == 429
        pending = begin_report(
            self._limiter.report,
            grant,
            throttled=throttled,
            retry_after=response.retry_after if throttled else None,
        )
        if pending is not None:
            await finish_report(pending)
