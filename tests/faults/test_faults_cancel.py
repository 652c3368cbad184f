"""A call is cancelled at every step of the event loop, and nothing of it is left."""

import asyncio
import contextlib
import gc

import httpx
import pytest
from fakes import USER, client, error, server
from fault_clients import (
    KINDS,
    Unsent,
    api,
    assert_at_rest,
    leftovers,
    open_client,
    probe,
    settled,
    sockets,
)
from stepping import SteppingLoop, VirtualSteppingLoop, strikes

from sunco_async import BearerAuth, ConnectionFailed, RetryPolicy, TokenBucket

PLACES = 2


def run(loop, main):
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())


def assert_whole(sunco, unsent):
    """Check that every grant was refunded or belongs to a request that was sent."""
    assert_at_rest(sunco)
    numbers = sunco.rate_limit.statistics()
    assert numbers.waiting == 0
    assert numbers.granted - numbers.refunded == sunco.statistics().attempts - unsent.count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fault",
    ["ok", "chunked", "fin", "429"],
    ids=["whole", "in pieces", "broken once", "throttled once"],
)
def test_cancelled_at_every_step_over_sockets(kind, fault):
    struck, unsent = 0, Unsent()

    async def main():
        nonlocal struck
        async with (
            api() as there,
            open_client(
                kind,
                there.url,
                max_connections=PLACES,
                hooks=unsent,
                rate_limit=TokenBucket(2_000, 1),  # so that there is a wait of half a millisecond
            ) as sunco,
        ):
            before = sockets()

            async def call():
                # When the retry budget is used up, a call that broke once has failed.
                with contextlib.suppress(*([ConnectionFailed] if fault == "fin" else [])):
                    await sunco.users.get("u1")

            for strike in strikes():
                there.plan.clear()
                there.plan.append(fault)
                task = await strike.hit(call)
                strike.check(task)
                struck += strike.met
                assert_whole(sunco, unsent)
                assert not await leftovers(there)
                there.plan.clear()
                if not strike.turns % 2:  # so that every other call meets connections to reuse
                    await probe(sunco, there, PLACES)
                assert len(there.received) <= sunco.statistics().attempts
            await probe(sunco, there, PLACES)
            # Two ends of each connection.
            assert await settled(sockets, before + 2 * PLACES) <= before + 2 * PLACES

    run(SteppingLoop, main)
    gc.collect()
    assert struck > 4 * 5


@pytest.mark.parametrize("guarded", [True, False])
def test_cancelled_at_every_step_of_a_call_with_every_kind_of_wait(guarded):
    """The token's renewal, the limiter's line, both backoffs and the exchange itself."""
    plan = []
    issued = struck = 0
    unsent = Unsent()

    async def respond(request):
        await asyncio.sleep(0.01)
        step = plan.pop(0) if plan else USER
        if isinstance(step, Exception):
            raise step
        return step

    async def token():
        nonlocal issued
        await asyncio.sleep(0.01)
        issued += 1
        return f"token-{issued}"

    transport = httpx.MockTransport(respond)
    transport.needs_guard = guarded

    async def main():
        nonlocal struck
        async with client(
            server(USER),
            transport=transport,
            auth=BearerAuth(token),
            hooks=unsent,
            rate_limit=TokenBucket(20, 1),
            max_connections=PLACES,
            retry=RetryPolicy(jitter="none"),
        ) as sunco:
            for strike in strikes():
                refused = httpx.ConnectError("refused")
                plan[:] = [error(401), error(429), error(429, retry_after="1"), refused]
                strike.check(await strike.hit(lambda: sunco.users.get("u1")))
                struck += strike.met
                plan.clear()
                assert_whole(sunco, unsent)
                assert asyncio.all_tasks() == {asyncio.current_task()}
                users = await asyncio.gather(*(sunco.users.get("u1") for _ in range(PLACES + 1)))
                assert len(users) == PLACES + 1
            assert_whole(sunco, unsent)

    run(VirtualSteppingLoop, main)
    assert struck > 4 * 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_walk_is_cancelled_at_every_step(kind):
    pages = [
        b'{"messages": [], "meta": {"hasMore": true, "beforeCursor": "m1"}}',
        b'{"messages": [], "meta": {"hasMore": false}}',
    ]

    async def main():
        async def page(exchange):
            await exchange.respond(pages[b"before" in exchange.request.line])

        async with (
            api(default=page) as there,
            open_client(kind, there.url, max_connections=PLACES) as sunco,
        ):

            async def walk():
                return [message async for message in sunco.messages.list("c1")]

            for strike in strikes():
                strike.check(await strike.hit(walk))
                assert_at_rest(sunco)
                assert not await leftovers(there)
            await probe(sunco, there, PLACES)

    run(SteppingLoop, main)


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the assertion says it in better words
def test_closing_is_cancelled_at_every_step(kind):
    """The client ends up closed, and a second `aclose` finishes what the first one left."""
    left = []

    async def main():
        async with api() as there:
            for strike in strikes():
                before = len(there.tasks)
                async with open_client(kind, there.url, max_connections=PLACES) as sunco:
                    await probe(sunco, there, PLACES)
                    strike.check(await strike.hit(sunco.aclose))
                    await sunco.aclose()
                    with pytest.raises(RuntimeError, match="closed"):
                        await sunco.users.get("u1")
                if await settled(lambda: len(there.tasks), before) > before:
                    left.append(strike)
                    return
                assert not await leftovers(there)

    run(SteppingLoop, main)
    gc.collect()
    assert not left, "connections were left open"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_middleware_can_tell_whether_a_cancelled_call_may_have_arrived(kind):
    """A layer around the call sees that a request was open, and the cancellation goes on."""
    seen = []

    async def ledger(call, call_next):
        try:
            return await call_next(call)
        except asyncio.CancelledError:
            seen.append((call.attempts, call.in_flight))
            raise

    async with (
        api("silent") as there,
        open_client(kind, there.url, max_connections=1, middleware=[ledger]) as sunco,
    ):
        sent = asyncio.create_task(sunco.messages.post("c1", "Hello"))
        await there.has_received(1)
        waiting = asyncio.create_task(sunco.messages.post("c1", "Hello"))
        await asyncio.sleep(0)
        for task in (waiting, sent):
            task.cancel()
        await asyncio.wait([sent, waiting])
        assert sent.cancelled()
        assert waiting.cancelled()
        assert sorted(seen) == [(0, False), (1, True)]
        assert len(there.received) == 1
        await probe(sunco, there, 1)
