"""From a user to the conversation that a message to them goes into."""

from collections import OrderedDict
from typing import Final

from sunco_async.bulk._items import Target
from sunco_async.models import ParticipantSubSchema
from sunco_async.resources import Conversations

__all__ = ["ConversationFinder"]

REMEMBERED: Final = 10_000
"""Users whose conversation is remembered: some 3 MB. The messages to a user mostly stand close
together in an outbox, and looking a forgotten one up again costs one request."""


class ConversationFinder:
    """Finds or makes the personal conversation of a user, and remembers the last of them."""

    def __init__(self, conversations: Conversations, *, remembered: int = REMEMBERED) -> None:
        self._conversations = conversations
        self._remembered = remembered
        self._found: OrderedDict[Target, str] = OrderedDict()

    async def find(self, target: Target) -> str:
        """Return the id of the conversation; raises what the two operations raise."""
        if target.kind == "conversation_id":
            return target.id
        if not target.id:
            # A filter that is left empty may be read as no filter: somebody else's conversations.
            raise ValueError(f"{target.kind} must not be empty")
        found = self._found.get(target)
        if found is None:
            found = await self._look_up(target) or await self._create(target)
            self._found[target] = found
            if len(self._found) > self._remembered:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(target)
        return found

    def forget(self, target: Target) -> None:
        """Look the target up again next time: its conversation may be gone."""
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
