"""Whether a server accepts two requests that arrive at once: its burst is deep, or it is shallow.

A shallow server accepts a request 1/limit seconds after the last accepted one and not earlier. The
requests leave the client that far apart, but timers are late, processes wait for a CPU, and a
network delays one request more than another. So some requests meet at the server at any rate near
the limit, and a single 429 says little about the limit.

The test sends two requests at once. Two equal results in a row count, because the deepest bucket
can be empty once. A shallow server refuses one of the two, so a test costs one 429 there.
"""

__all__ = ["DepthTest"]

_AFTER = 50  # accepted requests before a test: a deep bucket has saved up tokens by then
_AGAIN = 10_000  # accepted requests between two tests of a server that is known to be shallow
_IN_A_ROW = 2  # equal results that change what is known


class DepthTest:
    """When to send two requests at once, and what the results say. It has no clock."""

    def __init__(self) -> None:
        self.shallow = False
        """Whether the server refuses two requests at once."""
        self._left = 0  # accepted requests until the test; 0 is no test
        self._first_at: float | None = None  # when the first of the two was granted
        self._refused: list[bool] = []  # for the responses to the two so far
        self._contradictions = 0  # results in a row that differ from what is known

    def plan(self) -> None:
        """Plan a test for after the next requests, unless one is planned already."""
        if not self._left:
            self._left = _AFTER

    def cancel(self) -> None:
        """Cancel the planned test."""
        self._left = 0
        self._first_at = None

    def reset(self) -> None:
        """Forget that the server is shallow."""
        self.cancel()
        self.shallow = False
        self._contradictions = 0

    def count_accepted(self) -> None:
        """Count an accepted request whose caller had waited for its grant."""
        if self._left > 1:
            self._left -= 1

    def begin(self, now: float) -> bool:
        """Whether the request that is granted now is the first of the two."""
        if self._left != 1:
            return False
        self._left = 0
        self._first_at = now
        self._refused = []
        return True

    def complete(self, now: float) -> bool:
        """Whether the request that is granted now is the second of the two."""
        second = self._first_at == now
        self._first_at = None
        return second

    def record(self, *, refused: bool) -> bool:
        """Record the response to one of the two; return whether both were refused."""
        self._refused.append(refused)
        if len(self._refused) < 2:
            return False
        if any(self._refused) == self.shallow:
            self._contradictions = 0
        else:
            self._contradictions += 1
            if self._contradictions >= _IN_A_ROW:
                self.shallow = not self.shallow
                self._contradictions = 0
        if self._contradictions:
            self._left = _AFTER
        elif self.shallow:
            self._left = _AGAIN
        return all(self._refused)
