"""Linking a user to a channel: how the user is found there, and what the user is asked."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from sunco_async.models._base import Model, OpenUnion, OrDict, Tagged, Unknown
from sunco_async.models._messages import MessagePost

ConfirmationType: TypeAlias = Literal["immediate", "userActivity", "prompt"] | str


class UnknownMatchCriteria(Unknown):
    """Match criteria whose `type` this version does not know."""

    __slots__ = ()


class MatchCriteriaBase(Tagged, frozen=True, kw_only=True):
    """What all match criteria share; `primary` makes the new client the conversation's first."""

    unknown_type: ClassVar[type[Unknown]] = UnknownMatchCriteria

    integration_id: str
    primary: bool | None = None


def _check_phone_number(criteria: MatchCriteriaBase, number: str) -> None:
    if not str(number).startswith("+"):
        name = type(criteria).__name__
        raise ValueError(f"{name}: phone_number begins with + and the country code")


class MatchCriteriaMailgun(MatchCriteriaBase, frozen=True, kw_only=True, tag="mailgun"):
    """A user found by e-mail address; `subject` is the first mail's."""

    address: str
    subject: str | None = None


class MatchCriteriaMessagebird(MatchCriteriaBase, frozen=True, kw_only=True, tag="messagebird"):
    """A user found by phone number, with `+` and country code, over MessageBird."""

    phone_number: str

    def _check(self) -> None:
        _check_phone_number(self, self.phone_number)


class MatchCriteriaTwilio(MatchCriteriaBase, frozen=True, kw_only=True, tag="twilio"):
    """A user found by phone number, with `+` and country code, over Twilio."""

    phone_number: str

    def _check(self) -> None:
        _check_phone_number(self, self.phone_number)


class MatchCriteriaWhatsapp(MatchCriteriaBase, frozen=True, kw_only=True, tag="whatsapp"):
    """A user found by phone number, with `+` and country code, over WhatsApp."""

    phone_number: str

    def _check(self) -> None:
        _check_phone_number(self, self.phone_number)


# The unknown member exists for type checkers only: msgspec refuses it inside a tagged union.
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
    """Whether the user must agree to the link, and with which text or image message to ask."""

    type: ConfirmationType
    message: MessagePost | None = None

    def _check(self) -> None:
        if self.message is None:
            return
        content = self.message.content
        kind = getattr(content, "type", None)  # none of a dict
        if kind not in ("text", "image", None):
            raise ValueError(f"ClientConfirmation: message is a text or an image, not {kind}")
        actions = getattr(content, "actions", None) or ()
        if any(getattr(action, "type", "link") != "link" for action in actions):
            raise ValueError("ClientConfirmation: the actions of message can only be links")


class ClientTarget(Model, frozen=True, kw_only=True):
    """The conversation a new client joins."""

    conversation_id: str


class ClientCreate(Model, frozen=True, kw_only=True):
    """The body that links a user to a channel."""

    match_criteria: OrDict[MatchCriteria]
    confirmation: OrDict[ClientConfirmation]
    target: OrDict[ClientTarget]
