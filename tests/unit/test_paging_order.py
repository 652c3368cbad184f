"""The order of a walk, `oldest_first()` and `take(n)`, against a conversation that pages for real."""

import asyncio

import httpx
import pytest
import virtual_time
from fakes import MESSAGE, client, server
from hypothesis import given
from hypothesis import strategies as st

PAGE = 100


class Conversation:
    """ListMessages over numbered messages: 100 a page, each page oldest first."""

    def __init__(self, total, page=PAGE):
        self.ids = [f"m{number:05}" for number in range(total)]
        self.page = page
        self.asked = []

    async def handle(self, request):
        params = dict(request.url.params)
        self.asked.append(params)
        await asyncio.sleep(0)
        start, stop = 0, len(self.ids)
        backward = "page[after]" not in params
        if backward:
            stop = self.ids.index(params["page[before]"]) if "page[before]" in params else stop
            start = max(0, stop - self.page)
        else:
            start = self.ids.index(params["page[after]"]) + 1
            stop = min(stop, start + self.page)
        ids = self.ids[start:stop]
        meta = {"hasMore": start > 0 if backward else stop < len(self.ids)}
        if start > 0 and ids:
            meta["beforeCursor"] = ids[0]
        if stop < len(self.ids) and ids:
            meta["afterCursor"] = ids[-1]
        found = [{**MESSAGE, "id": each} for each in ids]
        return httpx.Response(200, json={"messages": found, "meta": meta})


def open_client(conversation):
    return client(server(httpx.Response(500)), transport=httpx.MockTransport(conversation.handle))


def ids_of(items):
    return [message.id for message in items]


@pytest.mark.parametrize("total", [0, 1, 99, 100, 101, 250])
@pytest.mark.parametrize("sequential", [False, True])
async def test_messages_are_yielded_newest_first(total, sequential):
    conversation = Conversation(total)
    async with open_client(conversation) as sunco:
        walk = sunco.messages.list("c1")
        walk = walk.sequential() if sequential else walk
        found = ids_of([message async for message in walk])
        pages = [ids_of(page.items) async for page in walk.pages()]
        first = await walk
    assert found == conversation.ids[::-1]
    assert [each for page in pages for each in page] == found
    assert ids_of(first.items) == found[:100]


async def test_a_walk_before_a_message_is_newest_first_too():
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        found = ids_of([each async for each in sunco.messages.list("c1", before="m00120")])
    assert found == conversation.ids[:120][::-1]


async def test_a_walk_after_a_message_is_oldest_first():
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        walk = sunco.messages.list("c1", after="m00009")
        for each in (walk, walk.oldest_first(), walk.sequential().oldest_first()):
            assert ids_of([message async for message in each]) == conversation.ids[10:]
        assert ids_of((await walk.oldest_first()).items) == conversation.ids[10:110]


@pytest.mark.parametrize("start", [{}, {"before": "m00120"}])
async def test_oldest_first_is_refused_for_a_backward_walk(start):
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        with pytest.raises(ValueError, match="after="):
            sunco.messages.list("c1", **start).oldest_first()
        with pytest.raises(ValueError, match="after="):
            sunco.messages.list("c1", **start).take(5).oldest_first()
    assert conversation.asked == []


async def test_a_page_can_be_continued_by_its_cursor_in_both_directions():
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        newest = await sunco.messages.list("c1")
        older = await sunco.messages.list("c1", before=newest.before)
        assert ids_of([*newest.items, *older.items]) == conversation.ids[50:][::-1]
        newer = await sunco.messages.list("c1", after=older.after)
        assert ids_of(newer.items) == ids_of(newest.items)[::-1]


@pytest.mark.parametrize(
    ("n", "pages"), [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (250, 3), (999, 3)]
)
@pytest.mark.parametrize("sequential", [False, True])
async def test_take_fetches_only_the_pages_that_it_needs(n, pages, sequential):
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        walk = sunco.messages.list("c1").take(n)
        walk = walk.sequential() if sequential else walk
        assert ids_of([each async for each in walk]) == conversation.ids[::-1][:n]
        await asyncio.sleep(0)
        assert len(conversation.asked) == pages
        assert sunco.statistics().in_flight == 0


def test_take_fetches_no_page_ahead_of_its_last():
    conversation = Conversation(250)

    async def main():
        async with open_client(conversation) as sunco:
            async for _ in sunco.messages.list("c1").take(150):
                await asyncio.sleep(10)  # time enough for a request ahead

    virtual_time.run(main)
    assert len(conversation.asked) == 2


async def test_take_can_be_repeated_lowered_and_walked_by_page():
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        walk = sunco.messages.list("c1").take(120).take(130)
        newest = conversation.ids[::-1]
        for _ in range(2):
            assert ids_of([each async for each in walk]) == newest[:120]
        assert ids_of([each async for each in walk.take(3)]) == newest[:3]
        pages = [page async for page in walk.pages()]
        assert [len(page.items) for page in pages] == [100, 20]
        assert (pages[0].has_more, pages[0].before) == (True, newest[99])
        # The API's cursor points behind what was cut off: walking on from it would leave a gap.
        assert (pages[1].has_more, pages[1].before) == (True, None)


async def test_one_page_of_a_take_has_at_most_its_number_of_items():
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        page = await sunco.messages.list("c1").take(7)
        assert ids_of(page.items) == conversation.ids[:-8:-1]
        assert (page.has_more, page.before) == (True, None)
        page = await sunco.messages.list("c1", after="m00000").take(7)
        assert (len(page.items), page.has_more, page.after) == (7, True, None)
        whole = await sunco.messages.list("c1").take(100)
        assert (len(whole.items), whole.before) == (100, "m00150")
        assert len(conversation.asked) == 3
        nothing = await sunco.messages.list("c1").take(0)
        assert (nothing.items, nothing.has_more) == ([], False)
        assert len(conversation.asked) == 3


@pytest.mark.parametrize(
    ("n", "failure"),
    [(-1, ValueError), (1.0, TypeError), ("5", TypeError), (None, TypeError), (True, TypeError)],
)
async def test_an_invalid_number_of_items_is_refused(n, failure):
    conversation = Conversation(1)
    async with open_client(conversation) as sunco:
        with pytest.raises(failure, match="take"):
            sunco.messages.list("c1").take(n)
    assert conversation.asked == []


@given(total=st.integers(0, 60), size=st.integers(1, 25), n=st.integers(0, 70))
async def test_take_on_a_list_with_a_page_size(total, size, n):
    records = [f"c{number:03}" for number in range(total)]
    asked = []

    def page(request):
        asked.append(request)
        after = request.url.params.get("page[after]")
        start = records.index(after) + 1 if after else 0
        items = records[start : start + size]
        more = start + size < total
        meta = {"hasMore": more, **({"afterCursor": items[-1]} if more else {})}
        return httpx.Response(
            200, json={"conversations": [{"id": name} for name in items], "meta": meta}
        )

    async with client(server(page)) as sunco:
        walk = sunco.conversations.list(user_id="u1", page_size=size).take(n)
        assert [one.id async for one in walk] == records[:n]
    needed = -(-min(n, total) // size)
    assert len(asked) == (max(needed, 1) if n else 0)


async def test_take_ignores_an_invalid_cursor_behind_its_last_item():
    async def handle(request):
        meta = {"hasMore": True}
        return httpx.Response(200, json={"messages": [MESSAGE], "meta": meta})

    async with client(server(httpx.Response(500)), transport=httpx.MockTransport(handle)) as sunco:
        assert len([each async for each in sunco.messages.list("c1").take(1)]) == 1


async def test_find_by_key_fetches_the_next_page_only_if_needed():
    conversation = Conversation(250)
    async with open_client(conversation) as sunco:
        assert await sunco.messages.find_by_key("c1", key="k", max_pages=2) is None
        await asyncio.sleep(0)
    assert len(conversation.asked) == 2
