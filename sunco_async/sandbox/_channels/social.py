"""Chat applications."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from sunco_async.sandbox._channels.base import ChannelBody, Json, OptionalText, Secret
from sunco_async.sandbox._errors import bad_request


class Apple(ChannelBody, kw_only=True):
    """Apple Messages for Business."""

    SECRETS: ClassVar = ("api_secret",)
    UPDATABLE: ClassVar = ("authentication_message_secret",)

    business_id: str
    api_secret: str
    msp_id: str
    authentication_message_secret: Annotated[str, Meta(min_length=88)] | UnsetType = UNSET


class Instagram(ChannelBody, kw_only=True):
    """Instagram Direct."""

    SECRETS: ClassVar = ("page_access_token", "app_secret")
    UPDATABLE: ClassVar = ("page_access_token", "story_replies_enabled", "story_mentions_enabled")

    page_access_token: str | None
    app_id: str
    app_secret: str | None
    story_replies_enabled: bool = True
    story_mentions_enabled: bool = True

    def derived(self) -> Json:
        """Return made-up data of the business to which the token belongs."""
        return {
            "businessName": "Sandbox",
            "businessUsername": "sandbox",
            "pageId": "100000000000001",
            "businessId": "100000000000002",
        }


class Line(ChannelBody, kw_only=True):
    """LINE."""

    channel_id: str | UnsetType = UNSET
    channel_secret: str | UnsetType = UNSET
    channel_access_token: str | UnsetType = UNSET
    service_code: str | UnsetType = UNSET
    switcher_secret: OptionalText = UNSET
    qr_code_url: str | UnsetType = UNSET

    def check(self) -> None:
        """Raise a 400 unless the channel's id and secret are both there, or neither is."""
        if (self.channel_id is UNSET) is not (self.channel_secret is UNSET):
            raise bad_request("channelId and channelSecret can only be omitted together")

    def derived(self) -> Json:
        """Return the id, the last part of the URL of the QR code: `https://…/M/1O4fb8.png`."""
        if self.qr_code_url is UNSET:
            return {}
        return {"lineId": self.qr_code_url.rstrip("/").rpartition("/")[2].partition(".")[0]}


class Messenger(ChannelBody, kw_only=True):
    """Facebook Messenger."""

    SECRETS: ClassVar = ("app_secret",)
    UPDATABLE: ClassVar = ("page_access_token",)

    page_access_token: str | None
    app_id: str
    app_secret: str | None
    page_id: int | float | UnsetType = UNSET
    page_name: str | UnsetType = UNSET


class Telegram(ChannelBody, kw_only=True):
    """Telegram."""

    SECRETS: ClassVar = ("token",)

    token: Secret | None

    def derived(self) -> Json:
        """Return the bot's name and id; a token is the id, a colon and a secret."""
        bot_id, colon, _ = (self.token or "").partition(":")
        return {"username": "sandbox_bot", "botId": bot_id if colon else "1"}


class Twitter(ChannelBody, kw_only=True):
    """Twitter."""

    SECRETS: ClassVar = (
        "consumer_key",
        "consumer_secret",
        "access_token_key",
        "access_token_secret",
    )

    tier: Literal["enterprise"]
    consumer_key: Secret
    consumer_secret: Secret | None
    access_token_key: Secret
    access_token_secret: Secret | None


class Viber(ChannelBody, kw_only=True):
    """Viber."""

    SECRETS: ClassVar = ("token",)

    token: Secret | None

    def derived(self) -> Json:
        """Return made-up data of the account to which the token belongs."""
        return {"uri": "sandbox", "accountId": "pa:1"}


class Whatsapp(ChannelBody, kw_only=True):
    """WhatsApp."""

    UPDATABLE: ClassVar = (
        "hsm_fallback_language",
        "account_id",
        "account_management_access_token",
    )

    hsm_fallback_language: str | None = "en_US"
    account_id: str | UnsetType | None = UNSET
    account_management_access_token: str | UnsetType | None = UNSET
