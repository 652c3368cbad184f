"""How much of the traffic may be repetition, so that an outage is not made worse by its clients.

Each call puts a tenth of a token into the budget, and repeating one that the server has failed
takes a whole one. So however long an outage lasts, the traffic stays at 1.1 times what it would be,
and when the server is well again nothing is left to work off. A reserve of ten lets the few
failures of a quiet hour be repeated at once.

A 429 takes nothing out, since the limiter paces it, and neither does what was not sent, since it
burdens no server.
"""

__all__ = ["RetryBudget"]


class RetryBudget:
    """A count of the repetitions that are left, shared by all calls of a client."""

    def __init__(self, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._left = reserve

    def deposit(self) -> None:
        """Put in what a new call is worth."""
        self._left = min(self._left + self._share, self._reserve)

    def withdraw(self) -> bool:
        """Take one repetition out; False where there is none left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
