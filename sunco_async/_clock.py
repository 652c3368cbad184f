"""The one clock of retries, deadlines and limits: the event loop's own.

A timer of the loop never fires before this clock has reached its time, and a test that runs on a
loop with virtual time moves everything together. Wall-clock jumps do not touch it.
"""

import asyncio

__all__ = ["monotonic"]


def monotonic() -> float:
    """Seconds on the running event loop's clock."""
    return asyncio.get_running_loop().time()
