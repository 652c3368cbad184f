"""The values of a run: one `Outgoing` for each item that is read, and its one `Result`."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async._base.url import fill_path
from sunco_async.errors import Outcome, SuncoError
from sunco_async.models import Author, Content, Destination, Message, MessageOverride
from sunco_async.resources._base import Metadata, exactly_one
from sunco_async.resources.messages import BUSINESS

__all__ = ["Failed", "Outgoing", "Result", "Sent", "Skipped", "Target", "check_target"]


class Target(NamedTuple):
    """The conversation or user that a message goes to. Order is kept within a target."""

    kind: Literal["conversation_id", "user_id", "user_external_id"]
    id: str


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
class Sent:
    """The API has accepted the message.

    Attributes:
        key: The key of the item.
        message: The created message: the first one, if the API split the content.
        conversation_id: The conversation that it was posted to.
    """

    key: str
    message: Message
    conversation_id: str


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
    """The item was read, but its delivery was not started.

    Attributes:
        key: The key of the item.
        reason: `"stopped"` after `BulkSender.stop`, or `"aborted"` after an error that ended the
            run.
    """

    key: str
    reason: str


Result: TypeAlias = Sent | Failed | Skipped
