"""When a campaign was sent, and how fast."""

import sqlite3
from dataclasses import dataclass

__all__ = ["LedgerActivity", "activity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerActivity:
    """When a campaign was sent, and how fast.

    Attributes:
        runs: How many runs there were.
        seconds: The time of all runs together, in seconds.
        rate: Messages sent per second of that time.
        running: Whether the last run has not ended. It may also have died.
    """

    runs: int
    seconds: float
    rate: float
    running: bool


def activity(db: sqlite3.Connection, now: float) -> LedgerActivity:
    """Read when the campaign of a ledger was sent.

    A run that died ended when it last wrote.

    Args:
        db: The connection.
        now: The wall clock, in seconds since the epoch.
    """
    (sent,) = db.execute("SELECT count(*) FROM item WHERE state = 'sent'").fetchone()
    (alive,) = db.execute("SELECT max(alive) FROM owner").fetchone()
    runs = db.execute("SELECT began, closed FROM run ORDER BY number").fetchall()
    seconds = 0.0
    for number, (began, closed) in enumerate(runs):
        if closed is not None:
            end = closed
        elif number == len(runs) - 1:
            end = alive or now
        else:  # it died; it wrote last for an item before the next run began
            (end,) = db.execute(
                "SELECT coalesce(max(ended_at), ?) FROM item WHERE ended_at < ?",
                (began, runs[number + 1][0]),
            ).fetchone()
        seconds += max(0.0, end - began)
    running = bool(runs) and runs[-1][1] is None
    return LedgerActivity(
        runs=len(runs), seconds=seconds, rate=sent / seconds if seconds else 0.0, running=running
    )
