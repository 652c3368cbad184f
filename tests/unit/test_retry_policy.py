import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async import (
    ConfigurationError,
    ConnectionFailed,
    RequestTimeout,
    ResponseDecodeError,
    RetryPolicy,
)
from sunco_async.middleware import Response

POLICY = RetryPolicy(jitter="none", base=0.5, cap=30)


def answer(status, retry_after=None):
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return Response(status, httpx.Headers(headers), b"")


NOT_SENT = ConnectionFailed("refused", outcome="not_sent")
BROKEN = ConnectionFailed("reset", outcome="unknown")
CERTIFICATE = ConnectionFailed("the certificate does not verify", outcome="not_sent")
CERTIFICATE.permanent = True
SLOW = RequestTimeout("read", outcome="unknown")


@pytest.mark.parametrize(
    ("failure", "replay", "delay"),
    [
        # A 429 was not processed.
        (answer(429), "not_sent", 0.5),
        (answer(429), "always", 0.5),
        (answer(429), "never", None),
        (answer(429, "7"), "not_sent", 7.5),
        (answer(429, "junk"), "not_sent", 0.5),
        # Nothing was sent.
        (NOT_SENT, "not_sent", 0.5),
        (NOT_SENT, "always", 0.5),
        (NOT_SENT, "never", None),
        # It is certain to fail again.
        (CERTIFICATE, "not_sent", None),
        (CERTIFICATE, "always", None),
        (ConfigurationError("SSL_CERT_FILE"), "always", None),
        # It may have taken effect.
        (BROKEN, "not_sent", None),
        (BROKEN, "always", 0.5),
        (SLOW, "not_sent", None),
        (SLOW, "always", 0.5),
        *[(answer(status), "not_sent", None) for status in (408, 500, 502, 503, 504)],
        *[(answer(status), "always", 0.5) for status in (408, 500, 502, 503, 504)],
        (answer(503, "3"), "always", 3.0),
        # It is an answer.
        *[(answer(status), "always", None) for status in (400, 401, 402, 403, 404, 409, 413, 423)],
        (answer(501), "always", None),
        (ResponseDecodeError("too long"), "always", None),
    ],
)
def test_the_rule(failure, replay, delay):
    assert POLICY.delay(failure, replay, attempt=1, draw=0.3) == delay


def test_a_503_is_repeated_where_it_is_asked_for():
    policy = RetryPolicy(retry_unavailable=True, jitter="none")
    assert policy.delay(answer(503), "not_sent", attempt=1, draw=0) == 0.5
    assert policy.delay(answer(500), "not_sent", attempt=1, draw=0) is None
    assert policy.delay(answer(503), "never", attempt=1, draw=0) is None


def test_attempts_are_bounded():
    assert RetryPolicy(max_attempts=3).delay(answer(429), "always", attempt=2, draw=0) == 0
    assert RetryPolicy(max_attempts=3).delay(answer(429), "always", attempt=3, draw=0) is None


@given(st.integers(1, 5000), st.floats(0, 1, exclude_max=True))
def test_full_jitter_lies_between_nothing_and_the_ceiling(attempt, draw):
    policy = RetryPolicy(base=0.5, cap=8)
    ceiling = min(8, 0.5 * 2 ** min(attempt - 1, 60))
    assert policy.backoff(attempt, draw) == ceiling * draw


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ({"max_attempts": 0}, "max_attempts"),
        ({"max_elapsed": 0}, "max_elapsed"),
        ({"max_elapsed": float("nan")}, "max_elapsed"),
        ({"base": -1}, "base"),
        ({"base": 9, "cap": 1}, "cap"),
        ({"cap": float("inf")}, "cap"),
        ({"jitter": "some"}, "jitter"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(setting, name):
    with pytest.raises(ValueError, match=name):
        RetryPolicy(**setting)
