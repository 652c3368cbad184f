"""The delivery of one item: find the conversation, send, and settle a request that was lost.

A step returns the item's `Result`, or `Later` if the item must wait: for the time at which its
message can be looked for. A worker does not wait for it.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sunco_async._base.clock import monotonic
from sunco_async._call.raw import call_raw
from sunco_async._call.request import EncodedBody
from sunco_async._client import AsyncSunco
from sunco_async.bulk._conversations import ConversationFinder, CreationLost
from sunco_async.bulk._entry import Entry, content_purged
from sunco_async.bulk._items import Failed, Sent
from sunco_async.bulk._ledger.protocol import Ledger
from sunco_async.bulk._search import Undecidable, find_key
from sunco_async.bulk._server_clock import ServerClock
from sunco_async.bulk._users import UserCreator
from sunco_async.errors import NotFound, StoreError, SuncoError
from sunco_async.models import Message
from sunco_async.resources.messages import send_message
from sunco_async.resources.notifications import send_notification

__all__ = ["Delivery", "Later", "OnLost", "Settling", "Uncertain"]

OnLost: TypeAlias = Literal["report", "resend"]
"""What becomes of a notification whose response was lost."""

MAX_LOST: Final = 5
"""Lost responses of one item, after which it is not sent again."""


@dataclass(frozen=True, slots=True)
class Later:
    """The item must wait.

    Attributes:
        seconds: How long.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The message may have been sent, and this cannot be decided.

    Attributes:
        failed: The result of the item.
    """

    failed: Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How lost requests are settled.

    Attributes:
        key_field: The metadata field that holds the key of a message.
        wait: Seconds between a lost request and the search for its message.
        margin: Seconds before the intent from which messages are searched.
        notifications: What becomes of a lost notification.
    """

    key_field: str
    wait: float
    margin: float
    notifications: OnLost


class Delivery:
    """Sends items, and looks for those whose responses were lost.

    An item's own failure is returned. An exception that is raised is a bug of the program, or an
    error of the ledger.

    Args:
        sunco: The client to send with.
        ledger: The ledger; None for none.
        settling: How lost requests are settled; None without a ledger.
        clock: Follows the server's clock.
        users: Creates the users before they are written to; None for no creation.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        ledger: Ledger | None = None,
        settling: Settling | None = None,
        clock: ServerClock | None = None,
        users: UserCreator | None = None,
    ) -> None:
        self._messages = sunco.messages
        self._notifications = sunco.notifications
        self._settling = settling
        self._clock = clock or ServerClock()
        self._users = users
        self._finder = ConversationFinder(
            sunco.conversations,
            ledger=ledger,
            key_field="" if settling is None else settling.key_field,
        )

    async def __call__(self, entry: Entry) -> Sent | Failed | Uncertain | Later:
        """Do what comes next for an item.

        Args:
            entry: The item.

        Returns:
            How it ended, or when to go on.
        """
        if entry.error is not None:
            return Failed(entry.key, entry.error, before_sending=True)
        if entry.phase == "search" and self._settling is not None:
            left = entry.due - monotonic()
            if left > 0:
                return Later(left)
            settled = await self._settle(entry, self._settling)
            if settled is not None:
                return settled
            # It is sent in its next turn, unless an earlier message of its target has failed.
            entry.phase = "send"
            return Later(0.0)
        if entry.body is None:
            return Failed(entry.key, content_purged(entry.key), before_sending=True)
        return await self._send(entry, entry.body)

    async def _send(self, entry: Entry, body: EncodedBody) -> Sent | Failed | Uncertain | Later:
        if entry.is_notification:
            try:
                notification = await send_notification(self._notifications, body)
            except SuncoError as error:
                return self._failed(entry, error)
            return Sent(entry.key, Message(), "", notification=notification)
        try:
            is_new = self._users is not None and await self._users.ensure(entry)
            conversation_id = await self._finder.find(entry.target, is_new=is_new)
        except CreationLost as lost:
            return self._creation_lost(entry, lost.error)
        except StoreError:
            raise
        except (SuncoError, ValueError) as error:  # ValueError: an id that no path can hold
            return Failed(entry.key, error, before_sending=True)
        entry.conversation_id = conversation_id
        try:
            if self._settling is not None and self._clock.is_stale:
                raw = await call_raw(send_message, self._messages, conversation_id, body)
                self._clock.read(raw.headers)
                messages = raw.parsed
            else:
                messages = await send_message(self._messages, conversation_id, body)
        except SuncoError as error:
            if isinstance(error, NotFound):
                await self._finder.forget(entry.target)
            return self._failed(entry, error)
        return Sent(entry.key, messages[0] if messages else Message(), conversation_id)

    def _creation_lost(self, entry: Entry, error: SuncoError) -> Failed | Later:
        """List the conversations again after a while, and create one if there is none."""
        entry.sends += 1
        if self._settling is None or entry.sends >= MAX_LOST:
            return Failed(entry.key, error, before_sending=True)
        return Later(self._settling.wait)

    def _failed(self, entry: Entry, error: SuncoError) -> Failed | Uncertain | Later:
        """Return what becomes of an item whose request failed."""
        if self._settling is None or error.outcome != "unknown":
            return Failed(entry.key, error)
        entry.lost = error
        entry.sends += 1
        entry.phase = "search"
        entry.due = monotonic() + self._settling.wait
        if entry.is_notification and self._settling.notifications == "report":
            return Uncertain(Failed(entry.key, error))
        return Later(self._settling.wait)

    async def _settle(self, entry: Entry, settling: Settling) -> Sent | Failed | Uncertain | None:
        """Look for the message of an item. None means that it may be sent again."""
        if entry.is_notification:
            if settling.notifications == "report":
                return self._uncertain(entry, "a notification cannot be looked for")
            return self._unless_lost_too_often(entry)
        try:
            if entry.conversation_id:
                conversations = [entry.conversation_id]
            else:
                conversations = await self._finder.all_of(entry.target)
            for conversation_id in conversations:
                found = await find_key(self._messages, conversation_id, entry, settling.key_field)
                if found is not None:
                    return Sent(entry.key, found, conversation_id)
        except Undecidable as reason:
            return self._uncertain(entry, str(reason))
        except StoreError:
            raise
        except NotFound as error:
            if entry.target.kind != "conversation_id" and not entry.conversation_id:
                if self._users is not None:
                    return None  # it is created before the message is sent
                return Failed(entry.key, error, before_sending=True)  # there is no such user
            return self._uncertain(entry, f"its conversation is gone: {error.message}")
        except SuncoError as error:
            return self._uncertain(entry, f"its conversation cannot be read: {error.message}")
        return self._unless_lost_too_often(entry)

    def _unless_lost_too_often(self, entry: Entry) -> Failed | Uncertain | None:
        if entry.sends < MAX_LOST or entry.lost is None:
            return None
        if entry.is_notification:
            return Uncertain(Failed(entry.key, entry.lost))
        return Failed(entry.key, entry.lost, before_sending=True)  # it is certainly not there

    def _uncertain(self, entry: Entry, reason: str) -> Uncertain:
        text = f"this message may have been sent, and it cannot be decided: {reason}"
        error = SuncoError(text, outcome="unknown")
        error.__cause__ = entry.lost
        return Uncertain(Failed(entry.key, error))
