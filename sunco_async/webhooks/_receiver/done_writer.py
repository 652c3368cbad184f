"""Recording in the inbox which events were handled, many of them in one call."""

import asyncio
from collections.abc import Sequence

from sunco_async._base.log import log_fields, logger
from sunco_async.webhooks._receiver.inbox import Inbox

__all__ = ["DoneWriter"]

PAUSE = 1.0
"""Seconds between a failed call and the next one."""


class DoneWriter:
    """Calls `done` of an inbox, one call at a time, with all ids that have come together.

    If a call fails, its ids are recorded with the next one. Until then a crash would have them
    handled again.

    Args:
        inbox: The inbox.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._ids: list[str] = []
        self._some = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def add(self, ids: Sequence[str]) -> None:
        """Record ids soon."""
        self._ids.extend(ids)
        self._some.set()

    async def close(self) -> None:
        """Record the remaining ids, with one attempt, and end."""
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._write()

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            if not await self._write():
                await asyncio.sleep(PAUSE)

    async def _write(self) -> bool:
        ids, self._ids = self._ids, []
        self._some.clear()
        if not ids:
            return True
        try:
            await self._inbox.done(ids)
        except Exception:  # noqa: BLE001 - the inbox may be the user's code
            logger.exception(
                "the inbox could not record that %d events were handled; this is repeated",
                len(ids),
                extra=log_fields(),
            )
            self._put_back(ids)
            return False
        except asyncio.CancelledError:
            self._put_back(ids)  # whether it was recorded is not known, and twice is harmless
            raise
        return True

    def _put_back(self, ids: list[str]) -> None:
        self._ids = ids + self._ids
        self._some.set()
