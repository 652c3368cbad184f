"""The file of a SQLite ledger: its mode, its lock, what is refused, and what a full disk does."""

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
from contextlib import closing

import pytest

from sunco_async import StoreError, StoreInUse, StoreUnusable, StoreWriteFailed
from sunco_async.bulk import ItemEnd, Planned, SQLiteLedger


def planned(key, content="Hello"):
    return Planned(key, "conversation_id:c1", "message", content.encode(), content.encode())


async def states(ledger):
    return {item.key: item.state async for item in ledger.items()}


def run_python(code, *arguments, **options):
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


HOLD = """
    import asyncio, sys
    from sunco_async.bulk import Planned, SQLiteLedger

    async def main():
        ledger = SQLiteLedger(sys.argv[1])
        await ledger.open()
        number = 0
        while True:
            keys = [str(number + n) for n in range(20)]
            await ledger.record([Planned(key, "c:1", "message", b"d", b"{}") for key in keys])
            number += 20
            print(number, flush=True)

    asyncio.run(main())
"""


async def test_only_its_owner_can_read_the_files(tmp_path):
    mask = os.umask(0)
    try:
        async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
            await ledger.record([planned("a")])
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    finally:
        os.umask(mask)
    assert set(modes) == {f"campaign.db{suffix}" for suffix in ("", ".lock", "-wal", "-shm")}
    assert set(modes.values()) == {0o600}


async def test_the_folder_holds_two_files_after_the_end(tmp_path):
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        await ledger.record([planned("a")])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["campaign.db", "campaign.db.lock"]


async def test_what_was_recorded_survives_a_killed_process_which_frees_the_lock(tmp_path):
    path = tmp_path / "campaign.db"
    process = run_python(HOLD, path)
    with process:
        for _ in range(5):
            recorded = int(process.stdout.readline())
        with pytest.raises(StoreInUse, match=f"in use by process {process.pid} on "):
            await SQLiteLedger(path).open()
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        recorded = max([recorded, *map(int, rest)])
    async with SQLiteLedger(path) as ledger:
        assert (await ledger.counts()).sending >= recorded
        assert ledger.last_alive is not None


async def test_one_file_has_one_lock_whatever_it_is_called(tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "campaign.db")
    async with SQLiteLedger(tmp_path / "campaign.db"):
        with pytest.raises(StoreInUse, match="in use"):
            await SQLiteLedger(tmp_path / "link.db").open()


async def test_a_ledger_cannot_be_opened_twice(tmp_path):
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        with pytest.raises(StoreUnusable, match="already open"):
            await ledger.open()


async def test_it_can_be_read_beside_its_sender(tmp_path):
    path = tmp_path / "campaign.db"
    async with SQLiteLedger(path) as ledger:
        await ledger.record([planned("a")])
        async with SQLiteLedger(path, read_only=True) as reader:
            assert await states(reader) == {"a": "sending"}
            await ledger.record([planned("b")], [ItemEnd(key="a", state="sent")])
            assert await states(reader) == {"a": "sent", "b": "sending"}
            with pytest.raises(StoreWriteFailed, match="read-only"):
                await reader.record([planned("c")])
        await ledger.record([planned("c")])
        with pytest.raises(StoreInUse):
            await SQLiteLedger(path).open()


async def test_reading_creates_nothing(tmp_path):
    with pytest.raises(StoreUnusable, match=r"there is no ledger .*campaign\.db"):
        await SQLiteLedger(tmp_path / "campaign.db", read_only=True).open()
    assert list(tmp_path.iterdir()) == []


async def left_open_on(host, path, *, boot="another-boot"):
    async with SQLiteLedger(path) as ledger:
        await ledger.record([planned("a")])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE owner SET host = ?, boot = ?, pid = 77, closed = 0", (host, boot))


async def test_a_file_that_another_host_has_not_closed_is_refused_unless_it_is_taken_over(tmp_path):
    path = tmp_path / "campaign.db"
    await left_open_on("elsewhere", path)
    with pytest.raises(
        StoreInUse, match=r"host 'elsewhere' \(process 77\) and not closed.*take_ov"
    ):
        await SQLiteLedger(path).open()
    async with SQLiteLedger(path, take_over=True) as ledger:
        assert await states(ledger) == {"a": "sending"}
    async with SQLiteLedger(path):
        pass


async def test_a_file_that_this_host_has_not_closed_is_opened(tmp_path):
    path = tmp_path / "campaign.db"
    await left_open_on(socket.gethostname(), path)
    async with SQLiteLedger(path) as ledger:
        assert await states(ledger) == {"a": "sending"}


def text_file(path):
    path.write_text("key,text\n1,Hello\n", "utf-8")


def other_database(path):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE customers(name TEXT)")
        db.execute("INSERT INTO customers VALUES ('Jane')")


def newer_ledger(path):
    asyncio.run(new_ledger(path))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=9")


def cut_header(path):
    asyncio.run(new_ledger(path))
    os.truncate(path, 50)


def broken_schema(path):
    asyncio.run(new_ledger(path))
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 300)


async def new_ledger(path):
    async with SQLiteLedger(path) as ledger:
        await ledger.record([planned(str(n)) for n in range(2000)])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (text_file, "is not a ledger, or it is damaged"),
        (other_database, "is not a ledger; it was not changed. Use another name"),
        (newer_ledger, "written by a newer version of sunco-async"),
        (cut_header, "is not a ledger, or it is damaged"),
        (broken_schema, "damaged"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.parametrize("read_only", [False, True])
def test_another_file_is_refused_and_not_changed(make, words, read_only, tmp_path):
    path = tmp_path / "campaign.db"
    make(path)
    before = path.read_bytes()

    async def main():
        with pytest.raises(StoreUnusable, match=words):
            await SQLiteLedger(path, read_only=read_only).open()

    asyncio.run(main())
    assert path.read_bytes() == before


async def test_a_file_that_is_cut_off_is_found_when_it_was_not_closed(tmp_path):
    path, copy = tmp_path / "campaign.db", tmp_path / "copy.db"
    await new_ledger(path)
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE owner SET closed = 0")
    os.truncate(copy, copy.stat().st_size // 2)
    with pytest.raises(StoreUnusable, match="damaged"):
        await SQLiteLedger(copy).open()


async def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreUnusable, match="is a folder"):
        await SQLiteLedger(tmp_path).open()


async def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreUnusable, match=r"missing.*cannot be created"):
        await SQLiteLedger(tmp_path / "missing" / "campaign.db").open()


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_a_ledger_needs_a_file(path):
    with pytest.raises(StoreUnusable, match="needs the path of a file"):
        SQLiteLedger(path)


async def test_an_empty_file_becomes_a_ledger(tmp_path):
    (tmp_path / "campaign.db").touch()
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        assert await states(ledger) == {}


async def test_the_rest_of_an_interrupted_creation_is_replaced(tmp_path):
    (tmp_path / "campaign.db.new").write_bytes(b"half")
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        assert await states(ledger) == {}


async def limit_pages(ledger):
    await ledger._store.run(
        lambda db: db.execute("PRAGMA max_page_count=40").fetchall(), alone=True
    )


async def test_a_full_disk_refuses_the_group_and_keeps_what_was_there(tmp_path):
    path = tmp_path / "campaign.db"
    async with SQLiteLedger(path) as ledger:
        await limit_pages(ledger)
        recorded = 0

        async def fill():
            nonlocal recorded
            while True:
                await ledger.record([planned(str(recorded + n), "x" * 500) for n in range(20)])
                recorded += 20

        with pytest.raises(StoreWriteFailed, match=r"disk is full.*make room"):
            await fill()
        assert recorded > 0
        # What was sent can still be recorded, since its rows are there.
        await ledger.record([], [ItemEnd(key="0", state="sent", message_id="m1")])
        with pytest.raises(StoreWriteFailed):
            await ledger.record([planned(f"n{n}", "x" * 500) for n in range(50)])
    async with SQLiteLedger(path) as ledger:
        found = await states(ledger)
    assert found == {"0": "sent"} | {str(n): "sending" for n in range(1, recorded)}


FILL = """
    import asyncio, resource, sys
    from sunco_async import StoreError
    from sunco_async.bulk import Planned, SQLiteLedger

    async def main():
        ledger = SQLiteLedger(sys.argv[1])
        await ledger.open()
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        recorded = 0
        try:
            while True:
                keys = [str(recorded + n) for n in range(20)]
                await ledger.record([Planned(key, "c:1", "message", b"d", b"x" * 500) for key in keys])
                recorded += 20
        except StoreError as error:
            print(type(error).__name__, recorded)
        await ledger.close()

    asyncio.run(main())
"""


async def test_a_file_that_cannot_grow_keeps_what_was_recorded(tmp_path):
    path = tmp_path / "campaign.db"
    with run_python(FILL, path) as process:
        name, recorded = process.stdout.read().split()
    assert name == "StoreWriteFailed"
    assert process.returncode == 0
    async with SQLiteLedger(path) as ledger:
        assert await states(ledger) == {str(n): "sending" for n in range(int(recorded))}
    assert int(recorded) > 0


async def test_a_purge_leaves_no_content_in_the_file(tmp_path):
    path = tmp_path / "campaign.db"
    async with SQLiteLedger(path) as ledger:
        items = [planned(str(n), f"a private text {n}") for n in range(500)]
        await ledger.record(items)
        await ledger.record([], [ItemEnd(key=item.key, state="sent") for item in items])
        assert await ledger.purge() == 500
        on_disk = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    # The digest in these tests is the content itself; in a real ledger it is a hash.
    assert on_disk.count(b"a private text") == 500
    assert len(await _states_of(path)) == 500


async def _states_of(path):
    async with SQLiteLedger(path, read_only=True) as ledger:
        return await states(ledger)


async def test_work_that_raises_does_not_affect_the_work_beside_it(tmp_path):
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        store = ledger._store
        held = threading.Event()
        blocking = asyncio.ensure_future(store.run(lambda _: held.wait(5)))
        await asyncio.sleep(0)
        bad = asyncio.ensure_future(store.run(lambda _: 1 // 0))
        good = asyncio.ensure_future(ledger.record([planned("a")]))
        await asyncio.sleep(0)
        held.set()
        await blocking
        with pytest.raises(ZeroDivisionError):
            await bad
        await good
        assert await states(ledger) == {"a": "sending"}


async def test_a_slow_disk_does_not_block_the_event_loop(tmp_path):
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        slow = threading.Event()
        waiting = asyncio.ensure_future(ledger._store.run(lambda _: slow.wait(5)))
        recording = asyncio.ensure_future(ledger.record([planned("a")]))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not recording.done()
        slow.set()
        await asyncio.gather(waiting, recording)


async def test_a_cancelled_wait_leaves_the_ledger_usable(tmp_path):
    async with SQLiteLedger(tmp_path / "campaign.db") as ledger:
        held = threading.Event()
        blocking = asyncio.ensure_future(ledger._store.run(lambda _: held.wait(5)))
        recording = asyncio.ensure_future(ledger.record([planned("a")]))
        await asyncio.sleep(0)
        recording.cancel()
        await asyncio.wait([recording])
        held.set()
        await blocking
        assert await states(ledger) == {"a": "sending"}


async def test_close_waits_for_what_was_recorded_even_if_it_is_cancelled(tmp_path):
    ledger = SQLiteLedger(tmp_path / "campaign.db")
    await ledger.open()
    held = threading.Event()
    blocking = asyncio.ensure_future(ledger._store.run(lambda _: held.wait(5)))
    recording = asyncio.ensure_future(ledger.record([planned("a")]))
    await asyncio.sleep(0)
    closing_it = asyncio.ensure_future(ledger._store.close())
    await asyncio.sleep(0)
    closing_it.cancel()
    asyncio.get_running_loop().call_later(0.01, held.set)
    await asyncio.wait([closing_it])
    assert closing_it.cancelled()
    assert recording.done()
    await blocking
    async with SQLiteLedger(tmp_path / "campaign.db") as again:
        assert await states(again) == {"a": "sending"}


async def test_errors_of_the_store_are_errors_of_the_package_and_say_not_sent(tmp_path):
    with pytest.raises(StoreError) as caught:
        await SQLiteLedger(tmp_path).open()
    assert caught.value.outcome == "not_sent"
