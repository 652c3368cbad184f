"""Actions: the buttons and quick replies of messages and items."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from msgspec import field

from sunco_async.models._base import Model, OpenUnion, Tagged, Unknown
from sunco_async.models._field_types import JsonObject

__all__ = [
    "Action",
    "ActionSubset",
    "Buy",
    "ExtraChannelOptions",
    "Link",
    "LocationRequest",
    "MessengerChannelOptions",
    "Postback",
    "Reply",
    "UnknownAction",
    "Webview",
    "WebviewShareButton",
    "WebviewSize",
]

WebviewShareButton: TypeAlias = Literal["hide"] | str
"""Whether a webview has a share button."""

WebviewSize: TypeAlias = Literal["compact", "tall", "full"] | str
"""The size of a webview."""


class UnknownAction(Unknown):
    """An action with a `type` that this version does not know."""

    __slots__ = ()


class _Action(Tagged, frozen=True, kw_only=True):
    """The base of all actions."""

    unknown_type: ClassVar[type[Unknown]] = UnknownAction


class MessengerChannelOptions(Model, frozen=True, kw_only=True):
    """Options of Facebook Messenger for a link or a webview. The JSON keys are snake_case.

    Attributes:
        messenger_extensions: Whether the URL is opened with Messenger Extensions. The API's default
            is False.
        webview_share_button: `"hide"` removes the share button of the webview.
    """

    messenger_extensions: bool | None = field(default=None, name="messenger_extensions")
    webview_share_button: WebviewShareButton | None = field(
        default=None, name="webview_share_button"
    )


class ExtraChannelOptions(Model, frozen=True, kw_only=True):
    """Options that the API passes to a channel unchanged.

    Attributes:
        messenger: Options for Facebook Messenger.
    """

    messenger: MessengerChannelOptions | None = None


class Buy(_Action, frozen=True, kw_only=True, tag="buy"):
    """A payment button.

    Attributes:
        text: The label of the button.
        amount: The price in cents: 999 for 9.99.
        currency: The currency as a lower-case ISO 4217 code, such as `"usd"`.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    text: str
    amount: int
    currency: str | None = None
    metadata: JsonObject | None = None


class Link(_Action, frozen=True, kw_only=True, tag="link"):
    """A button that opens a URI.

    Attributes:
        uri: The URI to open.
        text: The label of the button.
        default: Whether this is the default action of its item in Facebook Messenger.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        extra_channel_options: Options that are passed to a channel unchanged.
    """

    uri: str
    text: str
    default: bool | None = None
    metadata: JsonObject | None = None
    extra_channel_options: ExtraChannelOptions | None = None


class LocationRequest(_Action, frozen=True, kw_only=True, tag="locationRequest"):
    """A button that asks the user to share a location.

    Attributes:
        text: The label of the button.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    text: str
    metadata: JsonObject | None = None


class Postback(_Action, frozen=True, kw_only=True, tag="postback"):
    """A button that sends `payload` to the business when it is pressed.

    Attributes:
        text: The label of the button.
        payload: The value that the postback webhook delivers.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    text: str
    payload: str
    metadata: JsonObject | None = None


class Reply(_Action, frozen=True, kw_only=True, tag="reply"):
    """A quick reply. When it is pressed, the user posts `text`, with `payload` attached.

    Attributes:
        text: The label of the button, which becomes the user's message. Facebook Messenger cuts it
            at 20 characters, the Web Messenger and the mobile SDKs at 40.
        payload: A value that identifies the reply.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        icon_url: The URL of an icon beside the label.
    """

    text: str
    payload: str
    metadata: JsonObject | None = None
    icon_url: str | None = None


class Webview(_Action, frozen=True, kw_only=True, tag="webview"):
    """A button that opens a URI in a webview.

    Attributes:
        uri: The URI to open in the webview.
        text: The label of the button.
        fallback: The URI to open on channels without webviews.
        default: Whether this is the default action of its item in Facebook Messenger.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        extra_channel_options: Options that are passed to a channel unchanged.
        size: The size of the webview: `"compact"`, `"tall"` or `"full"`.
        open_on_receive: Whether the webview opens when the message arrives. At most one action of a
            message can have it, and only the Web Messenger supports it.
    """

    uri: str
    text: str
    fallback: str
    default: bool | None = None
    metadata: JsonObject | None = None
    extra_channel_options: ExtraChannelOptions | None = None
    size: WebviewSize | None = None
    open_on_receive: bool | None = None


# Only type checkers see the unknown member in the union: msgspec accepts no other class in a union
# of tagged structs. Lenient decoding creates it.
if TYPE_CHECKING:
    Action: TypeAlias = Buy | Link | LocationRequest | Postback | Reply | Webview | UnknownAction
    ActionSubset: TypeAlias = Buy | Link | Postback | Webview | UnknownAction
else:
    Action = Annotated[
        Buy | Link | LocationRequest | Postback | Reply | Webview, OpenUnion(UnknownAction)
    ]
    ActionSubset = Annotated[Buy | Link | Postback | Webview, OpenUnion(UnknownAction)]
