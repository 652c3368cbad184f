"""The campaign of the demo: its messages, its users and conversations, and what has arrived."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from sunco_async import AsyncSunco
from sunco_async.bulk._content.content import TextContent
from sunco_async.bulk._content.message_builder import MessageBuilder, RowMessage
from sunco_async.bulk._content.templates import LanguageTemplates
from sunco_async.bulk._conversations import ConversationFinder
from sunco_async.bulk._sources.rows import open_rows
from sunco_async.bulk._users import ensure_user
from sunco_async.cli._errors import UsageError
from sunco_async.models import TextMessage

__all__ = [
    "Arrivals",
    "campaign_folder",
    "count_arrivals",
    "open_conversations",
    "read_messages",
]

T = TypeVar("T")

KEY = "campaignKey"
"""The metadata field that identifies a message when it is read back."""


@dataclass(slots=True)
class Arrivals:
    """What the conversations hold of a campaign.

    Attributes:
        delivered: Messages that are in their conversation with their text.
        duplicates: Further copies of such messages.
        stray: Messages that are in another conversation or have another text.
    """

    delivered: int = 0
    duplicates: int = 0
    stray: int = 0


def campaign_folder() -> Path:
    """Find the campaign: inside an installed package, or at the root of a checkout."""
    package = Path(str(files("sunco_async")))
    for folder in (package / "examples" / "campaign", package.parent / "examples" / "campaign"):
        if (folder / "recipients.csv").is_file():
            return folder
    raise UsageError("the campaign example is not installed with this package")


def read_messages(folder: Path, *, recipients: int, seed: int, run: str) -> list[RowMessage]:
    """Draw recipients from the campaign's file, and build their messages.

    Args:
        folder: The folder of the campaign.
        recipients: How many recipients to draw.
        seed: The seed of the draw.
        run: The id of the run, which is part of each key.

    Raises:
        UsageError: The file has fewer recipients.
    """
    builder = MessageBuilder(
        target="external_id",
        content=TextContent(LanguageTemplates.read(folder / "templates", column="language")),
        key_column="external_id",
        name_column="name",
    )
    with open_rows(folder / "recipients.csv") as rows:
        messages = [builder.build(row) for row in rows]
    if recipients > len(messages):
        raise UsageError(f"--recipients must be at most {len(messages):,}, not {recipients:,}")
    drawn = random.Random(seed).sample(messages, recipients)  # noqa: S311 - not for security
    return [_with_key(message, f"{run}-{message.message.key}") for message in drawn]


async def open_conversations(
    sunco: AsyncSunco, messages: Iterable[RowMessage], *, concurrency: int, done: Callable[[], None]
) -> list[RowMessage]:
    """Create the user and the conversation of each message where they do not exist.

    Args:
        sunco: The client.
        messages: The messages, to users with an external id.
        concurrency: Users at once.
        done: Called after each user.

    Returns:
        The messages, addressed to the conversations.
    """
    finder = ConversationFinder(sunco.conversations)
    addressed: list[RowMessage] = []

    async def prepare(message: RowMessage) -> None:
        target = message.message.target
        is_new = await ensure_user(sunco, target.id, message.name)
        found = await finder.find(target, is_new=is_new)
        outgoing = replace(message.outgoing, user_external_id=None, conversation_id=found)
        addressed.append(replace(message, message=outgoing))
        done()

    await _for_each(messages, prepare, concurrency)
    return addressed


async def count_arrivals(
    sunco: AsyncSunco,
    messages: Iterable[RowMessage],
    *,
    run: str,
    concurrency: int,
    done: Callable[[], None],
) -> Arrivals:
    """Read the conversations, and count the messages of this run in them.

    Args:
        sunco: The client.
        messages: The messages that were sent.
        run: The id of the run.
        concurrency: Conversations at once.
        done: Called after each conversation.
    """
    arrivals = Arrivals()

    async def count(expected: RowMessage) -> None:
        arrived = 0
        async for message in sunco.messages.list(expected.outgoing.conversation_id or ""):
            key = str((message.metadata or {}).get(KEY, ""))
            if not key.startswith(f"{run}-"):
                continue
            content = message.content
            text = content.text if isinstance(content, TextMessage) else None
            if key == expected.message.key and text == expected.outgoing.content:
                arrived += 1
            else:
                arrivals.stray += 1
        arrivals.delivered += arrived > 0
        arrivals.duplicates += max(0, arrived - 1)
        done()

    await _for_each(messages, count, concurrency)
    return arrivals


async def _for_each(
    items: Iterable[T], work: Callable[[T], Awaitable[None]], concurrency: int
) -> None:
    """Do the work for all items, several at once. The first failure cancels the rest."""
    remaining = iter(items)

    async def worker() -> None:
        for item in remaining:
            await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _with_key(message: RowMessage, key: str) -> RowMessage:
    return replace(message, message=replace(message.outgoing, key=key, metadata={KEY: key}))
