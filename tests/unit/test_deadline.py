"""`deadline=` bounds a whole call, on virtual time: how long it takes, and what is known at its end."""

import asyncio
import inspect
import operator

import httpx
import pytest
import virtual_time
from fakes import MESSAGE, POSTED, USER, client, error, ok, server
from operation_table import TABLE

from sunco_async import (
    BearerAuth,
    ConfigurationError,
    ConnectionFailed,
    RateLimited,
    RequestTimeout,
    RetryPolicy,
    ServerError,
    SuncoError,
    TokenBucket,
)

PLAIN = RetryPolicy(jitter="none", base=1, cap=8, max_attempts=10)
LOST = httpx.ReadError("reset")


class Slow(httpx.AsyncBaseTransport):
    """Responds to each request after some seconds with the next step of a scripted server."""

    def __init__(self, scripted, seconds):
        self.scripted = scripted
        self.seconds = seconds
        self.received = 0

    async def handle_async_request(self, request):
        self.received += 1
        await asyncio.sleep(self.seconds)
        return await self.scripted.handle(request)


def hanging():
    return Slow(server(USER), 1e6)


async def failure_of(call):
    """Return the error of a call and the seconds it took."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(SuncoError) as caught:
        await call
    return caught.value, loop.time() - started


def call_once(call, transport, **settings):
    """Make one call on virtual time, and return its error and the seconds it took."""

    async def main():
        async with client(server(USER), transport=transport, **settings) as sunco:
            return await failure_of(call(sunco))

    return virtual_time.run(main)


def positional(operation, row_call):
    """Return as many path values as the operation takes in front of the arguments of the table."""
    kinds = [each.kind for each in inspect.signature(operation).parameters.values()]
    return ["x"] * (kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) - len(row_call.args))


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in TABLE.values()
        # The first sends nothing. The second opens its file in a thread, which virtual time does
        # not wait for: it has a test of its own.
        if row.attribute not in ("oauth.authorize_url", "attachments.upload")
    ],
    ids=operator.attrgetter("attribute"),
)
def test_every_operation_ends_at_its_deadline(row):
    row_call = row.calls[0]

    def call(sunco):
        operation = operator.attrgetter(row.attribute)(sunco)
        args = [*positional(operation, row_call), *row_call.args]
        return operation(*args, **row_call.kwargs, deadline=1.5)

    failure, seconds = call_once(call, hanging())
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, failure.operation) == (1.5, "unknown", row.attribute)


async def test_an_upload_ends_at_its_deadline():
    transport = hanging()
    async with client(server(USER), transport=transport, retry=PLAIN) as sunco:
        failure, _ = await failure_of(sunco.attachments.upload(b"a", filename="a", deadline=0.2))
    assert isinstance(failure, RequestTimeout)
    assert failure.outcome == ("unknown" if transport.received else "not_sent")


@pytest.mark.parametrize(
    "call",
    [
        lambda sunco: sunco.request("GET", "/v2/x", deadline=2),
        lambda sunco: sunco.raw(sunco.users.get, "u1", deadline=2),
        lambda sunco: sunco.users.upsert("u1", deadline=2),
        lambda sunco: sunco.messages.find_by_key("c1", key="k", deadline=2),
        lambda sunco: sunco.messages.post("c1", "Hi", key="k", on_unknown="reconcile", deadline=2),
        lambda sunco: sunco.notifications.post(destination={}, message={}, deadline=2),
        lambda sunco: sunco.messages.post("c1", "Hi", retry=None, timeout=None, deadline=2),
    ],
)
def test_calls_that_are_not_in_the_table_end_at_their_deadline(call):
    failure, seconds = call_once(call, hanging())
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, failure.attempts) == (2, "unknown", 1)
    assert "2 s (deadline)" in str(failure)


@pytest.mark.parametrize(
    ("deadline", "max_elapsed", "ends_at", "name"),
    [
        (5, 20, 5, "5 s (deadline)"),
        (20, 5, 5, "5 s (max_elapsed)"),
        (5, None, 5, "5 s (deadline)"),
        (None, 5, 5, "5 s (max_elapsed)"),
    ],
)
def test_the_smaller_of_deadline_and_max_elapsed_wins(deadline, max_elapsed, ends_at, name):
    failure, seconds = call_once(
        lambda sunco: sunco.users.get("u1", deadline=deadline),
        hanging(),
        retry=RetryPolicy(max_elapsed=max_elapsed),
    )
    assert seconds == ends_at
    assert name in str(failure)


def test_retries_end_at_the_deadline_with_the_last_failure():
    # The step time-out of 1 s alone would let ten attempts and their waits go on for a minute.
    scripted = server(error(503))
    failure, seconds = call_once(
        lambda sunco: sunco.users.get("u1", timeout=1, deadline=4), Slow(scripted, 0.5), retry=PLAIN
    )
    # 0.5 s, wait 1 s, 0.5 s; the next wait of 2 s would end at the deadline.
    assert (seconds, scripted.count) == (2, 2)
    assert isinstance(failure, ServerError)
    assert failure.outcome == "unknown"
    assert "deadline of 4 s left no time" in str(failure)


def test_a_429_with_a_wait_past_the_deadline_raises_at_once():
    failure, seconds = call_once(
        lambda sunco: sunco.messages.post("c1", "Hi", deadline=10),
        Slow(server(error(429, retry_after="11")), 0),
    )
    assert isinstance(failure, RateLimited)
    assert (seconds, failure.outcome, failure.attempts) == (0, "rejected", 1)
    assert "deadline of 10 s" in str(failure)


def test_a_deadline_in_the_queue_raises_the_last_failure():
    def refuse(request):
        raise httpx.ConnectError("refused")

    async def main():
        limiter = TokenBucket(rate=0.01, burst=1)
        async with client(server(refuse), rate_limit=limiter, retry=PLAIN) as sunco:
            return await failure_of(sunco.messages.post("c1", "Hi", deadline=7))

    failure, seconds = virtual_time.run(main)
    assert isinstance(failure, ConnectionFailed)
    assert failure.outcome == "not_sent"
    assert seconds <= 7


def test_the_queue_of_the_limiter_is_within_the_deadline():
    scripted = server(POSTED)

    async def main():
        async with client(scripted, rate_limit=TokenBucket(rate=0.01, burst=1)) as sunco:
            await sunco.messages.post("c1", "one")
            return await failure_of(sunco.messages.post("c1", "two", deadline=3))

    failure, seconds = virtual_time.run(main)
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, failure.attempts) == (3, "not_sent", 0)
    assert scripted.count == 1


def test_the_queue_of_the_gate_is_within_the_deadline():
    transport = Slow(server(POSTED), 10)

    async def main():
        async with client(server(POSTED), transport=transport, max_connections=1) as sunco:
            first = asyncio.create_task(sunco.messages.post("c1", "one"))
            await asyncio.sleep(1)
            result = await failure_of(sunco.messages.post("c1", "two", deadline=3))
            await first
            return result

    failure, seconds = virtual_time.run(main)
    assert (seconds, failure.outcome, failure.attempts) == (3, "not_sent", 0)
    assert transport.received == 1


async def slow_token():
    await asyncio.sleep(1e6)
    return "not-a-token"


async def slow_before(call, call_next):
    await asyncio.sleep(1e6)
    return await call_next(call)


async def slow_behind(call, call_next):
    response = await call_next(call)
    await asyncio.sleep(1e6)
    return response


@pytest.mark.parametrize(
    ("settings", "outcome", "attempts"),
    [
        ({"auth": BearerAuth(slow_token)}, "not_sent", 0),
        ({"middleware": [slow_before]}, "not_sent", 0),
        ({"middleware": [slow_behind]}, "unknown", 1),
    ],
)
def test_credentials_and_middleware_are_within_the_deadline(settings, outcome, attempts):
    failure, seconds = call_once(
        lambda sunco: sunco.users.get("u1", deadline=3), Slow(server(USER), 0), **settings
    )
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, failure.attempts) == (3, outcome, attempts)


class RemoteBucket(TokenBucket):
    """A bucket whose reports go to another machine that does not respond."""

    async def report(self, *args, **kwargs):
        await asyncio.sleep(1e6)


def test_a_call_that_is_reporting_to_its_limiter_is_not_not_sent():
    scripted = server(POSTED)
    failure, _ = call_once(
        lambda sunco: sunco.messages.post("c1", "Hi", deadline=3),
        Slow(scripted, 0),
        rate_limit=RemoteBucket(rate=100),
    )
    assert isinstance(failure, RequestTimeout)
    assert (failure.outcome, failure.attempts, scripted.count) == ("unknown", 1, 1)


def test_a_middleware_that_retries_has_no_time_left():
    async def stubborn(call, call_next):
        try:
            return await call_next(call)
        except SuncoError:
            return await call_next(call)

    transport = hanging()
    failure, seconds = call_once(
        lambda sunco: sunco.users.get("u1", deadline=1), transport, middleware=[stubborn]
    )
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, transport.received) == (1, "unknown", 1)


def test_a_middleware_sees_the_error_of_the_deadline():
    seen = []

    async def watching(call, call_next):
        try:
            return await call_next(call)
        except SuncoError as failure:
            seen.append((type(failure), failure.outcome))
            raise

    call_once(lambda sunco: sunco.users.get("u1", deadline=1), hanging(), middleware=[watching])
    assert seen == [(RequestTimeout, "unknown")]


PAGES = [
    ok({"messages": [MESSAGE], "meta": {"hasMore": True, "beforeCursor": f"b{number}"}})
    for number in range(3)
] + [ok({"messages": [MESSAGE], "meta": {"hasMore": False}})]


def test_on_a_walk_the_deadline_is_for_each_page():
    async def main():
        async with client(server(USER), transport=Slow(server(*PAGES), 0.8)) as sunco:
            walk = sunco.messages.list("c1", deadline=1).sequential()
            return [message.id async for message in walk], asyncio.get_running_loop().time()

    messages, seconds = virtual_time.run(main)
    assert len(messages) == 4
    assert seconds == pytest.approx(3.2)


def test_a_search_has_one_deadline_for_all_its_pages():
    failure, seconds = call_once(
        lambda sunco: sunco.messages.find_by_key("c1", key="k", deadline=2),
        Slow(server(*PAGES), 0.8),
    )
    assert isinstance(failure, RequestTimeout)
    assert seconds == 2


def test_an_upsert_has_one_deadline_for_both_requests():
    transport = Slow(server(error(409), USER), 0.8)
    failure, seconds = call_once(lambda sunco: sunco.users.upsert("jane", deadline=1), transport)
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, transport.received) == (1, "unknown", 2)
    assert "1 s (deadline)" in str(failure)


@pytest.mark.parametrize("second", [error(503), httpx.ConnectError("refused"), error(400)])
def test_an_upsert_whose_creation_was_lost_stays_unknown(second):
    scripted = server(LOST, second)
    failure, _ = call_once(
        lambda sunco: sunco.users.upsert("jane", deadline=2, retry=None), Slow(scripted, 0)
    )
    assert (scripted.count, failure.outcome) == (2, "unknown")


def test_an_upsert_without_time_for_the_second_request_is_the_first_failure():
    failure, seconds = call_once(lambda sunco: sunco.users.upsert("u", deadline=2), hanging())
    assert (failure.operation, failure.attempts, failure.outcome) == ("users.create", 1, "unknown")
    assert seconds == 2


def test_a_reconciled_post_has_one_deadline_for_all_its_steps():
    def post(sunco, deadline):
        return sunco.messages.post(
            "c1", "Hi", key="k", on_unknown="reconcile", retry=None, deadline=deadline
        )

    # The search would begin after three seconds: there is no time for it.
    scripted = server(LOST)
    failure, seconds = call_once(lambda sunco: post(sunco, 3), Slow(scripted, 0.5))
    assert isinstance(failure, ConnectionFailed)
    assert (seconds, failure.outcome, scripted.count) == (0.5, "unknown", 1)
    assert "deadline" in str(failure)
    # The search takes too long: nothing is sent again, and the first failure is raised.
    scripted = server(LOST, PAGES[-1])
    failure, seconds = call_once(lambda sunco: post(sunco, 3.8), Slow(scripted, 0.5))
    assert isinstance(failure, ConnectionFailed)
    assert (seconds, failure.outcome, scripted.count) == (3.8, "unknown", 1)
    # The second post takes too long.
    scripted = server(LOST, PAGES[-1], POSTED)
    failure, seconds = call_once(lambda sunco: post(sunco, 4.2), Slow(scripted, 0.5))
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome, scripted.count) == (4.2, "unknown", 2)


def test_within_the_deadline_nothing_changes_and_no_timer_is_left():
    async def main():
        async with client(server(USER), retry=None, transport=Slow(server(USER), 1)) as sunco:
            user = await sunco.users.get("u1", deadline=30)
        loop = asyncio.get_running_loop()
        return user, [handle for handle in loop._scheduled if not handle.cancelled()]

    user, timers = virtual_time.run(main)
    assert user.id == "u1"
    assert timers == []


@pytest.mark.parametrize("cancelled_at", [0.5, 1])
def test_a_cancellation_by_the_caller_stays_a_cancellation(cancelled_at):
    async def main():
        async with client(server(USER), transport=hanging()) as sunco:
            loop = asyncio.get_running_loop()
            task = asyncio.create_task(sunco.users.get("u1", deadline=1))
            loop.call_at(cancelled_at, task.cancel)
            await asyncio.wait([task])
            return task.cancelled()

    assert virtual_time.run(main)


def test_a_timeout_of_the_caller_is_not_the_deadline():
    async def main():
        async with client(server(USER), transport=hanging()) as sunco:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await sunco.users.get("u1", deadline=2)
            return asyncio.current_task().cancelling()

    assert virtual_time.run(main) == 0


def test_a_middleware_that_runs_the_call_in_another_task():
    async def wrapped(call, call_next):
        return await asyncio.create_task(asyncio.wait_for(call_next(call), 100))

    failure, seconds = call_once(
        lambda sunco: sunco.users.get("u1", deadline=2), hanging(), middleware=[wrapped]
    )
    assert isinstance(failure, RequestTimeout)
    assert (seconds, failure.outcome) == (2, "unknown")


def test_the_error_has_no_cancellation_in_its_chain():
    failure, _ = call_once(lambda sunco: sunco.users.get("u1", deadline=1), hanging())
    assert failure.__cause__ is None
    assert failure.__context__ is None


@pytest.mark.parametrize(
    "deadline", ["5", 0, -1, float("nan"), float("inf"), True, httpx.Timeout(5)]
)
@pytest.mark.parametrize(
    "call",
    [
        lambda sunco, deadline: sunco.users.get("u1", deadline=deadline),
        lambda sunco, deadline: sunco.users.upsert("u1", deadline=deadline),
        lambda sunco, deadline: sunco.messages.find_by_key("c1", key="k", deadline=deadline),
        lambda sunco, deadline: sunco.request("GET", "/v2/x", deadline=deadline),
    ],
)
async def test_an_invalid_deadline_is_refused_before_sending(call, deadline):
    scripted = server(USER)
    async with client(scripted) as sunco:
        with pytest.raises(ConfigurationError, match="deadline"):
            await call(sunco, deadline)
    assert scripted.count == 0
