"""A receiver with a SQLite inbox in a process of its own, which a test ends with `kill -9`.

    python inbox_process.py FOLDER FIRST

It accepts events from number FIRST on, without a pause, and writes a line for each thing that has
happened: `accepted N` after the response, `began N` and `ended N` for the handling, `done N` after
that was recorded in the inbox.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from webhook_requests import SECRET, delivery, message, post

from sunco_async.webhooks import ConversationMessageEvent, SQLiteInbox, WebhookReceiver

CONVERSATIONS = 5
IN_FLIGHT = 20


class LoggingInbox(SQLiteInbox):
    def __init__(self, folder: Path, log: int) -> None:
        super().__init__(folder / "inbox.db")
        self.log = log

    async def done(self, ids: Sequence[str], /) -> None:
        await super().done(ids)
        os.write(self.log, "".join(f"done {each}\n" for each in ids).encode())


async def main(folder: Path, first: int) -> None:
    log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    inbox = LoggingInbox(folder, log)
    receiver = WebhookReceiver(SECRET, inbox=inbox, concurrency=3, max_queue=200)

    @receiver.on(ConversationMessageEvent)
    async def handle(event: ConversationMessageEvent) -> None:
        os.write(log, f"began {event.id}\n".encode())
        await asyncio.sleep(0.001)
        os.write(log, f"ended {event.id}\n".encode())

    numbers = itertools.count(first)

    async def send() -> None:
        for number in numbers:
            body = delivery(message(f"{number}", f"c{number % CONVERSATIONS}"))
            while await post(receiver, body) != 200:  # noqa: ASYNC110 - the queue is full
                await asyncio.sleep(0.005)
            os.write(log, f"accepted {number}\n".encode())

    async with receiver:
        if first < 0:  # only handle what is left
            return
        await asyncio.gather(*(send() for _ in range(IN_FLIGHT)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
