"""Recording ends and intents: the one transaction that a sender waits for."""

import sqlite3
from collections.abc import Sequence

from sunco_async.bulk._ledger.records import ItemEnd, Planned, Standing
from sunco_async.bulk._ledger.schema import (
    end_statement,
    flat,
    held_statement,
    in_chunks,
    insert_content_statement,
    insert_item_statement,
    known_statement,
)
from sunco_async.bulk._ledger.states import ItemState

__all__ = ["record"]


def record(
    db: sqlite3.Connection,
    planned: Sequence[Planned],
    ends: Sequence[ItemEnd],
    *,
    now: float,
    hold_after_failure: bool,
    clock_offset: float | None,
) -> list[Standing]:
    """Write ends, then intents.

    Args:
        db: The connection, in a transaction.
        planned: The items to send, in order.
        ends: How earlier messages ended.
        now: The wall clock, in seconds since the epoch.
        hold_after_failure: Whether a failed or uncertain message holds back the later ones to its
            target.
        clock_offset: Seconds that the server's clock is ahead of the wall clock; None if this is
            not known.

    Returns:
        One standing for each planned item.
    """
    db.execute("UPDATE owner SET alive = ?", (now,))
    _write_ends(db, ends, now)
    if not planned:
        return []
    known: dict[str, tuple[bytes, ItemState, int]] = {}
    keys = [item.key for item in planned]
    in_chunks(keys, lambda part: known.update(_known(db, part)))
    held: set[str] = set()
    if hold_after_failure:
        targets = list({item.target for item in planned})
        in_chunks(targets, lambda part: held.update(_held(db, part)))
    (number,) = db.execute("SELECT coalesce(max(number), 0) FROM item").fetchone()
    standings: list[Standing] = []
    items: list[tuple[object, ...]] = []
    contents: list[tuple[object, ...]] = []
    for item in planned:
        digest, state, row = known.get(item.key, (item.digest, "not_begun", 0))
        if digest != item.digest:
            standings.append(Standing("changed", state))
            continue
        if state != "not_begun":
            standings.append(Standing("known", state))
            continue
        new: ItemState = "not_begun" if item.target in held else "sending"
        if row:
            db.execute(
                "UPDATE item SET state = ?, intent_at = ?, clock_offset = ? WHERE number = ?",
                (new, now, clock_offset, row),
            )
        else:
            number = row = number + 1
            items.append(
                (row, item.key, item.kind, item.target, item.digest, new, now, clock_offset)
            )
        contents.append((row, item.body, item.row))
        # The key may occur again in the same group.
        known[item.key] = (item.digest, new, row)
        standings.append(Standing("held" if new == "not_begun" else "send", new))
    in_chunks(items, lambda part: db.execute(insert_item_statement(len(part)), flat(part)))
    in_chunks(contents, lambda part: db.execute(insert_content_statement(len(part)), flat(part)))
    return standings


def _write_ends(db: sqlite3.Connection, ends: Sequence[ItemEnd], now: float) -> None:
    rows = [
        (
            end.key,
            end.state,
            end.attempts,
            end.conversation_id,
            end.message_id,
            end.error,
            end.error_text,
            now if end.ended_at is None else end.ended_at,
        )
        for end in ends
    ]
    in_chunks(rows, lambda part: db.execute(end_statement(len(part)), flat(part)))


def _known(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, tuple[bytes, ItemState, int]]:
    rows = db.execute(known_statement(len(keys)), keys)
    return {key: (digest, state, number) for key, digest, state, number in rows}


def _held(db: sqlite3.Connection, targets: Sequence[str]) -> set[str]:
    return {target for (target,) in db.execute(held_statement(len(targets)), targets)}
