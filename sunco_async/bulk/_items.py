"""The values of a run: one `Outgoing` for each item that is read, and its one `Result`."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async._base.url import fill_path
from sunco_async.errors import Outcome, SuncoError
from sunco_async.models import (
    Author,
    Content,
    Destination,
    Message,
    MessageOverride,
    MessageSchema,
    Notification,
    NotificationAuthor,
    NotificationDestination,
)
from sunco_async.resources._base import Metadata, exactly_one
from sunco_async.resources.messages import BUSINESS
from sunco_async.resources.notifications import BUSINESS as NOTIFYING_BUSINESS

__all__ = [
    "Failed",
    "Outgoing",
    "OutgoingNotification",
    "Result",
    "Sent",
    "Skipped",
    "Target",
    "check_target",
    "parse_target",
]

TargetKind: TypeAlias = Literal["conversation_id", "user_id", "user_external_id", "notification"]


class Target(NamedTuple):
    """The recipient of a message. Order is kept within a target.

    The id of a notification's target is the integration, a slash and the address.
    """

    kind: TargetKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def parse_target(text: str) -> Target:
    """Return the target that `str(target)` has described.

    Args:
        text: The kind of id, a colon and the id.
    """
    kind, _, target_id = text.partition(":")
    return Target(kind, target_id)  # type: ignore[arg-type] # a ledger holds known kinds only


def check_target(target: Target) -> None:
    """Check that an id can be in a request.

    Args:
        target: The target of an item.

    Raises:
        ValueError: The id is empty or a dot segment, or it cannot be encoded as UTF-8.
    """
    if target.kind == "conversation_id":
        fill_path("{conversationId}", {"conversationId": target.id})
        return
    if not target.id:
        # An empty filter could be read as no filter, and list the conversations of other users.
        raise ValueError(f"{target.kind} must not be empty")
    target.id.encode()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to deliver.

    The message goes to `conversation_id`, or to the personal conversation of a user. The
    conversation is created if the user has none.

    Attributes:
        key: Your own id for this item. Its result has the same key.
        content: A str (sent as a text message), a content struct such as `ImageMessage(…)`, or a
            dict in camelCase.
        conversation_id: The id of the conversation.
        user_id: The id of the user.
        user_external_id: The external id of the user.
        author: Who writes: an `Author`, or a dict in camelCase. The business by default.
        destination: The channel to deliver to: a `Destination`, or a dict in camelCase. By default
            the API chooses.
        metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
        override: What a channel gets instead of the content, in the channel's own form: a
            `MessageOverride`, or a dict in camelCase.
        schema: `"whatsapp"` sends `content` in WhatsApp's own form.
        row: The input row that the item was made from, by column. A ledger stores it for exports;
            it is not sent.

    Raises:
        TypeError: Not exactly one of `conversation_id`, `user_id` and `user_external_id` is
            passed, or it is not a str.
    """

    key: str
    content: str | Content | Mapping[str, Any]
    _: KW_ONLY
    conversation_id: str | None = None
    user_id: str | None = None
    user_external_id: str | None = None
    author: Author | Mapping[str, Any] = BUSINESS
    destination: Destination | Mapping[str, Any] | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET
    override: MessageOverride | Mapping[str, Any] | UnsetType = UNSET
    schema: str | UnsetType = UNSET
    row: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        exactly_one(
            conversation_id=self.conversation_id,
            user_id=self.user_id,
            user_external_id=self.user_external_id,
        )
        kind, name = self.target
        if not isinstance(name, str):
            raise TypeError(f"{kind} must be a str, not {type(name).__name__}")

    @property
    def target(self) -> Target:
        """The conversation or user that the message goes to."""
        if self.conversation_id is not None:
            return Target("conversation_id", self.conversation_id)
        if self.user_id is not None:
            return Target("user_id", self.user_id)
        return Target("user_external_id", self.user_external_id or "")


@dataclass(frozen=True, slots=True)
class OutgoingNotification:
    """One message to an address on a channel, through the Notification API.

    Attributes:
        key: Your own id for this item. Its result has the same key.
        destination: The integration, and an address on it such as a phone number: a
            `NotificationDestination`, or a dict in camelCase.
        message: The message in the form of version 1.1 of the API, or with
            `message_schema="whatsapp"` in WhatsApp's own.
        author: Who writes: a `NotificationAuthor`, or a dict in camelCase. The business by default.
        override: What a channel gets instead of the message, in the channel's own form.
        message_schema: `"whatsapp"` sends `message` in WhatsApp's own form.
        row: The input row that the item was made from, by column. A ledger stores it for exports;
            it is not sent.

    Raises:
        TypeError: The destination has no integration or no address.
    """

    key: str
    destination: NotificationDestination | Mapping[str, Any]
    message: Mapping[str, Any]
    _: KW_ONLY
    author: NotificationAuthor | Mapping[str, Any] = NOTIFYING_BUSINESS
    override: Mapping[str, Any] | UnsetType = UNSET
    message_schema: MessageSchema | UnsetType = UNSET
    row: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for name, value in zip(("integrationId", "destinationId"), self._address(), strict=True):
            if not isinstance(value, str) or not value:
                raise TypeError(f"destination needs {name}, a str that is not empty")

    def _address(self) -> tuple[Any, Any]:
        destination = self.destination
        if isinstance(destination, NotificationDestination):
            return destination.integration_id, destination.destination_id
        return destination.get("integrationId"), destination.get("destinationId")

    @property
    def target(self) -> Target:
        """The integration and the address that the message goes to."""
        integration_id, destination_id = self._address()
        return Target("notification", f"{integration_id}/{destination_id}")


@dataclass(frozen=True, slots=True)
class Sent:
    """The API has accepted the message.

    Attributes:
        key: The key of the item.
        message: The created message: the first one, if the API split the content.
        conversation_id: The conversation that it was posted to; "" for a notification.
        notification: The notification; None for a message.
    """

    key: str
    message: Message
    conversation_id: str
    _: KW_ONLY
    notification: Notification | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The message could not be sent, or it is unknown whether it was.

    Attributes:
        key: The key of the item.
        error: What went wrong.
        before_sending: Whether it failed before the message was sent: the item was malformed, or
            the conversation of its user could not be found or created.
    """

    key: str
    error: Exception
    _: KW_ONLY
    before_sending: bool = False

    @property
    def outcome(self) -> Outcome:
        """Whether the message may have been delivered: `"unknown"` means that it may have."""
        if self.before_sending:
            return "not_sent"
        return self.error.outcome if isinstance(self.error, SuncoError) else "unknown"


@dataclass(frozen=True, slots=True)
class Skipped:
    """The item was read, but it was not sent in this run.

    Attributes:
        key: The key of the item.
        reason: `"stopped"` after `BulkSender.stop`; `"aborted"` after an error that ended the run;
            `"held"` after an earlier message to the same target failed. With a ledger also what is
            known of the key: `"sent"`, `"failed"`, `"uncertain"`, or `"sending"` while another
            item with this key is under way.
    """

    key: str
    reason: str


Result: TypeAlias = Sent | Failed | Skipped
