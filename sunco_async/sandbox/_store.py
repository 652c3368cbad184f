"""The state of one app: its users, conversations, participants and messages."""

import time
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from sunco_async.sandbox._errors import (
    ApiError,
    bad_request,
    conversation_not_found,
    user_not_found,
)
from sunco_async.sandbox._ids import IdGenerator
from sunco_async.sandbox._schemas import Metadata


@dataclass(slots=True)
class User:
    """A user; `conversations` are the ids of those it takes part in, oldest first."""

    id: str
    signed_up_at: str
    external_id: str | None = None
    brand_id: str | None = None
    zendesk_id: str | None = None
    to_be_retained: bool | None = None
    profile: dict[str, str] = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)
    identities: list[dict[str, str]] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Participant:
    """A user's part in a conversation."""

    id: str
    user_id: str
    unread: int = 0
    last_read: str | None = None
    sdk_client_id: str | None = None


@dataclass(slots=True)
class MessageLog:
    """A conversation's messages, oldest first, as the JSON that the API answers."""

    ids: list[str] = field(default_factory=list)
    bodies: list[msgspec.Raw] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.ids)

    def append(self, message_id: str, body: bytes) -> None:
        """Add the newest message."""
        self.ids.append(message_id)
        self.bodies.append(msgspec.Raw(body))

    def remove(self, message_id: str) -> bool:
        """Remove one message; tell whether there was one."""
        index = bisect_left(self.ids, message_id)
        if index == len(self.ids) or self.ids[index] != message_id:
            return False
        del self.ids[index], self.bodies[index]
        self.removed.add(message_id)
        return True

    def clear(self) -> None:
        """Remove every message."""
        self.removed.update(self.ids)
        self.ids.clear()
        self.bodies.clear()


@dataclass(slots=True)
class Conversation:
    """A conversation; `participants` are keyed by user id, in the order of their own ids."""

    id: str
    type: str
    created_at: str
    last_updated_at: str
    is_default: bool = False
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    business_last_read: str | None = None
    metadata: Metadata = field(default_factory=dict)
    participants: dict[str, Participant] = field(default_factory=dict)
    messages: MessageLog = field(default_factory=MessageLog)


@dataclass(frozen=True, slots=True)
class ZendeskUser:
    """The core Zendesk record that a messaging user is linked to."""

    id: str
    email: str | None = None
    external_id: str | None = None
    given_name: str | None = None
    surname: str | None = None


class Store:
    """Holds the records and keeps their references to each other whole."""

    def __init__(
        self,
        message_limit: int,
        clock: Callable[[], float] = time.time,
        seed: int | None = None,
    ) -> None:
        self.message_limit = message_limit
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.zendesk_users: dict[str, ZendeskUser] = {}
        self.new_id = IdGenerator(clock, seed)
        self._clock = clock
        self._by_external_id: dict[tuple[str | None, str], User] = {}
        self._by_zendesk_id: dict[str, User] = {}

    def now(self) -> str:
        """Return the time as the API writes it, to the millisecond."""
        return format_timestamp(datetime.fromtimestamp(self._clock(), UTC))

    @property
    def message_count(self) -> int:
        """The messages in all conversations."""
        return sum(len(conversation.messages) for conversation in self.conversations.values())

    def add_user(self, user: User) -> None:
        """Add a user, or raise a 409 when its externalId is taken."""
        if user.external_id is not None:
            key = (user.brand_id, user.external_id)
            if key in self._by_external_id:
                raise ApiError(409, "conflict", "User already exists")
            self._by_external_id[key] = user
        self.users[user.id] = user

    def user(self, id_or_external_id: str, brand_id: str | None = None) -> User:
        """Return the user with this id, else with this externalId, or raise a 404."""
        user = self.users.get(id_or_external_id)
        return user or self.user_by_external_id(id_or_external_id, brand_id)

    def user_by_id(self, user_id: str) -> User:
        """Return the user with this id, or raise a 404."""
        user = self.users.get(user_id)
        if user is None:
            raise user_not_found()
        return user

    def user_by_external_id(self, external_id: str, brand_id: str | None = None) -> User:
        """Return the user with this externalId within its brand, or raise a 404."""
        user = self._by_external_id.get((brand_id, external_id))
        if user is None:
            raise user_not_found()
        return user

    def one_user(
        self, user_id: str | None, external_id: str | None, brand_id: str | None = None
    ) -> User:
        """Return the user named by exactly one of both ids, or raise a 400 or 404."""
        if user_id is not None and external_id is None:
            return self.user_by_id(user_id)
        if external_id is not None and user_id is None:
            return self.user_by_external_id(external_id, brand_id)
        raise bad_request("One of userId or userExternalId is required, but not both")

    def set_external_id(self, user: User, external_id: str | None) -> None:
        """Give a user another externalId, which must be free, or none."""
        if user.external_id is not None:
            self._by_external_id.pop((user.brand_id, user.external_id), None)
        user.external_id = external_id
        if external_id is not None:
            self._by_external_id[(user.brand_id, external_id)] = user

    def holder_of_external_id(self, external_id: str, brand_id: str | None) -> User | None:
        """Return who has this externalId, if anyone."""
        return self._by_external_id.get((brand_id, external_id))

    def remove_user(self, user: User) -> None:
        """Remove a user, its personal conversations, and its part in the others."""
        for conversation_id in list(user.conversations):
            conversation = self.conversations[conversation_id]
            if conversation.type == "personal":
                self.remove_conversation(conversation)
            else:
                self.remove_participant(conversation, user)
        self.set_external_id(user, None)
        if user.zendesk_id is not None:
            self._by_zendesk_id.pop(user.zendesk_id, None)
        del self.users[user.id]

    def link(self, user: User, zendesk_user: ZendeskUser) -> None:
        """Link a messaging user to a core Zendesk user; either is linked to one at most."""
        self.zendesk_users[zendesk_user.id] = zendesk_user
        previous = self._by_zendesk_id.pop(zendesk_user.id, None)
        if previous is not None:
            previous.zendesk_id = None
        if user.zendesk_id is not None:
            self._by_zendesk_id.pop(user.zendesk_id, None)
        user.zendesk_id = zendesk_user.id
        self._by_zendesk_id[zendesk_user.id] = user

    def linked_user(self, zendesk_id: str) -> User | None:
        """Return the messaging user linked to a core Zendesk user, if any."""
        return self._by_zendesk_id.get(zendesk_id)

    def users_by_identity(self, email: str) -> list[User]:
        """Return the users with this e-mail identity, oldest first."""
        wanted = email.casefold()
        return [
            user
            for user in self.users.values()
            if any(
                identity["type"] == "email" and identity["value"].casefold() == wanted
                for identity in user.identities
            )
        ]

    def conversation(self, conversation_id: str) -> Conversation:
        """Return a conversation, or raise a 404."""
        conversation = self.conversations.get(conversation_id)
        if conversation is None:
            raise conversation_not_found()
        return conversation

    def remove_conversation(self, conversation: Conversation) -> None:
        """Remove a conversation with its messages."""
        for user_id in conversation.participants:
            self.users[user_id].conversations.remove(conversation.id)
        del self.conversations[conversation.id]

    def add_participant(
        self, conversation: Conversation, user: User, *, subscribe: bool
    ) -> Participant:
        """Add a user to a conversation, or return the participant it is already."""
        participant = conversation.participants.get(user.id)
        if participant is None:
            participant = Participant(self.new_id(), user.id)
            conversation.participants[user.id] = participant
            insort(user.conversations, conversation.id)
        if subscribe and participant.sdk_client_id is None:
            participant.sdk_client_id = self.new_id()
        return participant

    def attach_participant(
        self, conversation: Conversation, user: User, participant: Participant
    ) -> None:
        """Put a participant into a conversation in a user's name."""
        participant.user_id = user.id
        everyone = [*conversation.participants.values(), participant]
        everyone.sort(key=lambda each: each.id)
        conversation.participants = {each.user_id: each for each in everyone}
        insort(user.conversations, conversation.id)

    def remove_participant(self, conversation: Conversation, user: User) -> None:
        """Take a user out of a conversation."""
        del conversation.participants[user.id]
        user.conversations.remove(conversation.id)


def format_timestamp(moment: datetime) -> str:
    """Write an aware datetime as the API does: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
