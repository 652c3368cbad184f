"""A campaign from its file to what has arrived: users and conversations, messages, reading back."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from sunco_async import AsyncSunco
from sunco_async.cli._compose import MessageBuilder, RowMessage
from sunco_async.cli._errors import UsageError
from sunco_async.cli._rows import open_rows
from sunco_async.cli._templates import LanguageTemplates
from sunco_async.cli._users import ensure_user
from sunco_async.models import TextMessage

__all__ = ["Arrivals", "campaign_folder", "open_conversations", "read_back", "read_drafts"]

T = TypeVar("T")

KEY = "campaignKey"
"""The metadata field by which a message is recognised when it is read back."""


@dataclass(slots=True)
class Arrivals:
    """What the conversations hold of a campaign.

    `delivered` counts messages that stand in the conversation they were meant for, with their text;
    `duplicates` those that stand there once more, and `stray` those that belong elsewhere or have
    another text.
    """

    delivered: int = 0
    duplicates: int = 0
    stray: int = 0


def campaign_folder() -> Path:
    """Find the campaign: in an installed package beside its code, in a checkout at its root."""
    package = Path(str(files("sunco_async")))
    for folder in (package / "examples" / "campaign", package.parent / "examples" / "campaign"):
        if (folder / "recipients.csv").is_file():
            return folder
    raise UsageError("the campaign example is not installed with this package")


def read_drafts(folder: Path, *, recipients: int, seed: int, run: str) -> list[RowMessage]:
    """Draw recipients from the campaign's file and compose their messages; `run` is in each key."""
    composer = MessageBuilder(
        target="external_id",
        text=LanguageTemplates.read(folder / "templates", column="language"),
        key_column="external_id",
        name_column="name",
    )
    with open_rows(folder / "recipients.csv") as rows:
        drafts = [composer.compose(row) for row in rows]
    if recipients > len(drafts):
        raise UsageError(f"--recipients must be at most {len(drafts):,}, not {recipients:,}")
    drawn = random.Random(seed).sample(drafts, recipients)  # noqa: S311 - it picks, it guards not
    return [_keyed(draft, f"{run}-{draft.message.key}") for draft in drawn]


async def open_conversations(
    sunco: AsyncSunco, drafts: Iterable[RowMessage], *, concurrency: int, done: Callable[[], None]
) -> list[RowMessage]:
    """Create each user and their conversation, and address their draft to it.

    Users that exist already are fine, and so is the conversation they have.
    """
    addressed: list[RowMessage] = []

    async def prepare(draft: RowMessage) -> None:
        external_id = draft.message.user_external_id or ""
        is_new = await ensure_user(sunco, external_id, draft.name)
        found = None if is_new else await _conversation_of(sunco, external_id)
        if found is None:
            conversation = await sunco.conversations.create(
                type="personal", participants=[{"userExternalId": external_id}]
            )
            found = conversation.id
        message = replace(draft.message, user_external_id=None, conversation_id=found)
        addressed.append(replace(draft, message=message))
        done()

    await _for_each(drafts, prepare, concurrency)
    return addressed


async def read_back(
    sunco: AsyncSunco,
    drafts: Iterable[RowMessage],
    *,
    run: str,
    concurrency: int,
    done: Callable[[], None],
) -> Arrivals:
    """Walk through the conversations and count what of this run they hold."""
    arrivals = Arrivals()

    async def count(draft: RowMessage) -> None:
        arrived = 0
        async for message in sunco.messages.list(draft.message.conversation_id or ""):
            key = str((message.metadata or {}).get(KEY, ""))
            if not key.startswith(f"{run}-"):
                continue
            content = message.content
            text = content.text if isinstance(content, TextMessage) else None
            if key == draft.message.key and text == draft.message.content:
                arrived += 1
            else:
                arrivals.stray += 1
        arrivals.delivered += arrived > 0
        arrivals.duplicates += max(0, arrived - 1)
        done()

    await _for_each(drafts, count, concurrency)
    return arrivals


async def _conversation_of(sunco: AsyncSunco, external_id: str) -> str | None:
    async for conversation in sunco.conversations.list(user_external_id=external_id):
        if conversation.type == "personal":
            return conversation.id
    return None


async def _for_each(
    items: Iterable[T], work: Callable[[T], Awaitable[None]], concurrency: int
) -> None:
    """Do the work for all items, a few at a time; the first failure cancels the rest."""
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


def _keyed(draft: RowMessage, key: str) -> RowMessage:
    return replace(draft, message=replace(draft.message, key=key, metadata={KEY: key}))
