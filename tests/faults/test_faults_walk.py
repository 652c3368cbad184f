"""Walks over the pages of a list that are left early, go round in circles, or meet a fault."""

import asyncio
import gc
import json
import warnings

import pytest
from fakes import MESSAGE
from fault_clients import KINDS, api, assert_at_rest, leftovers, open_client, probe
from fault_server import status

from sunco_async import ConnectionFailed, ResponseDecodeError

pytestmark = pytest.mark.both_loops


def page(*ids, **meta):
    """Make the fault that sends a page."""

    async def respond(exchange):
        messages = [{**MESSAGE, "id": identity} for identity in ids]
        await exchange.respond(json.dumps({"messages": messages, "meta": meta}).encode())

    return respond


FIRST = page("m2", "m3", hasMore=True, beforeCursor="m2")
LAST = page("m1", hasMore=False)


async def collect(walk, seen):
    async for each in walk:
        seen.append(each)


async def by_break(walk):
    async for _ in walk:
        break


async def by_exception(walk):
    async def fail():
        async for _ in walk:
            raise LookupError("the loop's own")

    with pytest.raises(LookupError):
        await fail()


async def by_cancellation(walk):
    inside = asyncio.Event()

    async def dawdle():
        async for _ in walk:
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(dawdle())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])


async def by_garbage_collection(walk):
    iterator = aiter(walk)
    await anext(iterator)
    del iterator


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("leave", [by_break, by_exception, by_cancellation, by_garbage_collection])
async def test_a_walk_left_early_frees_its_connection_at_once(kind, leave):
    """With a page asked for ahead, that call is cancelled first: see the unit tests of paging."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with (
            api(FIRST) as server,
            open_client(kind, server.url, max_connections=1) as sunco,
        ):
            await leave(sunco.messages.list("c1").sequential())
            assert_at_rest(sunco)
            assert len(server.received) == 1
            await probe(sunco, server, 1)  # the only connection
            assert server.connections == 1
            gc.collect()
            assert not await leftovers(server)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cursor_that_repeats_is_an_error_after_one_repeat(kind):
    async with api(default=FIRST) as server, open_client(kind, server.url) as sunco:
        with pytest.raises(ResponseDecodeError, match="second time"):
            await collect(sunco.messages.list("c1"), seen := [])
        assert [message.id for message in seen] == ["m3", "m2"] * 2
        assert len(server.received) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_an_empty_page_and_a_repeated_item_do_not_stop_or_loop(kind):
    empty = page(hasMore=True, beforeCursor="m2-")
    edge = page("m1", "m2", hasMore=False)
    async with api(FIRST, empty, edge) as server, open_client(kind, server.url) as sunco:
        ids = [message.id async for message in sunco.messages.list("c1")]
        assert ids == ["m3", "m2", "m2", "m1"]
        assert len(server.received) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [status(429, "Retry-After: 0"), "fin", "rst_in_body", "503"])
async def test_a_fault_during_a_walk_is_retried_at_the_same_cursor(kind, fault):
    async with api(FIRST, fault, LAST) as server, open_client(kind, server.url) as sunco:
        ids = [message.id async for message in sunco.messages.list("c1")]
        assert ids == ["m3", "m2", "m1"]
        lines = [request.line for request in server.received]
        assert len(lines) == sunco.statistics().attempts == 3
        assert lines[1] == lines[2]
        assert b"page[before]=m2" in lines[1]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_failed_walk_can_be_continued_at_its_cursor(kind):
    async with api(FIRST, "fin") as server, open_client(kind, server.url, retry=None) as sunco:
        with pytest.raises(ConnectionFailed):
            await collect(sunco.messages.list("c1").pages(), pages := [])
        server.plan.append(LAST)
        rest = await sunco.messages.list("c1", before=pages[-1].before)
        assert [message.id for message in rest.items] == ["m1"]
