"""The retry loop, on virtual time: what is sent again, when, and what is told at the end."""

import asyncio

import httpx
import pytest
import virtual_time
from fakes import MESSAGE, POSTED, USER, client, error, ok, server

from sunco_async import (
    ConnectionFailed,
    NotFound,
    RateLimited,
    RequestTimeout,
    RetryPolicy,
    ServerError,
    TokenBucket,
)

PLAIN = RetryPolicy(jitter="none", base=1, cap=8, max_attempts=4)
REFUSED = httpx.ConnectError("refused")
BROKEN = httpx.ReadError("reset")


def on_virtual_time(coroutine_function):
    """Run the coroutine on a virtual loop and return its result with the seconds it took."""

    async def timed():
        loop = asyncio.get_running_loop()
        started = loop.time()
        result = await coroutine_function()
        return result, loop.time() - started

    return virtual_time.run(timed)


def test_a_429_is_sent_again_after_what_the_server_says():
    scripted = server(error(429, retry_after="7"), POSTED)

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            return await sunco.messages.post("c1", "Hello")

    [message], seconds = on_virtual_time(main)
    assert message.id == "m1"
    assert scripted.count == 2
    assert seconds == 8  # the hint, and the backoff of 1 s on top


def test_backoff_doubles_until_the_attempts_are_used_up():
    scripted = server(error(429))

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            with pytest.raises(RateLimited) as caught:
                await sunco.messages.post("c1", "Hello")
            return caught.value

    failure, seconds = on_virtual_time(main)
    assert scripted.count == failure.attempts == 4
    assert failure.outcome == "rejected"
    assert seconds == 1 + 2 + 4


def test_no_sleep_goes_past_the_deadline():
    scripted = server(error(429, retry_after="3600"))
    policy = RetryPolicy(max_elapsed=60)

    async def main():
        async with client(scripted, retry=policy) as sunco:
            with pytest.raises(RateLimited) as caught:
                await sunco.messages.post("c1", "Hello")
            return caught.value

    failure, seconds = on_virtual_time(main)
    assert seconds == 0
    assert failure.retry_after == 3600


def test_a_call_that_was_not_sent_is_sent_again():
    scripted = server(REFUSED, REFUSED, POSTED)

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            return await sunco.messages.post("c1", "Hello")

    [message], seconds = on_virtual_time(main)
    assert message.id == "m1"
    assert seconds == 3


def test_refused_to_the_end_is_not_sent():
    async def main():
        async with client(server(REFUSED), retry=PLAIN) as sunco:
            with pytest.raises(ConnectionFailed) as caught:
                await sunco.messages.post("c1", "Hello")
            return caught.value

    failure, _ = on_virtual_time(main)
    assert failure.outcome == "not_sent"
    assert (failure.operation, failure.method, failure.attempts) == ("messages.post", "POST", 4)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (BROKEN, ConnectionFailed),
        (httpx.RemoteProtocolError("closed"), ConnectionFailed),
        (httpx.ReadTimeout("slow"), RequestTimeout),
        (httpx.WriteTimeout("slow"), RequestTimeout),
        (error(500), ServerError),
        (error(502), ServerError),
        (error(503), ServerError),
        (error(504), ServerError),
    ],
)
def test_a_post_that_may_have_arrived_is_never_sent_again(step, expected):
    scripted = server(step, POSTED)

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            with pytest.raises(expected) as caught:
                await sunco.messages.post("c1", "Hello")
            return caught.value

    failure, _ = on_virtual_time(main)
    assert scripted.count == failure.attempts == 1
    assert failure.outcome == "unknown"


@pytest.mark.parametrize("step", [BROKEN, error(500), error(503), httpx.ReadTimeout("slow")])
def test_a_get_is_sent_again(step):
    scripted = server(step, USER)

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            return await sunco.users.get("u1")

    user, seconds = on_virtual_time(main)
    assert user.id == "u1"
    assert (scripted.count, seconds) == (2, 1)


def test_a_delete_whose_answer_was_lost_and_is_gone_now_has_succeeded():
    scripted = server(BROKEN, error(404))

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            await sunco.messages.delete("c1", "m1")

    on_virtual_time(main)
    assert scripted.count == 2


def test_a_delete_of_what_never_was_is_not_found():
    async def main():
        async with client(server(error(404)), retry=PLAIN) as sunco:
            with pytest.raises(NotFound):
                await sunco.messages.delete("c1", "m1")

    on_virtual_time(main)


def test_delete_all_is_not_repeated_when_in_doubt():
    scripted = server(BROKEN, ok({}))

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            with pytest.raises(ConnectionFailed) as caught:
                await sunco.messages.delete_all("c1")
            return caught.value

    failure, _ = on_virtual_time(main)
    assert (scripted.count, failure.outcome) == (1, "unknown")


def test_an_attempt_in_doubt_leaves_the_call_in_doubt():
    # The first update may have been applied; the refusal of the second does not undo it.
    scripted = server(BROKEN, error(400))

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            with pytest.raises(Exception, match="some_code") as caught:
                await sunco.users.update("u1", metadata={"a": 1})
            return caught.value

    failure, _ = on_virtual_time(main)
    assert failure.outcome == "unknown"
    assert failure.attempts == 2


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 413, 423])
def test_a_refusal_is_never_repeated(status):
    scripted = server(error(status))

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            with pytest.raises(Exception, match="some_code") as caught:
                await sunco.users.get("u1")
            return caught.value

    failure, _ = on_virtual_time(main)
    assert (scripted.count, failure.outcome, failure.status_code) == (1, "rejected", status)


class Hanging(httpx.AsyncBaseTransport):
    """Takes each request and never answers."""

    def __init__(self):
        self.received = 0

    async def handle_async_request(self, request):
        self.received += 1
        await asyncio.sleep(1e6)
        raise AssertionError("the deadline comes before this")


def test_the_deadline_ends_an_attempt_and_says_that_it_may_have_arrived():
    transport = Hanging()

    async def main():
        async with client(
            server(POSTED), transport=transport, retry=RetryPolicy(max_elapsed=20)
        ) as sunco:
            with pytest.raises(RequestTimeout) as caught:
                await sunco.messages.post("c1", "Hello")
            return caught.value

    failure, seconds = on_virtual_time(main)
    assert (seconds, failure.outcome, failure.attempts, transport.received) == (20, "unknown", 1, 1)


def test_the_deadline_while_waiting_for_a_token_says_not_sent():
    scripted = server(POSTED)

    async def main():
        limiter = TokenBucket(rate=1, burst=1)
        async with client(scripted, rate_limit=limiter, retry=RetryPolicy(max_elapsed=20)) as sunco:
            limiter.pause(100)
            with pytest.raises(RequestTimeout) as caught:
                await sunco.messages.post("c1", "Hello")
            return caught.value

    failure, seconds = on_virtual_time(main)
    assert (seconds, failure.outcome, failure.attempts, scripted.count) == (20, "not_sent", 0, 0)


def test_a_429_and_then_no_token_in_time_is_rate_limited():
    scripted = server(error(429))

    async def main():
        limiter = TokenBucket(rate=0.01, burst=1)
        async with client(scripted, rate_limit=limiter, retry=RetryPolicy(max_elapsed=20)) as sunco:
            with pytest.raises(RateLimited):
                await sunco.messages.post("c1", "Hello")

    _, seconds = on_virtual_time(main)
    assert seconds == 20


def test_a_429_pauses_everybody_who_shares_the_limiter():
    sent_at = []

    def note(request):
        sent_at.append(asyncio.get_running_loop().time())
        return error(429, retry_after="10") if len(sent_at) == 1 else POSTED_AGAIN(request)

    def POSTED_AGAIN(request):  # noqa: N802 - named like the constant it stands in for
        return ok({"messages": [MESSAGE]}, 201)

    async def main():
        async with client(
            server(note), rate_limit=TokenBucket(rate=100, burst=1), retry=PLAIN
        ) as sunco:
            first = asyncio.create_task(sunco.messages.post("c1", "one"))
            await asyncio.sleep(0.005)
            await sunco.messages.post("c2", "two")
            await first

    on_virtual_time(main)
    assert sent_at[0] == 0
    assert all(when >= 10 for when in sent_at[1:])


def test_a_429_without_a_hint_pauses_a_fixed_bucket_by_the_backoff():
    sent_at = []

    def note(request):
        sent_at.append(asyncio.get_running_loop().time())
        return error(429) if len(sent_at) == 1 else ok({"messages": [MESSAGE]}, 201)

    async def main():
        async with client(
            server(note), rate_limit=TokenBucket(rate=100, burst=1), retry=PLAIN
        ) as sunco:
            first = asyncio.create_task(sunco.messages.post("c1", "one"))
            await asyncio.sleep(0.005)
            await sunco.messages.post("c2", "two")
            await first

    on_virtual_time(main)
    assert all(when >= 1 for when in sent_at[1:])


def test_every_attempt_takes_a_token():
    scripted = server(error(429), error(429), POSTED)

    async def main():
        limiter = TokenBucket(rate=100, burst=100)
        async with client(scripted, rate_limit=limiter, retry=PLAIN) as sunco:
            await sunco.messages.post("c1", "Hello")
        return limiter.statistics()

    statistics, _ = on_virtual_time(main)
    assert (statistics.granted, statistics.throttled) == (3, 2)


def test_nothing_is_held_while_sleeping():
    # One connection only: the second call gets through while the first one waits out its 429.
    scripted = server(error(429), POSTED)

    async def main():
        async with client(scripted, max_connections=1, retry=PLAIN) as sunco:
            first = asyncio.create_task(sunco.messages.post("c1", "one"))
            await asyncio.sleep(0.1)
            await asyncio.wait_for(sunco.messages.post("c2", "two"), 0.5)
            assert not first.done()
            await first

    on_virtual_time(main)
    assert scripted.count == 3


def test_retry_can_be_set_for_one_call_and_switched_off():
    scripted = server(error(429))

    async def main():
        async with client(scripted, retry=PLAIN) as sunco:
            with pytest.raises(RateLimited):
                await sunco.users.get("u1", retry=None)
            assert scripted.count == 1
            with pytest.raises(RateLimited):
                await sunco.users.get("u1", retry=RetryPolicy(max_attempts=2))
            assert scripted.count == 3

    on_virtual_time(main)


def test_a_timeout_error_of_the_users_own_is_not_taken_for_the_deadline():
    async def impatient(call, call_next):
        raise TimeoutError("mine")

    async def token():
        raise TimeoutError("the token store is slow")

    from sunco_async import BearerAuth

    async def main():
        async with client(server(POSTED), auth=BearerAuth(token)) as sunco:
            with pytest.raises(TimeoutError, match="token store"):
                await sunco.users.get("u1")
        async with client(server(POSTED), middleware=[impatient]) as sunco:
            with pytest.raises(TimeoutError, match="mine"):
                await sunco.users.get("u1")

    on_virtual_time(main)
