"""A campaign whose sender is killed again and again, against a sandbox in its own process.

    python tests/support/kill_campaign.py [--kills 100] [--messages 2000] [--conversations 200]

Half of the recipients are named by their conversation, the others by an external id without a
conversation. The sandbox drops responses, resets connections, answers 500 after applying, and
limits the rate. After the last kill the campaign runs to its end. Then every message of the sandbox
is compared with what was to be sent.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sunco_async import AsyncSunco, RetryPolicy
from sunco_async._call.reconcile import METADATA_KEY
from sunco_async.bulk import BulkSender, Outgoing, SQLiteLedger
from sunco_async.sandbox import RateLimit, Sandbox

__all__ = ["Campaign", "Outcome", "run_campaign"]

FAULTS = (
    "messages.post:drop:0.01",
    "messages.post:reset-after:0.01",
    "messages.post:500-after:0.01",
    "messages.post:close-before:0.01",
    "conversations.create:drop:0.05",
    "users.*:reset-after:0.01",
)


@dataclass(frozen=True)
class Campaign:
    """What is sent, and how often its sender is killed."""

    messages: int = 2000
    conversations: int = 200
    kills: int = 100
    rate: float = 400.0
    faults: tuple[str, ...] = FAULTS
    seed: int = 1
    timeout: float = 1.0
    """The client's, in seconds. A lost message is looked for after it and the grace."""
    grace: float = 0.3


@dataclass(frozen=True)
class Outcome:
    """What the sandbox holds at the end, compared with the campaign."""

    kills: int
    runs: int
    lost: int
    """Keys that neither arrived nor are reported as failed or uncertain."""
    doubled: int
    """Keys that arrived more than once."""
    disordered: int
    """Targets whose messages are not in the order of the campaign."""
    crowded: int
    """Users with more than one conversation."""
    states: dict[str, int]
    """The states of the keys in the ledger."""
    faults: int
    throttled: int
    seconds: float

    def __str__(self) -> str:
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return (
            f"{self.kills} kills in {self.seconds:.0f} s: {self.lost} lost, {self.doubled} doubled, "
            f"{self.disordered} out of order, {self.crowded} users with several conversations; "
            f"ledger: {states}; {self.faults} faults, {self.throttled} 429s, {self.runs} runs"
        )


def outbox(campaign: Campaign, conversation_ids: list[str]) -> list[Outgoing]:
    """Return the items: the recipients in turn, so that every conversation is always under way."""
    items = []
    for number in range(campaign.messages):
        target = number % campaign.conversations
        if target < len(conversation_ids):
            to: dict[str, Any] = {"conversation_id": conversation_ids[target]}
        else:
            to = {"user_external_id": f"user-{target}"}
        items.append(Outgoing(f"key-{number}", f"message {number}", **to))
    return items


# The sender, which is killed.


async def send(settings: dict[str, Any]) -> int:
    """Send the campaign with its ledger; return how many items ended."""
    campaign = Campaign(**{**settings["campaign"], "faults": ()})
    ended = 0
    async with AsyncSunco(
        base_url=settings["url"],
        app_id=settings["app_id"],
        key_id=settings["key_id"],
        secret=settings["secret"],
        timeout=campaign.timeout,
    ) as sunco:
        sender = BulkSender(
            sunco,
            concurrency=50,
            ledger=settings["ledger"],
            grace=campaign.grace,
            retry=RetryPolicy(max_attempts=1000, max_elapsed=60, base=0.05, cap=0.5),
        )
        async for _ in sender.send(outbox(campaign, settings["conversation_ids"])):
            ended += 1
    return ended


# The judge, which also serves the sandbox: the senders are processes of their own.


async def set_up(sunco: AsyncSunco, campaign: Campaign) -> list[str]:
    """Create the users, and a conversation for half of them; return its ids in order."""

    async def one(number: int) -> str | None:
        user = await sunco.users.create(external_id=f"user-{number}")
        if number >= campaign.conversations // 2:
            return None
        conversation = await sunco.conversations.create(
            type="personal", participants=[{"userId": user.id}]
        )
        return conversation.id

    found = await asyncio.gather(*map(one, range(campaign.conversations)))
    return [each for each in found if each is not None]


async def received(
    sunco: AsyncSunco, campaign: Campaign, conversation_ids: list[str]
) -> tuple[dict[int, list[int]], int]:
    """Return the numbers of the messages of each target, oldest first, and the crowded users."""

    async def one(target: int) -> tuple[list[int], int]:
        if target < len(conversation_ids):
            ids = [conversation_ids[target]]
        else:
            ids = [
                each.id
                async for each in sunco.conversations.list(user_external_id=f"user-{target}")
            ]
        numbers = [
            int(message.metadata[METADATA_KEY].removeprefix("key-"))
            for each in ids
            async for message in sunco.messages.list(each)
        ]
        return numbers[::-1], len(ids)

    found = await asyncio.gather(*map(one, range(campaign.conversations)))
    return {target: numbers for target, (numbers, _) in enumerate(found)}, sum(
        count > 1 for _, count in found
    )


async def ledger_states(path: Path) -> dict[str, list[str]]:
    """Return the keys of each state."""
    async with SQLiteLedger(path, read_only=True) as ledger:
        found: dict[str, list[str]] = {}
        async for item in ledger.items():
            found.setdefault(item.state, []).append(item.key)
        return found


def start(settings: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start a sender."""
    return subprocess.Popen(
        [sys.executable, __file__, "--send", json.dumps(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def run_campaign(campaign: Campaign, folder: Path) -> Outcome:
    """Run a campaign to its end, kills included."""
    dice = random.Random(campaign.seed)
    began = time.monotonic()
    sandbox = Sandbox(seed=campaign.seed, keep_requests=0, keep_events=0)
    ledger = folder / "campaign.db"
    with sandbox.serve_in_thread() as server:

        def on_sandbox(work: Any) -> Any:
            async def main() -> Any:
                async with AsyncSunco(
                    base_url=server.url,
                    app_id=sandbox.app_id,
                    key_id=sandbox.key_id,
                    secret=sandbox.secret,
                    rate_limit=None,
                ) as sunco:
                    return await work(sunco)

            return asyncio.run(main())

        conversation_ids = on_sandbox(lambda sunco: set_up(sunco, campaign))
        for text in campaign.faults:
            sandbox.faults.add_text(text)
        sandbox.rate_limit = RateLimit(rate=campaign.rate)
        settings = {
            "campaign": {**vars(campaign), "faults": []},
            "url": server.url,
            "app_id": sandbox.app_id,
            "key_id": sandbox.key_id,
            "secret": sandbox.secret,
            "ledger": str(ledger),
            "conversation_ids": conversation_ids,
        }
        kills = runs = 0
        while True:
            process = start(settings)
            runs += 1
            if kills < campaign.kills:
                wait_for(sandbox, process, sandbox.statistics().requests + dice.randrange(60))
                time.sleep(dice.random() * 0.1)
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    kills += 1
            _, errors = process.communicate()
            if process.returncode == 0:
                break
            if process.returncode != -signal.SIGKILL:
                raise RuntimeError(errors.decode())
        faults = sandbox.faults.statistics().requests
        throttled = sandbox.statistics().throttled
        sandbox.faults.clear()
        sandbox.rate_limit = None
        arrived, crowded = on_sandbox(lambda sunco: received(sunco, campaign, conversation_ids))
    states = asyncio.run(ledger_states(ledger))
    keys = Counter(f"key-{number}" for numbers in arrived.values() for number in numbers)
    reported = {key for state in ("failed", "uncertain") for key in states.get(state, ())}
    return Outcome(
        kills=kills,
        runs=runs,
        lost=sum(
            f"key-{number}" not in keys and f"key-{number}" not in reported
            for number in range(campaign.messages)
        ),
        doubled=sum(count > 1 for count in keys.values()),
        disordered=sum(numbers != sorted(numbers) for numbers in arrived.values()),
        crowded=crowded,
        states={state: len(found) for state, found in states.items()},
        faults=faults,
        throttled=throttled,
        seconds=time.monotonic() - began,
    )


def wait_for(sandbox: Sandbox, process: "subprocess.Popen[bytes]", requests: int) -> None:
    """Wait until the sandbox has had so many requests, or the process has ended."""
    while sandbox.statistics().requests <= requests and process.poll() is None:
        time.sleep(0.005)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--send", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.send is not None:
        asyncio.run(send(json.loads(options.send)))
        return
    campaign = Campaign(options.messages, options.conversations, options.kills, seed=options.seed)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_campaign(campaign, Path(folder))
    print(outcome)  # noqa: T201 - a command prints
    if outcome.lost or outcome.doubled or outcome.disordered or outcome.crowded:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
