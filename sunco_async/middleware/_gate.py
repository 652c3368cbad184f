"""At most `max_connections` exchanges at a time, first come, first served.

The gate is in front of the rate limit, so a call takes its token last, when it is about to be sent.
It is also where a client notices that it is used on another event loop (see `LoopLocal`).
"""

from sunco_async._base.concurrency_limit import ConcurrencyLimit
from sunco_async._base.loop_local import LoopLocal
from sunco_async.middleware._call import Call, CallNext, Response

__all__ = ["Gate"]


class Gate:
    """Takes a place of the concurrency limit for each attempt.

    Args:
        limits: The limit of each event loop. Our own transport shares it, for requests that do not
            come through the gate.
    """

    def __init__(self, limits: LoopLocal[ConcurrencyLimit]) -> None:
        self._limits = limits

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        limit = self._limits.get()
        if not limit.acquire_nowait():
            await limit.acquire()
        try:
            return await call_next(call)
        finally:
            limit.release()
