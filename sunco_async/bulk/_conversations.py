"""Finding or creating the conversation of a user."""

from collections import OrderedDict
from typing import Final

from sunco_async.bulk._items import Target, check_target
from sunco_async.models import ParticipantSubSchema
from sunco_async.resources import Conversations

__all__ = ["ConversationFinder"]

REMEMBERED: Final = 10_000
"""Users whose conversation is remembered, in about 3 MB.

The messages to a user are mostly close together in an outbox, and looking up a user that was
forgotten costs one request."""


class ConversationFinder:
    """Finds or creates the personal conversations of users.

    Args:
        conversations: The operations to find and create conversations with.
        remembered: Users whose conversation is remembered at most.
    """

    def __init__(self, conversations: Conversations, *, remembered: int = REMEMBERED) -> None:
        self._conversations = conversations
        self._remembered = remembered
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
            NotFound: The user does not exist.
            ValueError: The id is empty, or it cannot be in a request.
        """
        if target.kind == "conversation_id":
            return target.id
        found = self._found.get(target)
        if found is None:
            check_target(target)
            found = None if is_new else await self._look_up(target)
            found = found or await self._create(target)
            self._found[target] = found
            if len(self._found) > self._remembered:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(target)
        return found

    def forget(self, target: Target) -> None:
        """Look a target up again next time, since its conversation may not exist any more.

        Args:
            target: The user.
        """
        self._found.pop(target, None)

    async def _look_up(self, target: Target) -> str | None:
        """Return the default personal conversation, else the first personal one."""
        by_id = target.kind == "user_id"
        first = None
        async for conversation in self._conversations.list(
            user_id=target.id if by_id else None,
            user_external_id=None if by_id else target.id,
            page_size=100,
        ):
            if conversation.type != "personal" or not conversation.id:
                continue
            if conversation.is_default:
                return conversation.id
            first = first or conversation.id
        return first

    async def _create(self, target: Target) -> str:
        by_id = target.kind == "user_id"
        user = ParticipantSubSchema(
            user_id=target.id if by_id else None,
            user_external_id=None if by_id else target.id,
        )
        conversation = await self._conversations.create(type="personal", participants=[user])
        return conversation.id
