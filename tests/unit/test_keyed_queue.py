"""The queue that keeps the order of each key: items that are taken at once or out of their turn."""

import asyncio

from sunco_async._base.keyed_queue import KeyedQueue


def filled(*items):
    """Return a queue of strings whose first letter is their key."""
    queue = KeyedQueue(lambda item: item[0])
    for item in items:
        queue.add(item)
    return queue


async def test_an_item_is_taken_at_once_or_not():
    queue = filled("a1", "a2", "b1")
    assert [queue.take_nowait() for _ in range(3)] == ["a1", "b1", None]
    queue.ended("a1")
    assert queue.take_nowait() == "a2"


async def test_an_item_is_pulled_out_of_its_line_and_does_not_end():
    queue = filled("a1", "a2", "a3", "a4", "b1")
    assert queue.take_nowait() == "a1"
    assert queue.pull("a", lambda item: item >= "a3") == "a3"
    assert queue.pull("a", lambda item: item > "a4") is None
    queue.ended("a1")
    assert [queue.take_nowait() for _ in range(2)] == ["b1", "a2"]
    queue.ended("a2")
    assert queue.take_nowait() == "a4"
    queue.ended("a4")
    draining = asyncio.ensure_future(queue.drained())
    await asyncio.sleep(0)
    assert not draining.done()
    queue.ended("b1")
    await draining
    assert len(queue) == 0


async def test_a_pulled_item_can_be_put_back_at_the_front():
    queue = filled("a1", "a2", "a3")
    assert queue.take_nowait() == "a1"
    queue.put_back(queue.pull("a", lambda _: True))
    queue.ended("a1")
    assert queue.take_nowait() == "a2"
    queue.ended("a2")
    queue.ended(queue.take_nowait())
    await queue.drained()


async def test_a_key_is_in_the_queue_until_its_last_item_has_ended():
    queue = filled("a1")
    assert "a" in queue
    assert queue.take_nowait() == "a1"
    assert "a" in queue
    queue.ended("a1")
    assert "a" not in queue
