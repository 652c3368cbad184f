"""What can happen in the sandbox: one struct for each kind of change.

A mutation records one after it has changed the records. `trigger` is the webhook trigger that the
documentation lists for it, or None where there is none. The payload of the event is built by the
function of the same change in `_events/payloads.py`.
"""

from typing import ClassVar, Literal

from msgspec import Struct

from sunco_async.sandbox._state.records import (
    Attachment,
    Client,
    Conversation,
    Device,
    Metadata,
    User,
    Webhook,
)

Json = dict[str, object]
API_SOURCE: Json = {"type": "api:conversations"}
"""The source of what a caller of the API did; a change without a source has this one."""


class Change(Struct, frozen=True, gc=False):
    """The base of all changes."""

    TRIGGER: ClassVar[str | None] = None

    @property
    def trigger(self) -> str | None:
        """The trigger of the event that this change fires, or None."""
        return self.TRIGGER


class ConversationCreated(Change, frozen=True, gc=False):
    """A conversation was created; `user` is the participant of a personal one."""

    TRIGGER = "conversation:create"
    conversation: Conversation
    user: User | None = None
    reason: str = "none"
    source: Json | None = None
    referral: Json | None = None


class ConversationUpdated(Change, frozen=True, gc=False):
    """A conversation's fields were changed. No trigger is documented for it."""

    conversation: Conversation


class ConversationRemoved(Change, frozen=True, gc=False):
    """A conversation was deleted, with its messages."""

    TRIGGER = "conversation:remove"
    conversation: Conversation


class ParticipantJoined(Change, frozen=True, gc=False):
    """A user joined a group conversation."""

    TRIGGER = "conversation:join"
    conversation: Conversation
    user: User


class ParticipantLeft(Change, frozen=True, gc=False):
    """A user left a group conversation."""

    TRIGGER = "conversation:leave"
    conversation: Conversation
    user: User


class MessageAdded(Change, frozen=True, gc=False):
    """A message was added; `user` is its author if that is a user, `body` its JSON.

    `destination` is the channel or the integration that a message of the business is for, if it
    named one.
    """

    TRIGGER = "conversation:message"
    conversation: Conversation
    body: bytes
    user: User | None = None
    client: Client | None = None
    device: Device | None = None
    destination: str | None = None


class MessagesRemoved(Change, frozen=True, gc=False):
    """One message (`message_id`) or all were deleted. No trigger is documented for it."""

    conversation: Conversation
    message_id: str | None = None


class MessageDelivered(Change, frozen=True, gc=False):
    """A message reached a channel or a user, or failed to (`stage`)."""

    stage: Literal["channel", "user", "failure"]
    conversation: Conversation
    user: User
    message_id: str
    destination: Json
    is_final: bool = True
    external_messages: tuple[str, ...] = ()
    error: Json | None = None

    @property
    def trigger(self) -> str:
        """The trigger of this stage of a delivery."""
        return f"conversation:message:delivery:{self.stage}"


class ActivityPosted(Change, frozen=True, gc=False):
    """Somebody read the conversation or types; without `user` it is the business.

    Events are documented for what a user does: "when a user has read the conversation", "when a
    user starts or stops typing".
    """

    conversation: Conversation
    type: Literal["conversation:read", "typing:start", "typing:stop"]
    user: User | None = None
    source: Json | None = None

    @property
    def trigger(self) -> str | None:
        """The trigger, for an activity of a user."""
        if self.user is None:
            return None
        return "conversation:read" if self.type == "conversation:read" else "conversation:typing"


class PostbackTapped(Change, frozen=True, gc=False):
    """A user tapped a postback button."""

    TRIGGER = "conversation:postback"
    conversation: Conversation
    user: User
    payload: str
    source: Json
    metadata: Json | None = None


class UserReferred(Change, frozen=True, gc=False):
    """A user was referred to a conversation."""

    TRIGGER = "conversation:referral"
    conversation: Conversation
    user: User
    source: Json
    referral: Json


class ClientChanged(Change, frozen=True, gc=False):
    """A client was added, updated or removed (`kind`), for a documented `reason`."""

    kind: Literal["add", "update", "remove"]
    user: User
    client: Client
    reason: str
    conversation: Conversation | None = None
    source: Json | None = None
    error: Json | None = None

    @property
    def trigger(self) -> str:
        """The trigger of this kind of change."""
        return f"client:{self.kind}"


class ControlMoved(Change, frozen=True, gc=False):
    """A switchboard action took place, or failed with `error`."""

    action: Literal["acceptControl", "offerControl", "passControl", "releaseControl"]
    conversation: Conversation
    metadata: Metadata | None = None
    error: Json | None = None
    reason: str | None = None

    @property
    def trigger(self) -> str:
        """The trigger of the action or of its failure."""
        return f"switchboard:{self.action}{':failure' if self.error else ''}"


class UserCreated(Change, frozen=True, gc=False):
    """A user was created. No trigger is documented for it."""

    user: User


class UserUpdated(Change, frozen=True, gc=False):
    """A user was changed; an event is documented where there is a `reason`, as on login."""

    user: User
    reason: Literal["authentication", "localeDetection"] | None = None
    source: Json | None = None

    @property
    def trigger(self) -> str | None:
        """The trigger, where there is a reason."""
        return "user:update" if self.reason else None


class UserRemoved(Change, frozen=True, gc=False):
    """A user was deleted."""

    TRIGGER = "user:remove"
    user: User


class UsersMerged(Change, frozen=True, gc=False):
    """Two users became one."""

    TRIGGER = "user:merge"
    surviving: User
    discarded: User
    reason: Literal["api", "channelLinking", "sdkLogin"] = "api"
    discarded_metadata: Metadata | None = None
    merged_conversations: tuple[Conversation, Conversation] | None = None
    merged_clients: tuple[Client, Client] | None = None


class WebhookSaved(Change, frozen=True, gc=False):
    """A webhook was created or updated. No trigger is documented for it."""

    webhook: Webhook


class WebhookRemoved(Change, frozen=True, gc=False):
    """A webhook was deleted. No trigger is documented for it."""

    webhook: Webhook


class AttachmentAdded(Change, frozen=True, gc=False):
    """A file was uploaded. No trigger is documented for it."""

    attachment: Attachment


class AttachmentRemoved(Change, frozen=True, gc=False):
    """A file was deleted. No trigger is documented for it."""

    attachment: Attachment
