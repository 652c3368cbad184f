"""Finding or creating the conversation of a user.

Creating a conversation is not idempotent. With a ledger, its intent is on disk before the request
is sent, and its metadata holds a key of its own. If the response is lost, or the process dies, the
conversations of the user are listed again before another one is created: not before the request's
timeout and a grace have passed, which is up to the caller.
"""

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import blake2b
from typing import Final

from msgspec import UNSET

from sunco_async.bulk._items import Target, check_target
from sunco_async.bulk._ledger.protocol import Ledger
from sunco_async.errors import SuncoError
from sunco_async.models import ParticipantSubSchema
from sunco_async.resources import Conversations

__all__ = ["ConversationFinder", "CreationLost"]

REMEMBERED: Final = 10_000
"""Users whose conversation is remembered, in about 3 MB.

The messages to a user are mostly close together in an outbox, and looking up a user that was
forgotten costs one request."""


class CreationLost(Exception):
    """A conversation may have been created, and the response was lost.

    Args:
        error: The error of the request.
    """

    def __init__(self, error: SuncoError) -> None:
        super().__init__(str(error))
        self.error = error


class ConversationFinder:
    """Finds or creates the personal conversations of users.

    Args:
        conversations: The operations to find and create conversations with.
        remembered: Users whose conversation is remembered at most.
        ledger: Records which conversations are created; None for no record.
        key_field: The metadata field that gets the key of a created conversation.
    """

    def __init__(
        self,
        conversations: Conversations,
        *,
        remembered: int = REMEMBERED,
        ledger: Ledger | None = None,
        key_field: str = "",
    ) -> None:
        self._conversations = conversations
        self._remembered = remembered
        self._ledger = ledger
        self._key_field = key_field
        self._found: OrderedDict[Target, str] = OrderedDict()

    async def find(self, target: Target, *, is_new: bool = False) -> str:
        """Find the conversation of a target, or create it.

        Args:
            target: The user, or the conversation itself.
            is_new: Whether the user was just created, so that there is no conversation to look for.

        Returns:
            The id of the conversation: of a user's conversations the default personal one, else
            the first personal one, else a new one.

        Raises:
            CreationLost: With a ledger, the response of the creation was lost.
            NotFound: The user does not exist.
            ValueError: The id is empty, or it cannot be in a request.
        """
        if target.kind == "conversation_id":
            return target.id
        found = self._found.get(target)
        if found is None:
            check_target(target)
            found = await self._recorded(target)
            if found is None and not is_new:
                found = await self._look_up(target)
            found = found or await self._create(target)
            self._found[target] = found
            if len(self._found) > self._remembered:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(target)
        return found

    async def forget(self, target: Target) -> None:
        """Look a target up again next time, since its conversation may not exist any more.

        Args:
            target: The user.
        """
        known = self._found.pop(target, None)
        if known is not None and self._ledger is not None:
            await self._ledger.end_conversation(str(target), None)

    async def all_of(self, target: Target) -> list[str]:
        """Return every conversation that a message to a target can be in, without creating one.

        Args:
            target: The user, or the conversation itself.

        Raises:
            NotFound: The user does not exist.
        """
        if target.kind == "conversation_id":
            return [target.id]
        return [each async for each, _ in self._personal(target)]

    async def _recorded(self, target: Target) -> str | None:
        """Return the conversation that an earlier run has created for a target."""
        if self._ledger is None:
            return None
        recorded = await self._ledger.conversation(str(target))
        return None if recorded is None else recorded[1]

    async def _look_up(self, target: Target) -> str | None:
        """Return the default personal conversation, else the first personal one."""
        first = None
        async with aclosing(self._personal(target)) as personal:
            async for conversation_id, is_default in personal:
                if is_default:
                    return conversation_id
                first = first or conversation_id
        return first

    async def _personal(self, target: Target) -> AsyncGenerator[tuple[str, bool], None]:
        """Yield the personal conversations of a user, and whether each is the default one."""
        by_id = target.kind == "user_id"
        walk = self._conversations.list(
            user_id=target.id if by_id else None,
            user_external_id=None if by_id else target.id,
            page_size=100,
        )
        async for conversation in walk:
            if conversation.type == "personal" and conversation.id:
                yield conversation.id, bool(conversation.is_default)

    async def _create(self, target: Target) -> str:
        by_id = target.kind == "user_id"
        user = ParticipantSubSchema(
            user_id=target.id if by_id else None,
            user_external_id=None if by_id else target.id,
        )
        ledger, name = self._ledger, str(target)
        if ledger is None:
            created = await self._conversations.create(type="personal", participants=[user])
            return created.id
        key = f"conversation-{blake2b(name.encode(), digest_size=12).hexdigest()}"
        await ledger.begin_conversation(name, key)
        try:
            created = await self._conversations.create(
                type="personal",
                participants=[user],
                metadata={self._key_field: key} if self._key_field else UNSET,
            )
        except SuncoError as error:
            if error.outcome == "unknown":
                raise CreationLost(error) from error
            await ledger.end_conversation(name, None)
            raise
        await ledger.end_conversation(name, created.id)
        return created.id
