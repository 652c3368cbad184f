"""The buttons and quick replies a message or an item carries."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from msgspec import field

from sunco_async.models._base import JsonObject, Model, OpenUnion, Tagged, Unknown

WebviewShareButton: TypeAlias = Literal["hide"] | str
WebviewSize: TypeAlias = Literal["compact", "tall", "full"] | str


class UnknownAction(Unknown):
    """An action whose `type` this version does not know."""

    __slots__ = ()


class _Action(Tagged, frozen=True, kw_only=True):
    unknown_type: ClassVar[type[Unknown]] = UnknownAction


class MessengerChannelOptions(Model, frozen=True, kw_only=True):
    """Facebook Messenger's own options of a link or webview; the wire names are snake_case."""

    messenger_extensions: bool | None = field(default=None, name="messenger_extensions")
    webview_share_button: WebviewShareButton | None = field(
        default=None, name="webview_share_button"
    )


class ExtraChannelOptions(Model, frozen=True, kw_only=True):
    """Options handed straight to a channel's API."""

    messenger: MessengerChannelOptions | None = None


class Buy(_Action, frozen=True, kw_only=True, tag="buy"):
    """A payment button; `amount` is in cents, `currency` a lower-case ISO 4217 code."""

    text: str
    amount: int
    currency: str | None = None
    metadata: JsonObject | None = None


class Link(_Action, frozen=True, kw_only=True, tag="link"):
    """A button that opens a URI."""

    uri: str
    text: str
    default: bool | None = None
    metadata: JsonObject | None = None
    extra_channel_options: ExtraChannelOptions | None = None


class LocationRequest(_Action, frozen=True, kw_only=True, tag="locationRequest"):
    """A button that asks the user to share a location."""

    text: str
    metadata: JsonObject | None = None


class Postback(_Action, frozen=True, kw_only=True, tag="postback"):
    """A button that reports `payload` to the business when it is pressed."""

    text: str
    payload: str
    metadata: JsonObject | None = None


class Reply(_Action, frozen=True, kw_only=True, tag="reply"):
    """A quick reply: pressing it posts `text` as the user, with `payload` attached."""

    text: str
    payload: str
    metadata: JsonObject | None = None
    icon_url: str | None = None


class Webview(_Action, frozen=True, kw_only=True, tag="webview"):
    """A button that opens a URI in a webview, or `fallback` where the channel has none."""

    uri: str
    text: str
    fallback: str
    default: bool | None = None
    metadata: JsonObject | None = None
    extra_channel_options: ExtraChannelOptions | None = None
    size: WebviewSize | None = None
    open_on_receive: bool | None = None


# msgspec refuses a custom class inside a tagged union, so the unknown member exists for type
# checkers only; the tolerant path of the decoder is what builds it.
if TYPE_CHECKING:
    Action: TypeAlias = Buy | Link | LocationRequest | Postback | Reply | Webview | UnknownAction
    ActionSubset: TypeAlias = Buy | Link | Postback | Webview | UnknownAction
else:
    Action = Annotated[
        Buy | Link | LocationRequest | Postback | Reply | Webview, OpenUnion(UnknownAction)
    ]
    ActionSubset = Annotated[Buy | Link | Postback | Webview, OpenUnion(UnknownAction)]
