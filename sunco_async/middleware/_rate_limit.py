"""The innermost middleware of ours: no attempt without a token, and the limiter hears how it went.

It sits inside the gate, so a token is taken last, when the attempt is about to go. A limiter is
told of each answer with the time of its grant: a 429 to a request that left before the last cut of
the rate says nothing new.
"""

from sunco_async.middleware._call import Answer, Call, Handler
from sunco_async.middleware._limiter import RateLimiter

__all__ = ["RateLimit"]


class RateLimit:
    """Takes a token of `limiter` for each attempt and reports what became of it."""

    def __init__(self, limiter: RateLimiter) -> None:
        self.limiter = limiter

    async def __call__(self, call: Call, proceed: Handler, /) -> Answer:
        granted_at = await self.limiter.acquire()
        try:
            answer = await proceed(call)
        except BaseException:
            self.limiter.lost(granted_at)
            raise
        throttled = answer.status_code == 429
        self.limiter.report(
            granted_at, throttled=throttled, retry_after=answer.retry_after if throttled else None
        )
        return answer
