"""A campaign whose process is killed with SIGKILL again and again, against a sandbox with faults."""

import asyncio
import random
import signal
import subprocess
import sys
import textwrap
from collections import Counter

import pytest

from sunco_async import AsyncSunco
from sunco_async.bulk import SQLiteLedger
from sunco_async.sandbox import Sandbox

MESSAGES, CONVERSATIONS, KILLS = 240, 24, 5

CAMPAIGN = """
    import asyncio, sys
    from sunco_async import AsyncSunco
    from sunco_async.bulk import BulkSender, Outgoing

    async def main(url, app_id, key_id, secret, path, count, *conversations):
        outbox = (
            Outgoing(f"k{n}", str(n), conversation_id=conversations[n % len(conversations)])
            for n in range(int(count))
        )
        async with AsyncSunco(
            base_url=url, app_id=app_id, key_id=key_id, secret=secret, timeout=1.0, rate_limit=None
        ) as sunco:
            sender = BulkSender(sunco, concurrency=10, ledger=path, grace=0.3)
            async for result in sender.send(outbox):
                print(result.key, type(result).__name__, flush=True)

    asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
async def test_each_message_is_sent_once_and_in_order_though_its_sender_is_killed(tmp_path):
    draw = random.Random(7)
    path = tmp_path / "campaign.db"
    sandbox = Sandbox()
    async with (
        sandbox.serve() as server,
        AsyncSunco(
            base_url=server.url,
            app_id=sandbox.app_id,
            key_id=sandbox.key_id,
            secret=sandbox.secret,
            rate_limit=None,
        ) as sunco,
    ):
        ids = []
        for number in range(CONVERSATIONS):
            user = await sunco.users.create(external_id=f"user-{number}")
            conversation = await sunco.conversations.create(
                type="personal", participants=[{"userId": user.id}]
            )
            ids.append(conversation.id)
        for fault in ("drop", "500-after", "reset-in-body"):
            sandbox.faults.add("messages.post", fault, share=0.02)
        sandbox.faults.add("messages.post", "latency=0.01-0.1")
        account = (server.url, sandbox.app_id, sandbox.key_id, sandbox.secret)
        command = [sys.executable, "-c", textwrap.dedent(CAMPAIGN), *account]
        command += [str(path), str(MESSAGES), *ids]
        for kill in range(KILLS + 1):
            process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
            if kill < KILLS:
                # The import takes most of a second on a busy machine, so wait for a first result.
                await process.stdout.readline()
                await asyncio.sleep(draw.uniform(0.0, 0.4))
                if process.returncode is None:
                    process.send_signal(signal.SIGKILL)
            await process.communicate()
        assert process.returncode == 0
        sandbox.faults.clear()
        found = Counter()
        for conversation_id in ids:
            numbers = [
                int(message.content.text) async for message in sunco.messages.list(conversation_id)
            ][::-1]
            assert numbers == sorted(numbers)
            found.update(numbers)
    async with SQLiteLedger(path, read_only=True) as ledger:
        counts = await ledger.counts()
    assert found == Counter(range(MESSAGES))
    assert (counts.sent, counts.recorded) == (MESSAGES, MESSAGES)
