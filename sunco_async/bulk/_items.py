"""What goes into a run and what comes out of it: one `Result` for each `Outgoing` that was read."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async._base.url import fill_path
from sunco_async.errors import Outcome, RequestTooLarge, SuncoError
from sunco_async.models import Author, Content, Destination, Message, MessageOverride
from sunco_async.models._codec import encode_body
from sunco_async.models._messages import check_schema
from sunco_async.resources._base import Metadata, check_metadata, exactly_one
from sunco_async.resources.messages import BUSINESS

__all__ = [
    "MALFORMED",
    "Failed",
    "Outgoing",
    "Result",
    "Sent",
    "Skipped",
    "Target",
    "is_malformed",
]

MALFORMED: Final = (TypeError, ValueError)
"""What `messages.post` raises for values that no request can be made of."""


class Target(NamedTuple):
    """Where an item goes: what its order is kept within."""

    kind: Literal["conversation_id", "user_id", "user_external_id"]
    id: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to deliver.

    `key` is yours: it names the item in its result. The message goes to `conversation_id`, or to
    the personal conversation of the user that `user_id` or `user_external_id` names, which is
    created if there is none. The rest is as in `messages.post`.

    Raises `TypeError` unless exactly one target is given.
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
        """The conversation or the user that the message goes to."""
        if self.conversation_id is not None:
            return Target("conversation_id", self.conversation_id)
        if self.user_id is not None:
            return Target("user_id", self.user_id)
        return Target("user_external_id", self.user_external_id or "")


@dataclass(frozen=True, slots=True)
class Sent:
    """The API has taken the message; of several that it made of one, `message` is the first."""

    key: str
    message: Message
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The message could not be sent, or nobody knows whether it was.

    `before_sending` tells that the item was malformed, or that the conversation of its user could
    not be found or made: whatever became of that, the message itself was not sent.
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
    """The item was read and not begun.

    `reason` is `"stopped"` after `BulkSender.stop`, and `"aborted"` after the error that the run
    raises at its end.
    """

    key: str
    reason: str


Result: TypeAlias = Sent | Failed | Skipped


def is_malformed(item: Outgoing) -> bool:
    """Tell whether `messages.post` refuses the item before anything is sent.

    This repeats the checks made there. A `TypeError` for an item that passes them comes from
    elsewhere, such as a middleware, and says nothing of what was sent.
    """
    try:
        kind, name = item.target
        if kind == "conversation_id":
            fill_path("{conversationId}", {"conversationId": name})
        check_metadata(item.metadata)
        check_schema(item.content, item.schema)
        encode_body([name, item.author, item.content, item.destination, item.override, item.schema])
    except (*MALFORMED, RequestTooLarge):
        return True
    return not name
