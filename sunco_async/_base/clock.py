"""The one clock of retries, deadlines and limits: the event loop's own.

Its timers use the same clock, and a test on a loop with virtual time moves everything together.
Changes of the wall clock have no effect. uvloop's clock has a resolution of a millisecond, and its
timers are rounded to whole milliseconds: a timer can fire up to half a millisecond early.
"""

import asyncio

__all__ = ["monotonic"]


def monotonic() -> float:
    """Seconds on the running event loop's clock."""
    return asyncio.get_running_loop().time()
