"""Linking a user to a channel: how to find the user there, and how the user confirms."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from sunco_async.models._base import Model, OpenUnion, Tagged, Unknown
from sunco_async.models._field_types import OrDict
from sunco_async.models._message_posts import MessagePost

__all__ = [
    "ClientConfirmation",
    "ClientCreate",
    "ClientTarget",
    "ConfirmationType",
    "MatchCriteria",
    "MatchCriteriaBase",
    "MatchCriteriaMailgun",
    "MatchCriteriaMessagebird",
    "MatchCriteriaTwilio",
    "MatchCriteriaWhatsapp",
    "UnknownMatchCriteria",
]

ConfirmationType: TypeAlias = Literal["immediate", "userActivity", "prompt"] | str
"""How a user confirms the link to a channel."""


class UnknownMatchCriteria(Unknown):
    """Match criteria with a `type` that this version does not know."""

    __slots__ = ()


class MatchCriteriaBase(Tagged, frozen=True, kw_only=True):
    """The base of all match criteria: how to find a user on a channel.

    Attributes:
        integration_id: The id of the integration to link. Its type must be that of the criteria.
        primary: Whether the new client becomes the primary one of the conversation. The API's
            default is True.
    """

    unknown_type: ClassVar[type[Unknown]] = UnknownMatchCriteria

    integration_id: str
    primary: bool | None = None


def _check_phone_number(criteria: MatchCriteriaBase, number: str) -> None:
    if not str(number).startswith("+"):
        name = type(criteria).__name__
        raise ValueError(f"{name}: phone_number must begin with + and the country code")


class MatchCriteriaMailgun(MatchCriteriaBase, frozen=True, kw_only=True, tag="mailgun"):
    """Finds a user by e-mail address.

    Attributes:
        address: The e-mail address of the user.
        subject: The subject of the first e-mail. The API's default is `New message from {appName}`.
    """

    address: str
    subject: str | None = None


class MatchCriteriaMessagebird(MatchCriteriaBase, frozen=True, kw_only=True, tag="messagebird"):
    """Finds a user by phone number through MessageBird.

    Attributes:
        phone_number: The phone number with `+` and the country code, such as `+1 212-555-2368`.
    """

    phone_number: str

    def _check(self) -> None:
        _check_phone_number(self, self.phone_number)


class MatchCriteriaTwilio(MatchCriteriaBase, frozen=True, kw_only=True, tag="twilio"):
    """Finds a user by phone number through Twilio.

    Attributes:
        phone_number: The phone number with `+` and the country code, such as `+1 212-555-2368`.
    """

    phone_number: str

    def _check(self) -> None:
        _check_phone_number(self, self.phone_number)


class MatchCriteriaWhatsapp(MatchCriteriaBase, frozen=True, kw_only=True, tag="whatsapp"):
    """Finds a user by phone number through WhatsApp.

    Attributes:
        phone_number: The phone number with `+` and the country code, such as `+1 212-555-2368`.
    """

    phone_number: str

    def _check(self) -> None:
        _check_phone_number(self, self.phone_number)


# Only type checkers see the unknown member in the union: msgspec accepts no other class in a union
# of tagged structs. Lenient decoding creates it.
if TYPE_CHECKING:
    MatchCriteria: TypeAlias = (
        MatchCriteriaMailgun
        | MatchCriteriaMessagebird
        | MatchCriteriaTwilio
        | MatchCriteriaWhatsapp
        | UnknownMatchCriteria
    )
else:
    MatchCriteria = Annotated[
        MatchCriteriaMailgun
        | MatchCriteriaMessagebird
        | MatchCriteriaTwilio
        | MatchCriteriaWhatsapp,
        OpenUnion(UnknownMatchCriteria),
    ]


class ClientConfirmation(Model, frozen=True, kw_only=True):
    """How the user confirms the link to a channel.

    Attributes:
        type: `"immediate"`, `"userActivity"` or `"prompt"`.
        message: The message that asks the user: a text or an image, with links as its only actions.
            It is not added to the conversation.
    """

    type: ConfirmationType
    message: MessagePost | None = None

    def _check(self) -> None:
        if self.message is None:
            return
        content = self.message.content
        kind = getattr(content, "type", None)  # a dict has none
        if kind not in ("text", "image", None):
            raise ValueError(f"ClientConfirmation: message must be a text or an image, not {kind}")
        actions = getattr(content, "actions", None) or ()
        if any(getattr(action, "type", "link") != "link" for action in actions):
            raise ValueError("ClientConfirmation: message can only have actions of type link")


class ClientTarget(Model, frozen=True, kw_only=True):
    """The conversation that a new client joins.

    Attributes:
        conversation_id: The id of the conversation.
    """

    conversation_id: str


class ClientCreate(Model, frozen=True, kw_only=True):
    """The body of the request that links a user to a channel.

    Attributes:
        match_criteria: How to find the user on the channel.
        confirmation: How the user confirms the link.
        target: The conversation that the new client joins.
    """

    match_criteria: OrDict[MatchCriteria]
    confirmation: OrDict[ClientConfirmation]
    target: OrDict[ClientTarget]
