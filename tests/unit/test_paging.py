import asyncio
import gc

import httpx
import pytest
import virtual_time
from fakes import MESSAGE, client, error, ok, server
from hypothesis import given
from hypothesis import strategies as st

from sunco_async import NotFound, ResponseDecodeError, RetryPolicy

pytestmark = pytest.mark.both_loops

IMMEDIATE = RetryPolicy(base=0, cap=0)


def messages(*ids, **meta):
    return ok({"messages": [{**MESSAGE, "id": name} for name in ids], "meta": meta})


def conversations(*ids, **meta):
    return ok({"conversations": [{"id": name} for name in ids], "meta": meta})


def cursors(scripted):
    return [dict(request.url.params) for request in scripted.requests]


async def test_await_returns_one_page():
    scripted = server(messages("m3", "m4", hasMore=True, beforeCursor="m3"))
    async with client(scripted) as sunco:
        page = await sunco.messages.list("c1")
    assert [message.id for message in page.items] == ["m4", "m3"]
    assert (page.has_more, page.before, page.after) == (True, "m3", None)
    assert scripted.count == 1


async def test_messages_are_walked_backwards():
    scripted = server(
        messages("m5", "m6", hasMore=True, beforeCursor="m5", afterCursor="m6"),
        messages("m3", "m4", hasMore=True, beforeCursor="m3", afterCursor="m4"),
        messages("m1", "m2", hasMore=False, afterCursor="m2"),
    )
    async with client(scripted) as sunco:
        found = [message.id async for message in sunco.messages.list("c1")]
    assert found == ["m6", "m5", "m4", "m3", "m2", "m1"]
    assert cursors(scripted) == [{}, {"page[before]": "m5"}, {"page[before]": "m3"}]


async def test_messages_are_walked_forward_from_a_message():
    scripted = server(
        messages("m3", "m4", hasMore=True, afterCursor="m4", beforeCursor="m3"),
        messages("m5", hasMore=False, beforeCursor="m5"),
    )
    async with client(scripted) as sunco:
        found = [message.id async for message in sunco.messages.list("c1", after="m2")]
    assert found == ["m3", "m4", "m5"]
    assert cursors(scripted) == [{"page[after]": "m2"}, {"page[after]": "m4"}]


async def test_a_forward_list_keeps_its_filter_and_page_size():
    scripted = server(
        conversations("c1", hasMore=True, afterCursor="c1"), conversations("c2", hasMore=False)
    )
    async with client(scripted) as sunco:
        walk = sunco.conversations.list(user_external_id="a&b", page_size=1)
        found = [conversation.id async for conversation in walk]
    assert found == ["c1", "c2"]
    common = {"filter[userExternalId]": "a&b", "page[size]": "1"}
    assert cursors(scripted) == [common, {**common, "page[after]": "c1"}]
    assert b"page[after]=c1" in scripted.last.url.query


async def test_a_forward_list_can_be_walked_backwards():
    scripted = server(
        conversations("c3", "c4", hasMore=True, beforeCursor="c3", afterCursor="c4"),
        conversations("c1", "c2", hasMore=False, afterCursor="c2"),
    )
    async with client(scripted) as sunco:
        walk = sunco.conversations.list(user_id="u1", before="c5").pages()
        found = [[conversation.id for conversation in page.items] async for page in walk]
    assert found == [["c4", "c3"], ["c2", "c1"]]


async def test_pages_and_items_each_start_at_the_beginning():
    scripted = server(messages("m1", hasMore=False))
    async with client(scripted) as sunco:
        walk = sunco.messages.list("c1")
        assert [message.id async for message in walk] == ["m1"]
        assert [len(page.items) async for page in walk.pages()] == [1]
        assert (await walk).items[0].id == "m1"
    assert scripted.count == 3


async def test_an_empty_page_before_the_last_does_not_end_the_walk():
    scripted = server(messages(hasMore=True, beforeCursor="m9"), messages("m1", hasMore=False))
    async with client(scripted) as sunco:
        assert [message.id async for message in sunco.messages.list("c1")] == ["m1"]


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_a_repeated_cursor_ends_the_walk_with_an_error(length):
    circle = [messages(hasMore=True, beforeCursor=f"m{n % length}") for n in range(9)]
    scripted = server(*circle)
    async with client(scripted) as sunco:
        with pytest.raises(ResponseDecodeError, match="second time") as caught:
            async for _ in sunco.messages.list("c1"):
                pass
    assert scripted.count == length + 1
    assert caught.value.operation == "messages.list"


async def test_has_more_without_a_cursor_is_an_error():
    async with client(server(messages("m1", hasMore=True))) as sunco:
        with pytest.raises(ResponseDecodeError, match="beforeCursor"):
            [message async for message in sunco.messages.list("c1")]


async def test_cursors_may_be_in_the_links_alone():
    linked = ok(
        {
            "conversations": [{"id": "c1"}],
            "links": {"next": "https://h/v2/x?page%5Bafter%5D=c%201&page[size]=1"},
        }
    )
    scripted = server(linked, ok({"conversations": None}))
    async with client(scripted) as sunco:
        found = [one.id async for one in sunco.conversations.list(user_id="u1")]
    assert found == ["c1"]
    assert cursors(scripted)[1]["page[after]"] == "c 1"


async def test_a_429_during_a_walk_is_retried_at_the_same_cursor():
    scripted = server(
        messages("m2", hasMore=True, beforeCursor="m2"),
        error(429),
        messages("m1", hasMore=False),
    )
    async with client(scripted, retry=IMMEDIATE) as sunco:
        assert [message.id async for message in sunco.messages.list("c1")] == ["m2", "m1"]
    assert cursors(scripted) == [{}, {"page[before]": "m2"}, {"page[before]": "m2"}]


class Slow:
    """A server of numbered pages whose responses take one second, and a consumer's clock."""

    def __init__(self, pages):
        self.pages = pages
        self.asked_at = []
        self.open = 0

    async def handle(self, request):
        loop = asyncio.get_running_loop()
        number = int(request.url.params.get("page[before]", self.pages))
        self.asked_at.append(loop.time())
        self.open += 1
        try:
            await asyncio.sleep(1)
        finally:
            self.open -= 1
        more = number > 1
        meta = {"hasMore": more, **({"beforeCursor": str(number - 1)} if more else {})}
        return messages(f"m{number}", **meta)


def walk_slowly(slow, consume):
    async def main():
        async with client(
            server(messages()), transport=httpx.MockTransport(slow.handle), max_connections=2
        ) as sunco:
            await consume(sunco)
            return asyncio.get_running_loop().time(), len(asyncio.all_tasks())

    return virtual_time.run(main)


@pytest.mark.parametrize(("sequential", "seconds"), [(False, 11), (True, 20)])
def test_the_next_page_is_fetched_while_the_consumer_works(sequential, seconds):
    async def consume(sunco):
        walk = sunco.messages.list("c1")
        found = []
        async for page in (walk.sequential() if sequential else walk).pages():
            found += page.items
            await asyncio.sleep(1)
        assert len(found) == 10

    took, _ = walk_slowly(Slow(10), consume)
    assert took == seconds


def test_no_more_than_one_page_is_fetched_ahead():
    slow = Slow(10)

    async def consume(sunco):
        async for _ in sunco.messages.list("c1"):
            await asyncio.sleep(100)
            assert len(slow.asked_at) == 2
            break

    walk_slowly(slow, consume)


@pytest.mark.parametrize("leave", ["break", "raise", "cancel"])
def test_a_walk_left_early_cancels_its_request(leave):
    slow = Slow(10)

    async def walk(sunco):
        async for _ in sunco.messages.list("c1"):
            await asyncio.sleep(0.5)
            assert slow.open == 1
            if leave == "break":
                break
            if leave == "raise":
                raise LookupError
            await asyncio.sleep(60)

    async def consume(sunco):
        task = asyncio.create_task(walk(sunco))
        await asyncio.sleep(2)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            assert isinstance(task.exception(), LookupError | None)
        del task
        gc.collect()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert slow.open == 0
        assert sunco.statistics().in_flight == 0
        await asyncio.gather(sunco.messages.list("c1"), sunco.messages.list("c1"))

    _, tasks = walk_slowly(slow, consume)
    assert tasks == 1


def test_an_error_of_a_prefetched_page_is_raised_when_the_page_is_needed():
    scripted = server(messages("m2", hasMore=True, beforeCursor="m2"), error(404))

    async def main():
        found = []
        async with client(scripted) as sunco:
            try:
                async for message in sunco.messages.list("c1"):
                    await asyncio.sleep(1)  # the error is there by now
                    found.append(message.id)
            except NotFound:
                return found

    assert virtual_time.run(main) == ["m2"]


async def test_a_walk_left_early_without_prefetch_sends_nothing_more():
    scripted = server(messages("m2", hasMore=True, beforeCursor="m2"))
    async with client(scripted, max_connections=1) as sunco:
        async for _ in sunco.messages.list("c1").sequential():
            break
        await sunco.messages.list("c1")
    gc.collect()
    assert scripted.count == 2


@pytest.mark.parametrize(
    ("paging", "words"),
    [
        ({"after": "a", "before": "b"}, "not both"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": 101}, "page_size"),
        ({"after": ""}, "after must not be empty"),
    ],
)
async def test_invalid_paging_arguments_are_refused_before_sending(paging, words):
    scripted = server(conversations())
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match=words):
            sunco.conversations.list(user_id="u1", **paging)
    assert scripted.count == 0


@pytest.mark.parametrize("users", [{}, {"user_id": "a", "user_external_id": "b"}])
async def test_exactly_one_filter(users):
    async with client(server(conversations())) as sunco:
        with pytest.raises(TypeError, match="user_id= or user_external_id="):
            sunco.conversations.list(**users)


@given(total=st.integers(0, 60), size=st.integers(1, 25))
async def test_every_item_is_yielded_once_for_every_page_size(total, size):
    records = [f"c{number:03}" for number in range(total)]

    def page(request):
        after = request.url.params.get("page[after]")
        start = records.index(after) + 1 if after else 0
        items = records[start : start + size]
        more = start + size < total
        meta = {"hasMore": more, **({"afterCursor": items[-1]} if more else {})}
        return httpx.Response(
            200, json={"conversations": [{"id": name} for name in items], "meta": meta}
        )

    async with client(server(page)) as sunco:
        walk = sunco.conversations.list(user_id="u1", page_size=size)
        assert [one.id async for one in walk] == records


@pytest.mark.slow
async def test_a_thousand_pages_are_a_loop():
    pages = [messages(f"m{n}", hasMore=n > 0, beforeCursor=f"m{n}") for n in range(1500, -1, -1)]
    async with client(server(*pages)) as sunco:
        assert len([one async for one in sunco.messages.list("c1")]) == 1501
