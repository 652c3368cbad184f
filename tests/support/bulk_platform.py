"""A platform in memory that fails on demand, and runs with a ledger that are killed."""

import asyncio
import json
import time
from email.utils import formatdate

import httpx
import virtual_time
from fakes import client, error
from memory_ledger import MemoryLedger

from sunco_async import RetryPolicy
from sunco_async.bulk import BulkSender

SERVER = "server"
"""The name of tasks that belong to the platform, which a crash of the client does not end."""

EPOCH = 1_800_000_000.0
RETRY = RetryPolicy(max_attempts=3, base=0.1, jitter="none")


class Platform:
    """Conversations in memory. A fault decides what becomes of a request:

    `"lost"` applies it and drops the response, `"dropped"` drops the request and the response,
    `"500"` applies it and responds with 500, a response is sent without applying it.
    """

    def __init__(self):
        self.messages = {}
        self.notifications = []
        self.faults = []
        """Faults of the next posts, by text or for any."""
        self.list_fault = None
        self.created = 0
        self.conversations = {}
        self.create_faults = []
        self.listed = []
        self.strip = False
        self.delay = 0.0
        self.dates = True

    def now(self):
        return EPOCH + asyncio.get_running_loop().time()

    async def handle(self, request):
        """A request that has left is processed, even if its client dies meanwhile."""
        task = asyncio.create_task(self.process(request), name=SERVER)
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(task)

    async def process(self, request):
        # A list can be faster than a message that was sent before it.
        await asyncio.sleep(self.delay if request.method == "POST" else min(self.delay, 0.1))
        path = request.url.path.split("/")
        if path[-1] == "notifications":
            return self.post_notification(json.loads(request.content))
        if path[-1] == "conversations":
            return self.of_user(request)
        conversation = path[-2]
        if request.method == "GET":
            return self.list(conversation, request.url.params.get("page[before]"))
        return self.post(conversation, json.loads(request.content))

    def respond(self, status, body):
        headers = {"date": formatdate(self.now(), usegmt=True)} if self.dates else {}
        return httpx.Response(status, json=body, headers=headers)

    def fault(self, text):
        for index, (wanted, fault) in enumerate(self.faults):
            if wanted in (None, text):
                del self.faults[index]
                return fault
        return None

    def post(self, conversation, body):
        fault = self.fault(body["content"].get("text"))
        if isinstance(fault, httpx.Response | Exception):
            return self.fail(fault)
        if fault == "dropped":
            raise httpx.ReadError("reset")
        if conversation == "gone":
            return error(404)
        sent = self.messages.setdefault(conversation, [])
        message = {
            "id": f"m{sum(map(len, self.messages.values()))}",
            "received": self.now(),
            "author": {"type": "business"},
            "content": body["content"],
            "metadata": None if self.strip else body.get("metadata"),
        }
        sent.append(message)
        if fault == "lost":
            raise httpx.ReadError("reset")
        if fault == "500":
            return error(500)
        return self.respond(201, {"messages": [view(message)]})

    def fail(self, fault):
        if isinstance(fault, Exception):
            raise fault
        return fault

    def list(self, conversation, before):
        self.listed.append(conversation)
        if self.list_fault is not None:
            return self.fail(self.list_fault)
        if conversation == "gone":
            return error(404)
        messages = self.messages.get(conversation, [])
        end = len(messages) if before is None else int(before)
        start = max(0, end - 100)
        meta = {"hasMore": start > 0, "beforeCursor": str(start)}
        page = [view(each) for each in messages[start:end]]
        return self.respond(200, {"messages": page, "meta": meta})

    def of_user(self, request):
        if request.method == "GET":
            params = request.url.params
            user = params.get("filter[userId]") or params.get("filter[userExternalId]")
            found = self.conversations.get(user, [])
            return self.respond(200, {"conversations": found, "meta": {"hasMore": False}})
        body = json.loads(request.content)
        participant = body["participants"][0]
        user = participant.get("userId") or participant.get("userExternalId")
        fault = self.create_faults.pop(0) if self.create_faults else None
        if fault == "dropped":
            raise httpx.ReadError("reset")
        self.created += 1
        conversation = {
            "id": f"c-{user}-{self.created}",
            "type": "personal",
            "metadata": body.get("metadata"),
        }
        self.conversations.setdefault(user, []).append(conversation)
        if fault == "lost":
            raise httpx.ReadError("reset")
        return self.respond(201, {"conversation": conversation})

    def post_notification(self, body):
        fault = self.fault(body["message"]["text"])
        if isinstance(fault, httpx.Response | Exception):
            return self.fail(fault)
        if fault == "dropped":
            raise httpx.ReadError("reset")
        self.notifications.append(body["message"]["text"])
        if fault == "lost":
            raise httpx.ReadError("reset")
        return self.respond(201, {"notification": {"_id": f"n{len(self.notifications)}"}})

    def texts(self, conversation="c0"):
        return [each["content"]["text"] for each in self.messages.get(conversation, [])]


def view(message):
    received = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(message["received"]))
    return message | {"received": f"{received}.000Z"}


def lab(main, **setup):
    """Run `main(platform, ledger)` on virtual time."""

    async def run():
        platform = Platform()
        for name, value in setup.items():
            setattr(platform, name, value)
        return await main(platform, MemoryLedger())

    return virtual_time.run(run)


def client_tasks():
    """The tasks that do not belong to the platform."""
    return {each for each in asyncio.all_tasks() if each.get_name() != SERVER}


async def send(platform, ledger, outbox, *, client_options=None, **options):
    """One run, from opening the ledger to closing it."""
    options.setdefault("retry", RETRY)
    await ledger.open()
    try:
        async with client(platform, **(client_options or {})) as sunco:
            sender = BulkSender(sunco, ledger=ledger, **options)
            return [result async for result in sender.send(outbox)]
    finally:
        await ledger.close()


async def crash(platform, ledger, outbox, at, **options):
    """One run that is killed: its tasks end, and its ledger records nothing more.

    An outbox of None sends what the ledger has recorded.
    """
    await ledger.open()
    async with client(platform) as sunco:
        sender = BulkSender(sunco, ledger=ledger, retry=RETRY, **options)

        async def consume():
            results = sender.send_recorded() if outbox is None else sender.send(outbox)
            async for _ in results:
                pass

        async def nothing(*args, **kwargs):
            await asyncio.get_running_loop().create_future()

        task = asyncio.create_task(consume())
        await asyncio.sleep(at)
        record, ledger.record = ledger.record, nothing
        doomed = client_tasks() - {asyncio.current_task()}
        for each in doomed:
            each.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
            for each in doomed:
                each.cancel()
        await asyncio.wait({task, *doomed})
        if not task.cancelled():
            task.result()
        ledger.record = record
    ledger.crash()
