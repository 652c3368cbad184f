"""Ten minutes of an outage, on virtual time: the traffic stays near what it would have been."""

import asyncio

import httpx
import pytest
import virtual_time
from fakes import MESSAGE, USER, client, error, ok, server
from hypothesis import given
from hypothesis import strategies as st

from sunco_async import RetryPolicy, SuncoError
from sunco_async.middleware._retry_budget import RetryBudget

WORKERS = 10


@given(st.lists(st.booleans(), max_size=2000))
def test_no_more_is_repeated_than_the_share_and_the_reserve(steps):
    budget = RetryBudget(share=0.1, reserve=10)
    calls = repeats = 0
    for is_call in steps:
        if is_call:
            calls += 1
            budget.deposit()
        else:
            repeats += budget.withdraw()
    assert repeats <= 10 + 0.1 * calls + 1e-6


@pytest.mark.parametrize(("method", "most"), [("get", 1.1), ("post", 1.0)])
def test_ten_minutes_of_503s(method, most):
    healthy_at = 600.0
    sent_sick = 0
    recovered = []

    def respond(request):
        nonlocal sent_sick
        if asyncio.get_running_loop().time() < healthy_at:
            sent_sick += 1
            return error(503)
        return ok({"messages": [MESSAGE]}, 201) if request.method == "POST" else USER

    async def main():
        calls = 0
        loop = asyncio.get_running_loop()
        async with client(server(respond), max_connections=64) as sunco:

            async def worker():
                nonlocal calls
                while loop.time() < healthy_at + 10:
                    before = loop.time()
                    calls += before < healthy_at
                    try:
                        if method == "get":
                            await sunco.users.get("u1")
                        else:
                            await sunco.messages.post("c1", "x")
                    except SuncoError:
                        pass
                    else:
                        recovered.append(loop.time() - healthy_at)
                    await asyncio.sleep(1)

            await asyncio.gather(*(worker() for _ in range(WORKERS)))
        return calls

    calls = virtual_time.run(main)
    assert sent_sick <= most * calls + 10
    assert calls > 5_000
    assert min(recovered) < 1
    # Everybody is served again within 5 s: a call a second each.
    assert sum(5 <= seconds < 6 for seconds in recovered) >= WORKERS - 1


def test_a_429_and_what_was_not_sent_take_nothing_out_of_the_budget():
    steps = [error(429)] * 30 + [httpx.ConnectError("refused")] * 30 + [USER]

    async def main():
        policy = RetryPolicy(max_attempts=100, max_elapsed=None)
        async with client(server(*steps), retry=policy) as sunco:
            assert (await sunco.users.get("u1")).id == "u1"

    virtual_time.run(main)


def test_the_budget_is_shared_with_copies_and_single_calls():
    scripted = server(error(503))

    async def main():
        patient = RetryPolicy(max_attempts=1000)
        async with client(scripted, retry=patient) as sunco:
            for who in (sunco, sunco.with_options(timeout=3)):
                with pytest.raises(SuncoError):
                    await who.users.get("u1")
            with pytest.raises(SuncoError):
                await sunco.users.get("u1", retry=patient)

    virtual_time.run(main)
    assert scripted.count == 3 + 10
