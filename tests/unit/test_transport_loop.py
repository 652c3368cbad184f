"""Connections belong to the loop that opened them."""

import asyncio
import os

import pytest

from sunco_async._base.loop_binding import LoopBinding


def moved_in(loop, binding):
    async def ask():
        return binding.moved()

    return loop.run_until_complete(ask())


@pytest.fixture
def loops():
    made = [asyncio.new_event_loop() for _ in range(2)]
    yield made
    for loop in made:
        loop.close()


def test_the_same_loop_has_not_moved(loops):
    binding = LoopBinding()
    assert [moved_in(loops[0], binding) for _ in range(3)] == [True, False, False]


def test_a_loop_after_a_closed_one_is_a_move(loops):
    binding = LoopBinding()
    moved_in(loops[0], binding)
    loops[0].close()
    assert [moved_in(loops[1], binding) for _ in range(2)] == [True, False]
    assert not binding.forked


def test_a_loop_beside_an_open_one_is_refused_each_time(loops):
    binding = LoopBinding()
    moved_in(loops[0], binding)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="another event loop"):
            moved_in(loops[1], binding)
    assert not moved_in(loops[0], binding)


def test_a_fork_is_a_move_although_the_old_loop_looks_open(loops, monkeypatch):
    binding = LoopBinding()
    moved_in(loops[0], binding)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert moved_in(loops[1], binding)
    assert binding.forked
