"""The rate at a server without burst, where a 429 says little. It has no clock.

At any rate near the limit, some of the requests meet at such a server (see `_depth_test`). How many
depends on the jitter of the client's event loop, the network and the server, and grows with the
rate. So the rate is not cut after a 429. It follows a target share of 429s instead:

- Each accepted request adds the target to a *balance*, and each 429 takes one from it. The balance
  is the number of 429s that may still be spent.
- While the balance is positive, the rate grows with each accepted request, faster the larger the
  balance is. While it is negative, the rate does not grow, and each 429 lowers it.

Without jitter there is a cliff: just above the limit every other request is refused, until the
client sees the first 429. So the rate is lowered once for all requests that were under way. A rate
that is lowered again and again means that the limit has fallen: then the bucket closes and sends a
probe as after any cut, and the rate is halved if that happens twice in a row.
"""

__all__ = ["ShallowSearch"]

_TARGET = 0.004  # share of 429s
_FIRST_BALANCE = 2.0  # 429s: the rate grows by 10 % per second at 300/s
_MOST_BALANCE = 3.0  # 429s
_DEEPEST_DEBT = -40.0  # 429s of requests that were under way: a cliff, many at once
_DEBT = -6.0  # other 429s: a machine that was busy for a moment is soon forgotten
_GROWTH = 4e-5  # of the rate, for each accepted request without balance: 1.2 % per second at 300/s
_FASTER = 1.5  # the growth doubles so many times for each 429 of the balance
_LOSS, _MOST_LOSS = 0.01, 0.03  # of the rate, at a 429; more after a fast growth
_CLOSE = 0.05  # an accepted request makes up for this share of a lowered rate
_MANY = 3  # times that the rate was lowered, close together
_SOON = 100  # accepted requests since the last cut; fewer than that is in a row


class ShallowSearch:
    """Raises and lowers the rate so that few requests are refused."""

    def __init__(self, rate: float, least: float, most: float) -> None:
        self.rate = rate
        self._least = least
        self._most = most
        self._balance = _FIRST_BALANCE
        self._recent = 0.0  # times that the rate was lowered, close together
        self._since_cut = _SOON

    def accepted(self) -> None:
        """Raise the rate, on an accepted request whose caller had waited for its grant."""
        self._since_cut += 1
        self._recent = max(self._recent - _CLOSE, 0)
        self._balance = min(self._balance + _TARGET, _MOST_BALANCE)
        if self._balance > 0:
            self._move(self.rate * (1 + self._growth()))

    def throttled(self, *, known: bool) -> bool:
        """Spend a 429. Return whether the rate was lowered.

        Args:
            known: Whether the request was sent before the rate was last lowered.
        """
        loss = min(max(self._growth() / _TARGET, _LOSS), _MOST_LOSS)
        deepest = _DEEPEST_DEBT if known else min(_DEBT, self._balance)
        self._balance = max(self._balance - 1, deepest)
        if known or self._balance > 0:
            return False
        self._move(self.rate * (1 - loss))
        self._recent += 1
        return True

    def has_fallen(self) -> bool:
        """Whether the limit seems to have fallen, which is a cut."""
        return self._recent >= _MANY

    def cut(self) -> None:
        """Start again after a cut."""
        if self._since_cut < _SOON:
            self._move(self.rate / 2)
            self._balance = _FIRST_BALANCE
        self._since_cut = 0
        self._recent = 0

    def _growth(self) -> float:
        return _GROWTH * float(2 ** (_FASTER * max(self._balance, 0)))

    def _move(self, rate: float) -> None:
        self.rate = min(max(rate, self._least), self._most)
