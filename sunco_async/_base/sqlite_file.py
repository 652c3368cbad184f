"""Creating, checking and locking the SQLite file of a store.

A file is created under another name and then renamed, so it is either complete or absent. A file
that is not what it must be is never written: it is checked on a connection that takes no locks and
ignores journals, before any other connection is opened.

The lock is a second file, `NAME.lock`, on which SQLite holds an exclusive lock. The operating
system frees it when the process ends, however it ends. It does not reach other hosts, where locks
of network file systems may not work either. So the file also records which process has it open.
"""

import os
import socket
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sunco_async.errors import StoreInUse, StoreUnusable

__all__ = [
    "Owner",
    "StoreKind",
    "check_file",
    "check_version",
    "create_file",
    "lock_file",
    "real_path",
    "this_owner",
]

OLDEST_SQLITE: Final = (3, 33, 0)
"""The first version with `UPDATE … FROM`."""

_OWNER: Final = """
CREATE TABLE owner(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL,
    since REAL NOT NULL, alive REAL NOT NULL, closed INTEGER NOT NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKind:
    """What a file is.

    Attributes:
        name: What it is called in error texts, such as `"ledger"`.
        application_id: The number in the file's header by which it is recognised.
        version: The version of the schema, from 1.
        schema: The statements that create the tables.
        advice: How to open a file that another host has not closed.
    """

    name: str
    application_id: int
    version: int
    schema: tuple[str, ...]
    advice: str = "pass take_over=True"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The process that has a file open, or had it open last.

    Attributes:
        host: The name of its host.
        boot: The id of the boot of that host; "" where the system has none.
        pid: Its process id.
        since: When it opened the file, in seconds since the epoch.
        alive: When it last wrote, in seconds since the epoch.
        closed: Whether it has closed the file.
    """

    host: str
    boot: str
    pid: int
    since: float
    alive: float
    closed: bool

    @classmethod
    def read(cls, db: sqlite3.Connection) -> "Owner | None":
        """Return the owner that the file records, or None for a new file."""
        row = db.execute("SELECT host, boot, pid, since, alive, closed FROM owner").fetchone()
        if row is None:
            return None
        host, boot, pid, since, alive, closed = row
        return cls(host=host, boot=boot, pid=pid, since=since, alive=alive, closed=bool(closed))

    def write(self, db: sqlite3.Connection) -> None:
        """Record this owner in the file."""
        db.execute(
            "INSERT OR REPLACE INTO owner VALUES (1, ?, ?, ?, ?, ?, 0)",
            (self.host, self.boot, self.pid, self.since, self.alive),
        )

    @staticmethod
    def close(db: sqlite3.Connection) -> None:
        """Record that the file is closed."""
        db.execute("UPDATE owner SET closed = 1, alive = ?", (time.time(),))

    def check_gone(self, path: Path, kind: StoreKind) -> None:
        """Raise if this owner may still be running. The lock excludes processes of this host.

        Raises:
            StoreInUse: It is a process of another host that has not closed the file.
        """
        if self.closed or self.host == socket.gethostname():
            return
        last = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.alive))
        raise StoreInUse(
            f"{path} was opened on the host {self.host!r} (process {self.pid}) and not closed; it "
            f"last wrote at {last}. If that process has ended, {kind.advice}"
        )


def this_owner() -> Owner:
    """Return this process as an owner."""
    boot = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    now = time.time()
    return Owner(
        host=socket.gethostname(), boot=boot, pid=os.getpid(), since=now, alive=now, closed=False
    )


def real_path(path: str | os.PathLike[str]) -> Path:
    """Return an absolute path without symbolic links, so that one file has one lock.

    Raises:
        StoreUnusable: The path is empty or `:memory:`, which would keep nothing.
    """
    name = os.fspath(path)
    if name in ("", ".", ":memory:"):
        raise StoreUnusable(f"{name!r} is not a file; a store needs the path of a file")
    return Path(os.path.realpath(name))


def check_version() -> None:
    """Check the version of SQLite.

    Raises:
        StoreUnusable: It is too old.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise StoreUnusable(f"SQLite {needed} or newer is needed, not {sqlite3.sqlite_version}")


def lock_file(path: Path, kind: StoreKind) -> sqlite3.Connection:
    """Lock a store for this process.

    Returns:
        The connection that holds the lock until it is closed.

    Raises:
        StoreInUse: Another process, or another store of this one, has the lock.
        StoreUnusable: The lock file cannot be created.
    """
    lock_path = path.with_name(f"{path.name}.lock")
    try:
        _create_private(lock_path)
        lock = sqlite3.connect(
            f"{lock_path.as_uri()}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreUnusable(
            f"{lock_path} cannot be created: {error}. A {kind.name} must be in a folder that can "
            "be written"
        ) from None
    try:
        lock.execute("PRAGMA journal_mode=OFF").fetchall()  # else there is a third file
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if "locked" not in str(error):
            raise StoreUnusable(f"{lock_path} cannot be locked: {error}") from None
        raise StoreInUse(f"{path} is in use{_owner_text(path, kind)}; wait for its end") from None
    return lock


def create_file(path: Path, kind: StoreKind) -> None:
    """Create the file of a store with mode 0600, unless there is one. The lock must be held.

    Raises:
        OSError: It cannot be created.
    """
    if path.exists() and (path.is_dir() or path.stat().st_size > 0):
        return
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    _create_private(new)
    with closing(sqlite3.connect(new, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=FULL")
        db.execute("BEGIN")
        for statement in (_OWNER, *kind.schema):
            db.execute(statement)
        db.execute(f"PRAGMA application_id={kind.application_id}")
        db.execute(f"PRAGMA user_version={kind.version}")
        db.execute("COMMIT")
    new.replace(path)


def check_file(path: Path, kind: StoreKind) -> None:
    """Check that a file is a store of this kind and version, without writing to it.

    Raises:
        StoreUnusable: It is something else, newer, damaged, or it does not exist.
    """
    if not path.exists():
        raise StoreUnusable(f"there is no {kind.name} {path}")
    if path.is_dir():
        raise StoreUnusable(f"{path} is a folder, not a {kind.name}")
    try:
        with closing(
            sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, timeout=0)
        ) as db:
            (application_id,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise StoreUnusable(
            f"{path} is not a {kind.name}, or it is damaged ({error}); it was not changed"
        ) from None
    if application_id != kind.application_id:
        raise StoreUnusable(f"{path} is not a {kind.name}; it was not changed. Use another name")
    if version > kind.version:
        raise StoreUnusable(
            f"{path} was written by a newer version of sunco-async (schema {version}, this one "
            f"knows {kind.version}); update sunco-async"
        )
    if version < kind.version or "owner" not in tables:
        raise StoreUnusable(f"{path} is damaged: its schema is incomplete; it was not changed")


def _owner_text(path: Path, kind: StoreKind) -> str:
    """Return which process uses a store, as far as this can be read."""
    try:
        check_file(path, kind)
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0)) as db:
            owner = Owner.read(db)
    except (StoreUnusable, sqlite3.Error):
        return ""
    return "" if owner is None else f" by process {owner.pid} on {owner.host}"


def _create_private(path: Path) -> None:
    """Create an empty file that only its owner can read, unless there is one."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
