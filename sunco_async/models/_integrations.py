"""Integrations: the 16 kinds of channel that can be set up.

One struct serves for creating and for reading. What must be sent and never comes back is a
required field that is UNSET in answers.
"""

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from msgspec import UnsetType, field

from sunco_async.models._base import Model, Number, OpenUnion, Secret, Tagged, Unknown, limited
from sunco_async.models._channels import SwitchboardIntegrationType
from sunco_async.models._checks import at_least_one
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._forms import FormMessageField
from sunco_async.models._webhooks import Webhook

IntegrationStatus: TypeAlias = Literal["active", "error", "inactive"] | str
DisplayStyle: TypeAlias = Literal["button", "tab"] | str
TwitterTier: TypeAlias = Literal["enterprise"] | str


class UnknownIntegration(Unknown):
    """An integration whose `type` this version does not know: gbm, kakao, wechat among others."""

    __slots__ = ()

    def __repr__(self) -> str:  # of the values nobody knows which are secret
        return f"{type(self).__name__}(type={self.type!r}, keys={sorted(self.raw)})"


class DefaultResponder(Model, frozen=True, kw_only=True):
    """Which switchboard integration answers on a channel.

    `inherited` is false where the channel overrides the switchboard's default.
    """

    name: str | None = None
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: Number | None = None
    inherited: bool | None = None


class IntegrationBase(Tagged, frozen=True, kw_only=True):
    """What all integrations share; `id` and `status` come from the API."""

    unknown_type: ClassVar[type[Unknown]] = UnknownIntegration

    id: str = ""
    status: IntegrationStatus | None = None
    display_name: Annotated[str, limited(0, 100)] | None = None


class _Channel(IntegrationBase, frozen=True, kw_only=True):
    """What all but custom integrations share.

    `default_responder_id` is sent and `default_responder` comes back. With
    `show_ai_disclaimer` false, telling users that an AI writes is up to the business.
    """

    default_responder_id: str | None = None
    default_responder: DefaultResponder | None = None
    show_ai_disclaimer: bool | None = field(default=None, name="showAIDisclaimer")


class _SdkChannel(_Channel, frozen=True, kw_only=True):
    """What the four SDKs share; `attachments_enabled` is set in Zendesk Admin Center only."""

    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None
    attachments_enabled: bool | None = None


class Android(_SdkChannel, frozen=True, kw_only=True, tag="android"):
    """The Android SDK; `server_key` and `sender_id` are Firebase's withdrawn credentials."""

    project_id: Annotated[str, limited(1)] | None = None
    client_email: Annotated[str, limited(1)] | None = None
    private_key: Annotated[Secret, limited(1)] | None = None
    server_key: Annotated[Secret, limited(1)] | None = None
    sender_id: Annotated[str, limited(1)] | None = None


class Apple(_Channel, frozen=True, kw_only=True, tag="apple"):
    """Apple Messages for Business."""

    business_id: str
    api_secret: Secret | UnsetType
    msp_id: str
    authentication_message_secret: Annotated[Secret, limited(88)] | None = None


class Custom(IntegrationBase, frozen=True, kw_only=True, tag="custom"):
    """A bot or channel of one's own, reached by webhooks."""

    webhooks: Annotated[list[Webhook], limited(1, 1)]


class Instagram(_Channel, frozen=True, kw_only=True, tag="instagram"):
    """Instagram Direct; the names and ids of business, page and user come from the API."""

    page_access_token: Secret | UnsetType | None
    app_id: str
    app_secret: Secret | UnsetType | None
    business_name: str | None = None
    business_username: str | None = None
    page_id: str | None = None
    business_id: str | None = None
    username: str | None = None
    user_id: str | None = None
    story_replies_enabled: bool | None = None
    story_mentions_enabled: bool | None = None


class Ios(_SdkChannel, frozen=True, kw_only=True, tag="ios"):
    """The iOS SDK; `certificate` is the push certificate in base64."""

    certificate: Annotated[Secret, limited(1)] | None = None
    password: Secret | None = None
    production: bool | None = None
    auto_update_badge: bool | None = None


class Line(_Channel, frozen=True, kw_only=True, tag="line"):
    """LINE; `line_id` follows from `qr_code_url`."""

    channel_id: str | None = None
    channel_secret: Secret | None = None
    channel_access_token: Secret | None = None
    service_code: str | None = None
    switcher_secret: Annotated[Secret, limited(1)] | None = None
    qr_code_url: str | None = None
    line_id: str | None = None


class Mailgun(_Channel, frozen=True, kw_only=True, tag="mailgun"):
    """E-mail over Mailgun; mail to `incoming_address` becomes messages."""

    api_key: Annotated[Secret, limited(1)] | UnsetType | None
    domain: Annotated[str, limited(1)]
    incoming_address: Annotated[str, limited(1)]
    signing_key: Annotated[Secret, limited(1)] | None = None
    hide_unsubscribe_link: bool | None = None
    from_address: Annotated[str, limited(1)] | None = None


class Messagebird(_Channel, frozen=True, kw_only=True, tag="messagebird"):
    """SMS over MessageBird; `originator` is the phone number."""

    access_key: Annotated[Secret, limited(1)] | UnsetType | None
    signing_key: Annotated[Secret, limited(1)] | UnsetType | None
    originator: Annotated[str, limited(1)]
    webhook_secret: Secret | None = None


class Messenger(_Channel, frozen=True, kw_only=True, tag="messenger"):
    """Facebook Messenger; the API's schema and its example disagree on the kind of `page_id`."""

    page_access_token: Secret | UnsetType | None
    app_id: str
    app_secret: Secret | UnsetType | None
    page_id: str | Number | None = None
    page_name: str | None = None


class Telegram(_Channel, frozen=True, kw_only=True, tag="telegram"):
    """Telegram; `username` and `bot_id` come from the API."""

    token: Annotated[Secret, limited(1)] | UnsetType | None
    username: str | None = None
    bot_id: str | None = None


class Twilio(_Channel, frozen=True, kw_only=True, tag="twilio"):
    """SMS over Twilio, by phone number or messaging service, one of the two."""

    account_sid: str
    auth_token: Annotated[Secret, limited(1)] | UnsetType | None
    phone_number_sid: Annotated[str, limited(1)] | None = None
    messaging_service_sid: Annotated[str, limited(1)] | None = None

    def _check(self) -> None:
        at_least_one(self, "phone_number_sid", "messaging_service_sid")


class Twitter(_Channel, frozen=True, kw_only=True, tag="twitter"):
    """Twitter; `env_name` belongs to the sandbox and premium tiers."""

    tier: TwitterTier
    consumer_key: Annotated[Secret, limited(1)] | UnsetType
    consumer_secret: Annotated[Secret, limited(1)] | UnsetType | None
    access_token_key: Annotated[Secret, limited(1)] | UnsetType
    access_token_secret: Annotated[Secret, limited(1)] | UnsetType | None
    env_name: Annotated[str, limited(1)] | None = None


class Unity(_SdkChannel, frozen=True, kw_only=True, tag="unity"):
    """The Unity SDK."""


class Viber(_Channel, frozen=True, kw_only=True, tag="viber"):
    """Viber; `uri` and `account_id` come from the API."""

    token: Annotated[Secret, limited(1)] | UnsetType | None
    uri: str | None = None
    account_id: str | None = None


class PrechatCapture(Model, frozen=True, kw_only=True):
    """The form that the Web Messenger shows before a conversation.

    The schema has plain fields here, its example fields with a `placeholder`.
    """

    avatar_url: str | None = None
    enabled: bool | None = None
    enable_email_linking: bool | None = None
    fields: list[FormMessageField] | None = None


_COLOUR = re.compile(r"(?:[0-9a-fA-F]{3}){1,2}")


def check_colours(model: Model) -> None:
    """Raise ValueError for a colour that is not hexadecimal, or has a `#`."""
    for colour in ("brand_color", "conversation_color", "action_color"):
        value = getattr(model, colour)
        if isinstance(value, str) and not _COLOUR.fullmatch(value):
            name = type(model).__name__
            raise ValueError(
                f"{name}: {colour} is 3 or 6 hexadecimal digits without #; got {value!r}"
            )


class Web(_SdkChannel, frozen=True, kw_only=True, tag="web"):
    """The Web Messenger; colours are hexadecimal without `#`, sizes strings in pixels."""

    brand_color: str | None = None
    fixed_intro_pane: bool | None = None
    conversation_color: str | None = None
    action_color: str | None = None
    display_style: DisplayStyle | None = None
    button_icon_url: str | None = None
    button_width: str | None = None
    button_height: str | None = None
    integration_order: list[str] | None = None
    business_name: str | None = None
    business_icon_url: str | None = None
    background_image_url: str | None = None
    origin_whitelist: list[str] | None = None
    prechat_capture: PrechatCapture | None = None

    def _check(self) -> None:
        check_colours(self)


class Whatsapp(_Channel, frozen=True, kw_only=True, tag="whatsapp"):
    """WhatsApp; the account's id and token let the API rebuild message templates."""

    hsm_fallback_language: str | None = None
    account_id: str | None = None
    account_management_access_token: Secret | None = None
    phone_number: str | None = None


# The unknown member exists for type checkers only: msgspec refuses it inside a tagged union.
if TYPE_CHECKING:
    Integration: TypeAlias = (
        Android
        | Apple
        | Custom
        | Instagram
        | Ios
        | Line
        | Mailgun
        | Messagebird
        | Messenger
        | Telegram
        | Twilio
        | Twitter
        | Unity
        | Viber
        | Web
        | Whatsapp
        | UnknownIntegration
    )
else:
    Integration = Annotated[
        Android
        | Apple
        | Custom
        | Instagram
        | Ios
        | Line
        | Mailgun
        | Messagebird
        | Messenger
        | Telegram
        | Twilio
        | Twitter
        | Unity
        | Viber
        | Web
        | Whatsapp,
        OpenUnion(UnknownIntegration),
    ]


class IntegrationResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one integration."""

    integration: Integration | None = None


class IntegrationListResponse(Model, frozen=True, kw_only=True):
    """A page of integrations."""

    integrations: list[Integration]
    meta: Meta | None = None
    links: Links | None = None
