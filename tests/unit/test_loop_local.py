"""Objects that belong to one event loop each, and credentials that are used from several."""

import asyncio
import contextlib
import gc
import os
import subprocess
import sys
import threading
import weakref

import pytest
from fakes import USER, client, server

from sunco_async import BearerAuth, JWTAuth
from sunco_async._base.loop_local import LoopLocal

uvloop = pytest.importorskip("uvloop")

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
KEY = "not-a-secret-but-long-enough-to-sign"

pytestmark = pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)


def run(new_loop, coroutine):
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(coroutine)


class Tokens:
    """An async source of tokens that counts how many callers it has at once."""

    def __init__(self):
        self.asked = 0
        self.within = {}
        self.most = 0
        self.gate = None

    async def __call__(self):
        loop = asyncio.get_running_loop()
        self.asked += 1
        number = self.asked
        self.within[loop] = self.within.get(loop, 0) + 1
        self.most = max(self.most, self.within[loop])
        try:
            if self.gate is not None:
                await self.gate.wait()
            else:
                await asyncio.sleep(0)
            return f"token-{number}"
        finally:
            self.within[loop] -= 1


def test_a_loop_keeps_its_object_and_another_loop_gets_another(new_loop):
    locks = LoopLocal(asyncio.Lock)

    async def get_twice():
        first, second = locks.get(), locks.get()
        assert first is second
        return first

    assert run(new_loop, get_twice()) is not run(new_loop, get_twice())


def test_without_a_loop_it_says_so(new_loop):
    with pytest.raises(RuntimeError, match="no running event loop"):
        LoopLocal(asyncio.Lock).get()


def test_a_closed_loop_is_not_kept_alive_by_a_lock_that_refers_to_it(new_loop):
    locks = LoopLocal(asyncio.Lock)

    async def contend():
        lock = locks.get()

        async def hold():
            async with lock:
                await asyncio.sleep(0)

        await asyncio.gather(hold(), hold())  # from here on the lock refers to its loop
        return weakref.ref(asyncio.get_running_loop())

    closed = [run(new_loop, contend()) for _ in range(5)]
    gc.collect()
    assert sum(loop() is not None for loop in closed) <= 1


@pytest.fixture
def loops(new_loop):
    made = [new_loop() for _ in range(2)]
    yield made
    for loop in made:
        loop.close()


def get_in(loop, objects):
    async def get():
        return objects.get()

    return loop.run_until_complete(get())


@pytest.mark.parametrize("kind", ["one_at_a_time", "first_only"])
def test_a_loop_beside_an_open_one_is_refused_each_time(loops, kind):
    objects = LoopLocal(object, kind)
    first = get_in(loops[0], objects)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="another event loop"):
            get_in(loops[1], objects)
    assert get_in(loops[0], objects) is first


def test_loops_side_by_side_keep_their_objects(loops):
    objects = LoopLocal(object)
    first, second = (get_in(loop, objects) for loop in loops)
    assert first is not second
    assert [get_in(loop, objects) for loop in loops * 2] == [first, second] * 2


def test_a_loop_after_a_closed_one_gets_an_object_of_its_own(loops):
    objects = LoopLocal(object, "one_at_a_time")
    first = get_in(loops[0], objects)
    loops[0].close()
    second = get_in(loops[1], objects)
    assert second is not first
    assert get_in(loops[1], objects) is second


def test_what_cannot_be_created_again_is_refused_after_its_loop_has_closed(loops):
    objects = LoopLocal(object, "first_only")
    get_in(loops[0], objects)
    loops[0].close()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="http_client"):
            get_in(loops[1], objects)


@pytest.mark.parametrize("same_loop", [True, False])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [("any", "another"), ("one_at_a_time", "another"), ("first_only", "refused")],
)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_process_does_not_get_the_object_of_its_parent(
    new_loop, kind, expected, same_loop
):
    """Even where it runs the loop that it was forked with."""
    script = f"""
import asyncio, os, sys, uvloop
from sunco_async._base.loop_local import LoopLocal
objects = LoopLocal(object, {kind!r})
async def get():
    return objects.get()
new_loop = {"uvloop" if "uvloop" in new_loop.__module__ else "asyncio"}.new_event_loop
loop = new_loop()
first = loop.run_until_complete(get())
if not (pid := os.fork()):
    try:
        again = (loop if {same_loop} else new_loop()).run_until_complete(get())
        print("same" if again is first else "another", flush=True)
    except RuntimeError as error:
        print("refused" if "fork" in str(error) else error, flush=True)
    finally:
        os._exit(0)
os.waitpid(pid, 0)
assert loop.run_until_complete(get()) is first
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == expected


@pytest.mark.parametrize("contended", [False, True])
def test_a_bearer_token_from_a_callable_in_one_loop_after_the_other(new_loop, contended):
    tokens = Tokens()
    auth = BearerAuth(tokens)

    async def use():
        callers = 10 if contended else 1
        current = await auth.authorization()
        headers = await asyncio.gather(
            *(auth.authorization(rejected=current) for _ in range(callers))
        )
        assert len(set(headers)) == 1
        return headers[0]

    assert [run(new_loop, use()) for _ in range(3)] == [f"Bearer token-{n}" for n in (2, 3, 4)]
    assert tokens.most == 1


def test_whole_calls_in_one_loop_after_the_other(new_loop):
    auth = BearerAuth(Tokens())

    async def use():
        async with client(server(USER), auth=auth) as sunco:
            users = await asyncio.gather(*(sunco.users.get("u1") for _ in range(5)))
        return [user.id for user in users]

    for _ in range(2):
        assert run(new_loop, use()) == ["u1"] * 5


def test_threads_with_a_loop_each(new_loop):
    tokens = Tokens()
    auth = BearerAuth(tokens)
    found, failures = [], []
    barrier = threading.Barrier(8)

    async def use():
        for _ in range(20):
            current = await auth.authorization()
            headers = await asyncio.gather(
                *(auth.authorization(rejected=current) for _ in range(4))
            )
            found.extend(headers)

    def thread():
        try:
            barrier.wait(5)
            run(new_loop, use())
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=thread) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert not failures
    assert not any(each.is_alive() for each in threads)
    assert len(found) == 8 * 20 * 4
    assert all(header.startswith("Bearer token-") for header in found)
    assert tokens.most == 1


def test_a_loop_that_was_closed_in_the_middle_of_a_renewal(new_loop):
    tokens = Tokens()
    auth = BearerAuth(tokens)

    async def begin():
        tokens.gate = asyncio.Event()
        waiting = [asyncio.create_task(auth.authorization()) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return waiting

    loop = new_loop()
    waiting = loop.run_until_complete(begin())
    loop.close()  # the tasks are never told
    tokens.gate = None

    async def use():
        async with asyncio.timeout(5):
            return await asyncio.gather(*(auth.authorization() for _ in range(3)))

    assert run(new_loop, use()) == ["Bearer token-2"] * 3
    for task in waiting:  # else they complain when they are collected
        task._log_destroy_pending = False
        with contextlib.suppress(RuntimeError):
            task.get_coro().close()


def test_the_first_caller_is_cancelled_while_others_wait_for_the_renewal(new_loop):
    tokens = Tokens()
    auth = BearerAuth(tokens)

    async def use():
        tokens.gate = asyncio.Event()
        first, *others = [asyncio.create_task(auth.authorization()) for _ in range(4)]
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        tokens.gate.set()
        return await asyncio.wait_for(asyncio.gather(*others), 5)

    assert run(new_loop, use()) == ["Bearer token-2"] * 3


def test_a_callable_that_fails_does_not_block_the_callers_behind_it(new_loop):
    asked = 0

    async def token():
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        if asked == 1:
            raise LookupError("no token yet")
        return "token"

    auth = BearerAuth(token)

    async def use():
        return await asyncio.gather(
            *(auth.authorization() for _ in range(3)), return_exceptions=True
        )

    failed, *others = run(new_loop, use())
    assert isinstance(failed, LookupError)
    assert others == ["Bearer token"] * 2


def test_a_jwt_is_signed_once_for_threads_with_a_loop_each(new_loop, monkeypatch):
    from sunco_async._base import auth as _auth

    signed = 0
    sign = _auth.sign_jwt

    def counting(*args):
        nonlocal signed
        signed += 1
        return sign(*args)

    monkeypatch.setattr(_auth, "sign_jwt", counting)
    auth = JWTAuth("app_test", KEY)
    barrier = threading.Barrier(8)
    found = []

    async def use():
        found.append(await auth.authorization())

    def thread():
        barrier.wait(5)
        run(new_loop, use())

    threads = [threading.Thread(target=thread) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert (signed, len(found), len(set(found))) == (1, 8, 1)
