"""A token bucket with a fixed rate."""

from sunco_async.middleware._limiter import Clock, Grant, at_least, positive
from sunco_async.middleware._token_queue import TokenQueue, check_grant

__all__ = ["TokenBucket"]


class TokenBucket(TokenQueue):
    """A fixed rate: at most `burst` + `rate`·t requests in any t seconds.

    A 429 with `Retry-After` pauses the bucket. After a 429 without it, the retry middleware pauses
    the bucket (`backs_off` is False). `rate` and `burst` can be set at any time, with immediate
    effect for the callers in line.

    Args:
        rate: Requests per second.
        burst: The most requests that can be saved up for later, at least 1. By default it is
            1 + rate/10 and changes with the rate: one request, and the requests that would be lost
            while the event loop is busy for 100 ms. A burst of 1 costs throughput, since timers
            fire up to a millisecond late.
        clock: Returns seconds that advance with real time; by default the event loop's clock.

    Raises:
        ConfigurationError: `rate` or `burst` is not a number.
        ValueError: `rate` is not above 0, `burst` is below 1, or one of them is not finite.
    """

    backs_off = False

    def __init__(
        self, rate: float, burst: float | None = None, *, clock: Clock | None = None
    ) -> None:
        positive("rate", rate)
        self._fixed_burst = burst is not None
        super().__init__(
            rate, _default_burst(rate) if burst is None else at_least("burst", burst, 1), clock
        )

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        positive("rate", rate)
        self._adjust(rate, self._burst if self._fixed_burst else _default_burst(rate))
        self._release()

    @property
    def burst(self) -> float:
        """The most requests that can be saved up for later."""
        return self._burst

    @burst.setter
    def burst(self, burst: float) -> None:
        self._adjust(self._rate, at_least("burst", burst, 1))
        self._fixed_burst = True
        self._release()

    def report(self, grant: Grant, *, throttled: bool, retry_after: float | None = None) -> None:
        """Report the server's response. A 429 with `retry_after` pauses the bucket.

        Args:
            grant: What `acquire` or `acquire_nowait` returned.
            throttled: Whether the response was a 429.
            retry_after: The `Retry-After` of the 429 in seconds, None without one.

        Raises:
            TypeError: `grant` is not the grant of a bucket.
            ValueError: `retry_after` is negative or not a finite number.
        """
        check_grant(grant)
        if throttled:
            self._throttled += 1
            if retry_after is not None:
                self.pause(at_least("retry_after", retry_after, 0))


def _default_burst(rate: float) -> float:
    return 1 + rate / 10
