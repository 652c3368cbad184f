"""The Web Messenger and the mobile SDKs."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sunco_async.sandbox._channels.base import ChannelBody, Json, OptionalText, Secret
from sunco_async.sandbox._fields import Short

Color = Annotated[str, Meta(pattern=r"^(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})\Z")]
Origin = Annotated[str, Meta(pattern=r"^https?://[^\s/?#]+\Z")]
_LIST_FIELDS = ("can_user_see_conversation_list", "can_user_create_more_conversations")


class SdkBody(ChannelBody, kw_only=True):
    """A channel that Zendesk's own software shows."""

    can_user_see_conversation_list: bool | UnsetType = UNSET
    can_user_create_more_conversations: bool | UnsetType = UNSET

    def derived(self) -> Json:
        """Return that attachments are allowed; only the Admin Center can change that."""
        return {"attachmentsEnabled": True}


class Android(SdkBody, kw_only=True):
    """The SDK for Android."""

    SECRETS: ClassVar = ("project_id", "client_email", "private_key", "server_key")
    UPDATABLE: ClassVar = (*SECRETS, "sender_id", *_LIST_FIELDS)

    project_id: Secret | UnsetType | None = UNSET
    client_email: Secret | UnsetType | None = UNSET
    private_key: Secret | UnsetType | None = UNSET
    server_key: Secret | UnsetType | None = UNSET
    sender_id: OptionalText | None = UNSET


class Ios(SdkBody, kw_only=True):
    """The SDK for iOS."""

    SECRETS: ClassVar = ("certificate", "password")
    UPDATABLE: ClassVar = (*SECRETS, "production", "auto_update_badge", *_LIST_FIELDS)

    certificate: Secret | UnsetType | None = UNSET
    password: str | UnsetType = UNSET
    production: bool | UnsetType = UNSET
    auto_update_badge: bool | UnsetType = UNSET


class Unity(SdkBody, kw_only=True):
    """The SDK for Unity."""

    UPDATABLE: ClassVar = _LIST_FIELDS


class PrechatField(Struct, rename="camel", omit_defaults=True):
    """A field of the form that is shown before a conversation starts."""

    type: Literal["email", "select", "text"]
    name: Short
    label: Short
    text: Annotated[str, Meta(min_length=1, max_length=256)] | UnsetType = UNSET
    email: Short | UnsetType = UNSET
    select: list[dict[str, object]] | UnsetType = UNSET
    format: Literal["integer", "decimal"] | UnsetType = UNSET


class Prechat(Struct, rename="camel"):
    """The form that is shown before a conversation starts."""

    enabled: bool = False
    enable_email_linking: bool = False
    avatar_url: str | UnsetType = UNSET
    fields: list[PrechatField] | UnsetType = UNSET

    def __post_init__(self) -> None:
        names = [] if self.fields is UNSET else [each.name for each in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("The names of prechatCapture.fields must be unique")


class Web(SdkBody, kw_only=True):
    """The Web Messenger, with its documented defaults."""

    UPDATABLE: ClassVar = (
        "brand_color",
        "fixed_intro_pane",
        "conversation_color",
        "action_color",
        "display_style",
        "button_icon_url",
        "button_width",
        "button_height",
        "integration_order",
        "business_name",
        "business_icon_url",
        "background_image_url",
        "origin_whitelist",
        "prechat_capture",
        *_LIST_FIELDS,
    )

    brand_color: Color = "65758e"
    fixed_intro_pane: bool = False
    conversation_color: Color = "0099ff"
    action_color: Color = "0099ff"
    display_style: Literal["button", "tab"] = "button"
    button_icon_url: str | UnsetType | None = UNSET
    button_width: str = "58"
    button_height: str = "58"
    integration_order: list[str] | UnsetType | None = UNSET
    business_name: str | UnsetType = UNSET
    business_icon_url: str | UnsetType = UNSET
    background_image_url: str | UnsetType = UNSET
    origin_whitelist: list[Origin] | UnsetType | None = UNSET
    prechat_capture: Prechat | UnsetType = UNSET
