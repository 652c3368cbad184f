"""The bulk sender against the sandbox over a real socket, which limits the rate."""

import asyncio
import doctest
import itertools
from collections import Counter
from contextlib import aclosing, asynccontextmanager

import pytest
from example_code import settings_of

import sunco_async.bulk
from sunco_async import AsyncSunco, AuthenticationFailed, NotFound
from sunco_async.bulk import BulkSender, Failed, Outgoing, Sent
from sunco_async.sandbox import RateLimit, Sandbox

pytestmark = pytest.mark.both_loops


@asynccontextmanager
async def connected(sandbox, **settings):
    async with (
        sandbox.serve() as server,
        AsyncSunco(
            base_url=server.url,
            app_id=sandbox.app_id,
            key_id=sandbox.key_id,
            secret=settings.pop("secret", sandbox.secret),
            **settings,
        ) as sunco,
    ):
        yield sunco


async def new_conversations(sunco, count):
    async def one(number):
        user = await sunco.users.create(external_id=f"user-{number}")
        conversation = await sunco.conversations.create(
            type="personal", participants=[{"userId": user.id}]
        )
        return conversation.id

    return await asyncio.gather(*map(one, range(count)))


async def texts_in(sunco, conversation_id):
    """The conversation's texts, oldest first."""
    texts = [message.content.text async for message in sunco.messages.list(conversation_id)]
    return texts[::-1]


@pytest.mark.parametrize("retry_after", [True, False])
async def test_all_are_delivered_once_and_in_order_under_a_limit_the_client_does_not_know(
    retry_after,
):
    sandbox = Sandbox()
    async with connected(sandbox) as sunco:
        free = sunco.with_options(rate_limit=None)
        ids = await new_conversations(free, 40)
        sandbox.rate_limit = RateLimit(rate=150, burst=15, retry_after=retry_after)
        outbox = (
            Outgoing(f"{each}/{n}", str(n), conversation_id=each) for n in range(10) for each in ids
        )
        sender = BulkSender(sunco, concurrency=50)
        keys = [result.key async for result in sender.send(outbox) if isinstance(result, Sent)]
        throttled = sandbox.statistics().throttled
        sandbox.rate_limit = None

        assert Counter(keys) == Counter(f"{each}/{n}" for each in ids for n in range(10))
        for each in ids:
            assert await texts_in(free, each) == [str(n) for n in range(10)]
        assert sunco.rate_limit.statistics().throttled == throttled
        assert sender.statistics().sent == sandbox.statistics().messages == 400


async def test_users_are_written_to_in_their_conversation_or_a_new_one():
    sandbox = Sandbox()
    async with connected(sandbox, rate_limit=None) as sunco:
        known = await new_conversations(sunco, 3)
        new = [await sunco.users.create(external_id=f"new/{n}?&=ü") for n in range(3)]
        outbox = [
            Outgoing(f"{name}-{n}", str(n), user_external_id=name)
            for n in range(3)
            for name in ["user-0", "user-1", "user-2", *(user.external_id for user in new)]
        ]
        outbox.append(Outgoing("missing", "Hello", user_external_id="missing"))
        results = [result async for result in BulkSender(sunco).send(outbox)]

        [failed] = [result for result in results if isinstance(result, Failed)]
        assert (failed.key, failed.outcome) == ("missing", "not_sent")
        assert sandbox.statistics().conversations == 6
        reached = {result.conversation_id for result in results if isinstance(result, Sent)}
        assert reached > set(known)
        for each in reached:
            assert await texts_in(sunco, each) == ["0", "1", "2"]
        # Each of the six users and the unknown one was asked for once.
        assert sandbox.statistics().operations["conversations.list"] == 7


async def test_a_full_conversation_does_not_block_the_others():
    sandbox = Sandbox(message_limit=2)
    async with connected(sandbox, rate_limit=None) as sunco:
        ids = await new_conversations(sunco, 2)
        outbox = [
            Outgoing(f"{each}/{n}", "Hello", conversation_id=each) for each in ids for n in range(3)
        ]
        results = [result async for result in BulkSender(sunco).send(outbox)]
    assert {result.key for result in results if isinstance(result, Failed)} == {
        f"{each}/2" for each in ids
    }


@pytest.mark.parametrize("wrong", ["secret", "app"])
async def test_an_error_that_affects_all_ends_the_run_after_a_few(wrong):
    sandbox = Sandbox()
    secret = "not-it" if wrong == "secret" else sandbox.secret
    async with connected(sandbox, rate_limit=None, secret=secret) as sunco:
        asked = sunco.with_options(app_id="another") if wrong == "app" else sunco
        outbox = (Outgoing(str(n), "Hello", conversation_id=str(n)) for n in itertools.count())
        with pytest.raises(AuthenticationFailed if wrong == "secret" else NotFound):
            async for _ in BulkSender(asked, concurrency=10).send(outbox):
                pass
    assert sandbox.statistics().requests <= 20


async def test_the_client_works_after_a_run_that_was_left():
    sandbox = Sandbox(latency=0.05)
    async with connected(sandbox, rate_limit=None, max_connections=5) as sunco:
        [own] = await new_conversations(sunco, 1)
        for _ in range(10):
            outbox = (Outgoing(str(n), "x", conversation_id=f"c{n}") for n in itertools.count())
            async with aclosing(BulkSender(sunco, concurrency=20).send(outbox)) as results:
                await anext(results)
        [result] = [
            result
            async for result in BulkSender(sunco).send([Outgoing("k", "x", conversation_id=own)])
        ]
        assert isinstance(result, Sent)


def test_the_example_in_the_docstring_does_what_it_says():
    sandbox = Sandbox()
    names = {name: getattr(sunco_async.bulk, name) for name in sunco_async.bulk.__all__}
    names |= {"asyncio": asyncio, "AsyncSunco": AsyncSunco}
    with sandbox.serve_in_thread() as server, settings_of(sandbox, server):

        async def jane():
            async with AsyncSunco() as sunco:
                await sunco.users.create(external_id="jane")

        asyncio.run(jane())
        [test] = [
            test
            for test in doctest.DocTestFinder().find(BulkSender, module=False, globs=names)
            if test.examples
        ]
        outcome = doctest.DocTestRunner().run(test)
    assert outcome.attempted == 3
    assert outcome.failed == 0
