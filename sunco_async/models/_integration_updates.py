"""What can be changed of an integration, per kind of channel.

The bodies carry no `type`: the integration's id in the path says which kind it is.
"""

from typing import Annotated, TypeAlias

from msgspec import UNSET, UnsetType, field

from sunco_async.models._base import Model, Secret, limited
from sunco_async.models._integrations import DisplayStyle, PrechatCapture, check_colours


class IntegrationUpdateBase(Model, frozen=True, kw_only=True):
    """What can be changed of all but custom integrations."""

    display_name: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    default_responder_id: str | UnsetType | None = UNSET
    show_ai_disclaimer: bool | UnsetType = field(default=UNSET, name="showAIDisclaimer")


class _SdkUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    can_user_see_conversation_list: bool | UnsetType = UNSET
    can_user_create_more_conversations: bool | UnsetType = UNSET


class AndroidUpdate(_SdkUpdate, frozen=True, kw_only=True):
    """Changes to an Android SDK integration."""

    project_id: Annotated[str, limited(1)] | UnsetType | None = UNSET
    client_email: Annotated[str, limited(1)] | UnsetType | None = UNSET
    private_key: Annotated[Secret, limited(1)] | UnsetType | None = UNSET
    server_key: Annotated[Secret, limited(1)] | UnsetType | None = UNSET
    sender_id: Annotated[str, limited(1)] | UnsetType | None = UNSET


class AppleUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to an Apple Messages for Business integration."""

    authentication_message_secret: Annotated[Secret, limited(88)] | UnsetType = UNSET


class CustomUpdate(Model, frozen=True, kw_only=True):
    """Changes to a custom integration; its webhooks have operations of their own."""

    display_name: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET


class InstagramUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to an Instagram Direct integration."""

    page_access_token: Secret | UnsetType = UNSET
    story_replies_enabled: bool | UnsetType = UNSET
    story_mentions_enabled: bool | UnsetType = UNSET


class IosUpdate(_SdkUpdate, frozen=True, kw_only=True):
    """Changes to an iOS SDK integration."""

    certificate: Annotated[Secret, limited(1)] | UnsetType | None = UNSET
    password: Secret | UnsetType = UNSET
    production: bool | UnsetType = UNSET
    auto_update_badge: bool | UnsetType = UNSET


class LineUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a LINE integration."""


class MailgunUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a Mailgun integration."""

    hide_unsubscribe_link: bool | UnsetType = UNSET
    from_address: Annotated[str, limited(1)] | UnsetType | None = UNSET


class MessageBirdUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a MessageBird integration."""


class MessengerUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a Facebook Messenger integration."""

    page_access_token: Secret | UnsetType = UNSET


class TelegramUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a Telegram integration."""


class TwilioUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a Twilio integration."""


class TwitterUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a Twitter integration."""


class UnityUpdate(_SdkUpdate, frozen=True, kw_only=True):
    """Changes to a Unity SDK integration."""


class ViberUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a Viber integration."""


class WebUpdate(_SdkUpdate, frozen=True, kw_only=True):
    """Changes to a Web Messenger integration; see `Web` for the forms of its values."""

    brand_color: str | UnsetType = UNSET
    fixed_intro_pane: bool | UnsetType = UNSET
    conversation_color: str | UnsetType = UNSET
    action_color: str | UnsetType = UNSET
    display_style: DisplayStyle | UnsetType = UNSET
    button_icon_url: str | UnsetType | None = UNSET
    button_width: str | UnsetType = UNSET
    button_height: str | UnsetType = UNSET
    integration_order: list[str] | UnsetType | None = UNSET
    business_name: str | UnsetType = UNSET
    business_icon_url: str | UnsetType = UNSET
    background_image_url: str | UnsetType = UNSET
    origin_whitelist: list[str] | UnsetType | None = UNSET
    prechat_capture: PrechatCapture | UnsetType = UNSET

    def _check(self) -> None:
        check_colours(self)


class WhatsAppUpdate(IntegrationUpdateBase, frozen=True, kw_only=True):
    """Changes to a WhatsApp integration."""

    hsm_fallback_language: str | UnsetType | None = UNSET
    account_id: str | UnsetType | None = UNSET
    account_management_access_token: Secret | UnsetType | None = UNSET


IntegrationUpdate: TypeAlias = (
    AndroidUpdate
    | AppleUpdate
    | CustomUpdate
    | InstagramUpdate
    | IosUpdate
    | LineUpdate
    | MailgunUpdate
    | MessageBirdUpdate
    | MessengerUpdate
    | TelegramUpdate
    | TwilioUpdate
    | TwitterUpdate
    | UnityUpdate
    | ViberUpdate
    | WebUpdate
    | WhatsAppUpdate
)
"""Without a discriminator it can be written, not read: a body, and never an answer."""
