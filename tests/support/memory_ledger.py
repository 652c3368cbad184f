"""A ledger in memory that outlives its sender, for tests on virtual time: no thread is involved."""

import time
from dataclasses import replace

from sunco_async.bulk import (
    FailureCount,
    ItemEnd,
    LedgerCounts,
    LedgerItem,
    Planned,
    Standing,
)
from sunco_async.errors import StoreInUse, StoreUnusable


class MemoryLedger:
    def __init__(self, clock=time.time):
        self.clock = clock
        self.rows = {}
        self.digests = {}
        self.conversations = {}
        self.total = None
        self.key_field = None
        self.is_open = False
        self.alive = None
        self.last_alive = None
        self.failure = None
        self.groups = []
        """Intents and ends of each group."""

    async def open(self):
        if self.is_open:
            raise StoreInUse("the ledger is in use")
        self.is_open = True
        self.last_alive = self.alive
        self.alive = self.clock()

    async def close(self):
        self.is_open = False

    def crash(self):
        """The process dies: the lock is free, and nothing more is written."""
        self.is_open = False

    async def record(self, planned, ends=(), *, hold_after_failure=True, clock_offset=None):
        self.check()
        self.alive = self.clock()
        for end in ends:
            row = self.rows.get(end.key)
            if row is not None and (row.state != "sent" or end.state == "sent"):
                self.rows[end.key] = replace(
                    row,
                    state=end.state,
                    attempts=row.attempts + end.attempts,
                    conversation_id=end.conversation_id or row.conversation_id,
                    message_id=end.message_id or row.message_id,
                    error=end.error,
                    error_text=end.error_text,
                    ended_at=self.clock() if end.ended_at is None else end.ended_at,
                )
        standings = [self.plan(item, hold_after_failure, clock_offset) for item in planned]
        begun = [
            item.key
            for item, each in zip(planned, standings, strict=True)
            if each.verdict == "send"
        ]
        self.groups.append((begun, list(ends)))
        return standings

    def plan(self, item, hold_after_failure, clock_offset):
        row = self.rows.get(item.key)
        if row is not None and self.digests[item.key] != item.digest:
            return Standing("changed", row.state)
        if row is not None and row.state != "not_begun":
            return Standing("known", row.state)
        held = hold_after_failure and any(
            each.target == item.target and each.state in ("failed", "uncertain")
            for each in self.rows.values()
        )
        self.digests[item.key] = item.digest
        self.rows[item.key] = LedgerItem(
            number=len(self.rows) + 1 if row is None else row.number,
            key=item.key,
            kind=item.kind,
            target=item.target,
            state="not_begun" if held else "sending",
            attempts=0 if row is None else row.attempts,
            conversation_id=None,
            message_id=None,
            error=None,
            error_text=None,
            intent_at=self.alive,
            clock_offset=clock_offset,
            ended_at=None,
            body=item.body,
            row=item.row,
        )
        return Standing("held" if held else "send", self.rows[item.key].state)

    def check(self):
        if not self.is_open:
            raise StoreUnusable("the ledger is not open")
        if self.failure is not None:
            raise self.failure

    async def begin_conversation(self, target, key):
        self.check()
        self.conversations[target] = (key, None)

    async def end_conversation(self, target, conversation_id):
        self.check()
        if conversation_id is None:
            self.conversations.pop(target, None)
        elif target in self.conversations:
            self.conversations[target] = (self.conversations[target][0], conversation_id)

    async def conversation(self, target):
        return self.conversations.get(target)

    async def counts(self):
        states = [row.state for row in self.rows.values()]
        names = ("not_begun", "sending", "sent", "failed", "uncertain")
        return LedgerCounts(**{name: states.count(name) for name in names}, total=self.total)

    async def failures(self):
        found = {}
        for row in sorted(self.rows.values(), key=lambda row: row.number):
            if row.state in ("failed", "uncertain"):
                found.setdefault((row.state, row.error or ""), []).append(row)
        return sorted(
            (
                FailureCount(state, error, rows[0].error_text or "", len(rows), rows[0].key)
                for (state, error), rows in found.items()
            ),
            key=lambda count: -count.count,
        )

    async def items(self, states=None):
        for row in sorted(self.rows.values(), key=lambda row: row.number):
            if states is None or row.state in states:
                yield row

    async def retry(self, state):
        if state not in ("failed", "uncertain"):
            raise ValueError(state)
        new = {"failed": "not_begun", "uncertain": "sending"}[state]
        keys = [row.key for row in self.rows.values() if row.state == state]
        for key in keys:
            self.rows[key] = replace(self.rows[key], state=new)
        return len(keys)

    async def purge(self):
        keys = [
            row.key
            for row in self.rows.values()
            if row.state in ("sent", "failed", "uncertain") and row.body is not None
        ]
        for key in keys:
            self.rows[key] = replace(self.rows[key], body=None, row=None)
        return len(keys)

    async def use_key_field(self, key_field):
        self.check()
        self.key_field = self.key_field or key_field
        return self.key_field

    async def set_total(self, total):
        self.total = total


__all__ = ["ItemEnd", "MemoryLedger", "Planned"]
