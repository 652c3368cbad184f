"""A SQLite file that one thread writes, in groups.

A commit with `synchronous=FULL` waits for the disk, so work that arrives during a commit is written
together by the next one. `synchronous=NORMAL` would be 3 to 7 % faster, but a power failure would
lose everything since the last checkpoint, and a lost intent looks like a message that was never
sent.

All work of a store runs in its own thread, each group in one transaction: a function gets the
connection, and its result is returned after the commit. If a group fails, its functions run again
one by one, so that one that raises does not affect the others. They must therefore be repeatable.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeVar

from sunco_async._base.sqlite_file import (
    Owner,
    StoreKind,
    check_file,
    check_version,
    create_file,
    lock_file,
    real_path,
    this_owner,
)
from sunco_async.errors import StoreError, StoreUnusable, StoreWriteFailed

__all__ = ["SQLiteStore", "StoreKind"]

T = TypeVar("T")

Work = Callable[[sqlite3.Connection], Any]

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=1",  # macOS needs it; other systems ignore it
    "PRAGMA checkpoint_fullfsync=1",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA busy_timeout=5000",
)


class _Job:
    """A function to run in the thread, and the future of its result."""

    __slots__ = ("alone", "error", "future", "loop", "result", "work")

    def __init__(self, work: Work, *, alone: bool) -> None:
        self.work = work
        self.alone = alone
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.error: Exception | None = None


class SQLiteStore:
    """One SQLite file with one writer thread.

    Args:
        path: The file. It is created with mode 0600 if it does not exist.
        kind: What the file must be.
        read_only: Open the file for reading, beside the process that writes it.
        take_over: Open the file although a process on another host has not closed it.

    Attributes:
        path: The file, with symbolic links resolved.
        previous: The process that had the file open before, or None.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        kind: StoreKind,
        *,
        read_only: bool = False,
        take_over: bool = False,
    ) -> None:
        self.path: Path = real_path(path)
        self.previous: Owner | None = None
        self._kind = kind
        self._read_only = read_only
        self._take_over = take_over
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._db: sqlite3.Connection | None = None
        self._lock: sqlite3.Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether `open` has succeeded and `close` was not called."""
        return self._thread is not None

    async def open(self) -> None:
        """Open the file, and create it if it does not exist.

        Raises:
            StoreInUse: Another process has the file open.
            StoreUnusable: The file is not what it must be, or it cannot be opened.
        """
        if self.is_open:
            raise StoreUnusable(f"{self.path} is already open")
        self._thread = threading.Thread(target=self._work, name="sqlite-store", daemon=True)
        self._thread.start()
        try:
            await self._submit(lambda _: None, alone=True)  # the thread opens the file first
        except BaseException:
            self._jobs.put(None)
            self._thread = None
            raise

    async def close(self) -> None:
        """Finish all work and close the file. A cancellation does not interrupt it."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._jobs.put(None)
        joined = asyncio.ensure_future(asyncio.to_thread(thread.join))
        try:
            await asyncio.shield(joined)
        except asyncio.CancelledError:
            await asyncio.wait([joined])
            raise

    async def run(self, work: Callable[[sqlite3.Connection], T], *, alone: bool = False) -> T:
        """Run a function in the thread, in a transaction that it shares with others.

        Args:
            work: Gets the connection. It may be called twice, after a rollback.
            alone: Run it outside of a transaction, as `VACUUM` requires.

        Returns:
            What the function returned, after the commit.

        Raises:
            StoreUnusable: The file is closed or damaged.
            StoreWriteFailed: The disk is full, or the file cannot be written.
        """
        if not self.is_open:
            raise StoreUnusable(f"{self.path} is not open")
        result: T = await self._submit(work, alone=alone)
        return result

    async def _submit(self, work: Work, *, alone: bool) -> Any:
        job = _Job(work, alone=alone)
        self._jobs.put(job)
        return await job.future

    # In the thread.

    def _work(self) -> None:
        opening = self._jobs.get()
        if opening is None:
            return
        try:
            self._connect()
        except Exception as error:  # noqa: BLE001 - raised by `open`
            opening.error = self._translated(error)
            self._disconnect()
            _deliver([opening])
            self._jobs.get()  # the end, which `open` sends
            return
        _deliver([opening])
        running = True
        while running:
            group: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                group.append(job)
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            running = job is not None
            self._run_group([each for each in group if not each.alone])
            for each in group:
                if each.alone:
                    self._run_alone(each)
            _deliver(group)
        self._disconnect()

    def _run_group(self, group: list[_Job]) -> None:
        if not group:
            return
        db = self._connection()
        try:
            if not self._read_only:
                db.execute("BEGIN IMMEDIATE")
            for job in group:
                job.result = job.work(db)
            if not self._read_only:
                db.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - raised where the result is awaited
            with suppress(sqlite3.Error):
                if db.in_transaction:
                    db.execute("ROLLBACK")
            if len(group) > 1:
                for job in group:
                    self._run_group([job])
            else:
                group[0].error = self._translated(error)

    def _run_alone(self, job: _Job) -> None:
        try:
            job.result = job.work(self._connection())
        except Exception as error:  # noqa: BLE001 - raised where the result is awaited
            job.error = self._translated(error)

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise StoreUnusable(f"{self.path} is not open")
        return self._db

    def _connect(self) -> None:
        check_version()
        if self._read_only:
            check_file(self.path, self._kind)
            self._db = self._open_connection("ro")
            return
        self._lock = lock_file(self.path, self._kind)
        create_file(self.path, self._kind)
        check_file(self.path, self._kind)
        self._db = db = self._open_connection("rw")
        for pragma in _PRAGMAS:
            db.execute(pragma).fetchall()
        self.previous = previous = Owner.read(db)
        if previous is not None and not self._take_over:
            previous.check_gone(self.path, self._kind)
        if (
            previous is not None
            and not previous.closed
            and db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
        ):
            raise StoreUnusable(f"{self.path} is damaged; restore a copy of it")
        this_owner().write(db)

    def _open_connection(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )

    def _disconnect(self) -> None:
        if self._db is not None:
            if not self._read_only:
                with suppress(sqlite3.Error):  # on a full disk it stays open, which is harmless
                    Owner.close(self._db)
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _translated(self, error: Exception) -> Exception:
        """Return our own error for one of SQLite's. Any other error is returned as it is."""
        if isinstance(error, StoreError) or not isinstance(error, sqlite3.Error | OSError):
            return error
        text = str(error)
        kind, path = self._kind.name, self.path
        if isinstance(error, sqlite3.Error) and (
            "malformed" in text or "not a database" in text or "corrupt" in text
        ):
            return StoreUnusable(f"{path} is damaged ({text}); restore a copy of it")
        if "full" in text:
            return StoreWriteFailed(f"{path} cannot be written: {text}; make room and run again")
        if "readonly" in text or "read-only" in text.lower():
            return StoreWriteFailed(
                f"{path} cannot be written: the file or its folder is read-only; copy it elsewhere"
            )
        if isinstance(error, OSError) or "unable to open" in text:
            return StoreUnusable(f"the {kind} {path} cannot be opened: {text}")
        return StoreWriteFailed(f"the {kind} {path} failed: {text}")


def _deliver(group: list[_Job]) -> None:
    """Set the futures of a group, with one callback for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, so nothing waits for it
            loop.call_soon_threadsafe(_set_futures, jobs)


def _set_futures(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():  # the waiting task was cancelled
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
