"""The rate at a server without burst, where a 429 says little. It has no clock.

At any rate near the limit, some of the requests meet at such a server (see `_depth_test`). How many
depends on the jitter of the client's event loop, the network and the server, and grows with the
rate. So the rate is not cut after a 429. It follows a target share of 429s, by stochastic
approximation: each accepted request raises the rate by a small step, each 429 lowers it by
1/target steps, and both cancel out where that share of requests is refused.

Without jitter there is a cliff: just above the limit, every other request is refused, until the
client sees the first 429. So the rate is lowered once for all requests that were under way, and by
2 % at most. The rest of the 1/target steps, and those of each further 429 among these requests, are
accepted requests during which the rate does not grow.

The step becomes larger while 429s are rarer than the target, and smaller while they are more
frequent, so it is small once the rate has been found. Only a rate that is lowered again and again
means that the limit has fallen: then the bucket closes and sends a probe as after any cut, and the
rate is halved if that happens twice in a row.
"""

__all__ = ["ShallowSearch"]

_TARGET = 0.004  # share of 429s
_LEAST_GROWTH = 4e-5  # of the rate, for each accepted request: 1.2 % per second at 300/s
_FIRST_GROWTH, _MOST_GROWTH = 0.06, 0.12  # requests per second, for each accepted request
_MOST_LOSS = 0.02  # of the rate, at a single 429
_LARGER, _SMALLER = 2, 0.6  # factors of the growth
_QUIET = 3 / _TARGET  # accepted requests without a 429, after which the growth becomes larger
_CLOSE = 0.05  # an accepted request makes up for this share of a 429
_MANY = 3  # 429s close together, each of a request that was sent after the one before
_LONGEST_HOLD = 10_000  # accepted requests without growth
_SOON = 100  # accepted requests since the last cut; fewer than that is in a row


class ShallowSearch:
    """Raises and lowers the rate so that few requests are refused."""

    def __init__(self, rate: float, least: float, most: float) -> None:
        self.rate = rate
        self._least = least
        self._most = most
        self._growth = _FIRST_GROWTH
        self._quiet = 0  # accepted requests since the last 429
        self._hold = 0.0  # accepted requests until the rate grows again
        self._recent = 0.0  # 429s close together
        self._since_cut = _SOON

    def accepted(self) -> None:
        """Raise the rate, on an accepted request whose caller had waited for its grant."""
        self._since_cut += 1
        self._recent = max(self._recent - _CLOSE, 0)
        if self._hold > 0:
            self._hold -= 1
            return
        self._quiet += 1
        if self._quiet >= _QUIET:
            self._quiet = 0
            self._resize(_LARGER)
        self._move(self.rate + self._growth)

    def throttled(self, *, known: bool) -> bool:
        """Lower the rate; return whether the limit seems to have fallen, which is a cut.

        `known` is whether the request was sent before the rate was last lowered.
        """
        if known:
            self._wait(1 / _TARGET)
        else:
            self._recent += 1
            self._lower()
        return self._recent >= _MANY

    def cut(self) -> None:
        """Start again after a cut."""
        if self._since_cut < _SOON:
            self._move(self.rate / 2)
        self._since_cut = 0
        self._recent = self._hold = 0

    def _lower(self) -> None:
        steps = min(1 / _TARGET, self.rate * _MOST_LOSS / self._growth)
        self._move(self.rate - steps * self._growth)
        self._wait(1 / _TARGET - steps)
        if self._quiet < 1 / _TARGET:
            self._resize(_SMALLER)
        self._quiet = 0

    def _wait(self, accepted: float) -> None:
        self._hold = min(self._hold + accepted, _LONGEST_HOLD)

    def _resize(self, factor: float) -> None:
        least = _LEAST_GROWTH * self.rate
        self._growth = min(max(self._growth * factor, least), _MOST_GROWTH)

    def _move(self, rate: float) -> None:
        self.rate = min(max(rate, self._least), self._most)
