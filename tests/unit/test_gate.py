"""The gate keeps to one event loop, and says so; it starts anew where the old loop is gone."""

import asyncio
import threading

import pytest
from fakes import USER, client, server

pytestmark = pytest.mark.both_loops


def contended(sunco):
    async def main():
        users = await asyncio.gather(*(sunco.users.get("u1") for _ in range(20)))
        return len(users)

    return main()


def test_a_second_run_with_one_client_works_every_time():
    sunco = client(server(USER), max_connections=2)
    assert [asyncio.run(contended(sunco)) for _ in range(5)] == [20] * 5


def test_another_loop_beside_an_open_one_is_refused_every_time():
    sunco = client(server(USER), max_connections=2)
    failures = []

    def elsewhere():
        for _ in range(3):
            try:
                asyncio.run(sunco.users.get("u1"))
            except RuntimeError as error:
                failures.append(str(error))

    async def main():
        await sunco.users.get("u1")
        thread = threading.Thread(target=elsewhere)
        thread.start()
        await asyncio.to_thread(thread.join)
        await sunco.users.get("u1")

    asyncio.run(main())
    assert len(failures) == 3
    assert all("another event loop" in failure for failure in failures)


def test_a_run_that_was_interrupted_leaves_the_gate_free():
    sunco = client(server(USER), max_connections=1)

    async def interrupted():
        task = asyncio.create_task(sunco.users.get("u1"))
        await asyncio.sleep(0)
        raise KeyError(task.get_name())

    with pytest.raises(KeyError):
        asyncio.run(interrupted())
    assert asyncio.run(contended(sunco)) == 20
