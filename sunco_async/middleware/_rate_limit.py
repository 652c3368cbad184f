"""The innermost middleware of ours: no attempt without a token, and the limiter hears how it went.

It sits inside the gate, so a token is taken last, when the attempt is about to go. A limiter is
told of each answer with the time of its grant: a 429 to a request that left before the last cut of
the rate says nothing new.
"""

from sunco_async._clock import monotonic
from sunco_async.middleware._call import Answer, Call, Handler
from sunco_async.middleware._limiter import RateLimiter
from sunco_async.middleware._observer import Observer

__all__ = ["RateLimit"]


class RateLimit:
    """Takes a token of `limiter` for each attempt and reports what became of it."""

    def __init__(self, limiter: RateLimiter, observer: Observer) -> None:
        self._limiter = limiter
        self._observer = observer

    async def __call__(self, call: Call, proceed: Handler, /) -> Answer:
        granted_at = await self._limiter.acquire()
        try:
            answer = await proceed(call)
        except BaseException:
            self._limiter.lost(granted_at)
            raise
        if self._observer.watches_limiter:
            before = self._limiter.statistics()
            self._report(granted_at, answer)
            self._observer.limiter_moved(call, before, self._limiter.statistics(), monotonic())
        else:
            self._report(granted_at, answer)
        return answer

    def _report(self, granted_at: float, answer: Answer) -> None:
        throttled = answer.status_code == 429
        self._limiter.report(
            granted_at, throttled=throttled, retry_after=answer.retry_after if throttled else None
        )
