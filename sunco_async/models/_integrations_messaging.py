"""Integrations of messaging channels, such as WhatsApp, SMS and e-mail."""

from typing import Annotated, Literal, TypeAlias

from msgspec import UnsetType

from sunco_async.models._checks import at_least_one
from sunco_async.models._field_types import Number, Secret, limited
from sunco_async.models._integration_base import ChannelIntegration

__all__ = [
    "Apple",
    "Instagram",
    "Line",
    "Mailgun",
    "Messagebird",
    "Messenger",
    "Telegram",
    "Twilio",
    "Twitter",
    "TwitterTier",
    "Viber",
    "Whatsapp",
]


TwitterTier: TypeAlias = Literal["enterprise"] | str
"""The tier of a Twitter app."""


class Apple(ChannelIntegration, frozen=True, kw_only=True, tag="apple"):
    """An integration of Apple Messages for Business.

    Attributes:
        business_id: The id of the business at Apple.
        api_secret: The API secret of the messaging service provider. Only sent, and hidden in
            `repr`.
        msp_id: The id of the messaging service provider.
        authentication_message_secret: The secret for the state of Apple's authentication messages,
            at least 88 characters. It is hidden in `repr`.
    """

    business_id: str
    api_secret: Secret | UnsetType
    msp_id: str
    authentication_message_secret: Annotated[Secret, limited(88)] | None = None


class Instagram(ChannelIntegration, frozen=True, kw_only=True, tag="instagram"):
    """An integration of Instagram Direct.

    Attributes:
        page_access_token: The access token of the Facebook page that is linked to the account. Only
            sent, and hidden in `repr`.
        app_id: The id of the Facebook app.
        app_secret: The secret of the Facebook app. Only sent, and hidden in `repr`.
        business_name: The name of the Instagram business account. Set by the API.
        business_username: The user name of the Instagram business account. Set by the API.
        page_id: The id of the linked Facebook page. Set by the API.
        business_id: The id of the Instagram business account. Set by the API.
        username: The name of the Facebook user. Set by the API if the integration was created in
            the dashboard.
        user_id: The id of the Facebook user. Set by the API if the integration was created in the
            dashboard.
        story_replies_enabled: Whether a user's reply to a story becomes a message. The API's
            default is True.
        story_mentions_enabled: Whether a user's mention in a story becomes a referral event. The
            API's default is True.
    """

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


class Line(ChannelIntegration, frozen=True, kw_only=True, tag="line"):
    """An integration of LINE.

    Attributes:
        channel_id: The channel id. It can be left out together with `channel_secret`, to set up the
            webhook first.
        channel_secret: The channel secret. It is hidden in `repr`.
        channel_access_token: The channel access token. It is hidden in `repr`.
        service_code: The service code.
        switcher_secret: The switcher secret. It is hidden in `repr`.
        qr_code_url: The URL of the QR code in LINE's developer console.
        line_id: The basic id at LINE. Set by the API from `qr_code_url`.
    """

    channel_id: str | None = None
    channel_secret: Secret | None = None
    channel_access_token: Secret | None = None
    service_code: str | None = None
    switcher_secret: Annotated[Secret, limited(1)] | None = None
    qr_code_url: str | None = None
    line_id: str | None = None


class Mailgun(ChannelIntegration, frozen=True, kw_only=True, tag="mailgun"):
    """An integration of e-mail through Mailgun.

    Attributes:
        api_key: The API key of the Mailgun account. Only sent, and hidden in `repr`.
        domain: The domain that sends the e-mail. It must be verified at Mailgun.
        incoming_address: The address whose e-mail becomes messages, and the reply address. It must
            be in `domain`.
        signing_key: The key that signs Mailgun's webhooks. The API's default is `api_key`. It is
            hidden in `repr`.
        hide_unsubscribe_link: Whether e-mails have no link to unsubscribe. The business must then
            offer another way.
        from_address: The sender and reply address, if it is not `incoming_address`. It must forward
            its e-mail there.
    """

    api_key: Annotated[Secret, limited(1)] | UnsetType | None
    domain: Annotated[str, limited(1)]
    incoming_address: Annotated[str, limited(1)]
    signing_key: Annotated[Secret, limited(1)] | None = None
    hide_unsubscribe_link: bool | None = None
    from_address: Annotated[str, limited(1)] | None = None


class Messagebird(ChannelIntegration, frozen=True, kw_only=True, tag="messagebird"):
    """An integration of SMS through MessageBird.

    Attributes:
        access_key: The API key of the MessageBird account. Only sent, and hidden in `repr`.
        signing_key: The key that signs MessageBird's webhooks. Only sent, and hidden in `repr`.
        originator: The phone number that receives the messages.
        webhook_secret: The secret for the URL of the webhook at MessageBird. Set by the API, and
            hidden in `repr`.
    """

    access_key: Annotated[Secret, limited(1)] | UnsetType | None
    signing_key: Annotated[Secret, limited(1)] | UnsetType | None
    originator: Annotated[str, limited(1)]
    webhook_secret: Secret | None = None


class Messenger(ChannelIntegration, frozen=True, kw_only=True, tag="messenger"):
    """An integration of Facebook Messenger.

    Attributes:
        page_access_token: The access token of the Facebook page. It is hidden in `repr`.
        app_id: The id of the Facebook app.
        app_secret: The secret of the Facebook app. Only sent, and hidden in `repr`.
        page_id: The id of the Facebook page: a number in the schema, a string in its example.
        page_name: The name of the Facebook page.
    """

    page_access_token: Secret | UnsetType | None
    app_id: str
    app_secret: Secret | UnsetType | None
    page_id: str | Number | None = None
    page_name: str | None = None


class Telegram(ChannelIntegration, frozen=True, kw_only=True, tag="telegram"):
    """An integration of Telegram.

    Attributes:
        token: The token of the Telegram bot. Only sent, and hidden in `repr`.
        username: The user name of the bot. Set by the API.
        bot_id: The id of the bot. Set by the API.
    """

    token: Annotated[Secret, limited(1)] | UnsetType | None
    username: str | None = None
    bot_id: str | None = None


class Twilio(ChannelIntegration, frozen=True, kw_only=True, tag="twilio"):
    """An integration of SMS through Twilio. It needs a phone number or a messaging service.

    Attributes:
        account_sid: The SID of the Twilio account.
        auth_token: The token of the Twilio account. Only sent, and hidden in `repr`.
        phone_number_sid: The SID of the phone number.
        messaging_service_sid: The SID of the messaging service.
    """

    account_sid: str
    auth_token: Annotated[Secret, limited(1)] | UnsetType | None
    phone_number_sid: Annotated[str, limited(1)] | None = None
    messaging_service_sid: Annotated[str, limited(1)] | None = None

    def _check(self) -> None:
        at_least_one(self, "phone_number_sid", "messaging_service_sid")


class Twitter(ChannelIntegration, frozen=True, kw_only=True, tag="twitter"):
    """An integration of Twitter.

    Attributes:
        tier: The tier of the Twitter app. New integrations can only have `"enterprise"`.
        consumer_key: The consumer key of the Twitter app. Only sent, and hidden in `repr`.
        consumer_secret: The consumer secret of the Twitter app. Only sent, and hidden in `repr`.
        access_token_key: The access token of the user. Only sent, and hidden in `repr`.
        access_token_secret: The secret of the access token. Only sent, and hidden in `repr`.
        env_name: The label of the development environment, in the sandbox and premium tiers. Set by
            the API.
    """

    tier: TwitterTier
    consumer_key: Annotated[Secret, limited(1)] | UnsetType
    consumer_secret: Annotated[Secret, limited(1)] | UnsetType | None
    access_token_key: Annotated[Secret, limited(1)] | UnsetType
    access_token_secret: Annotated[Secret, limited(1)] | UnsetType | None
    env_name: Annotated[str, limited(1)] | None = None


class Viber(ChannelIntegration, frozen=True, kw_only=True, tag="viber"):
    """An integration of Viber.

    Attributes:
        token: The token of the Viber account. Only sent, and hidden in `repr`.
        uri: The URI of the Viber account. Set by the API.
        account_id: The id of the Viber account. Set by the API.
    """

    token: Annotated[Secret, limited(1)] | UnsetType | None
    uri: str | None = None
    account_id: str | None = None


class Whatsapp(ChannelIntegration, frozen=True, kw_only=True, tag="whatsapp"):
    """An integration of WhatsApp.

    Attributes:
        hsm_fallback_language: The language of message templates in the text shorthand if the
            message names none. The API's default is `"en_US"`.
        account_id: The id of the WhatsApp business account. With the token below, the API can
            rebuild message templates.
        account_management_access_token: The access token of that account. It is hidden in `repr`.
        phone_number: The phone number of the integration. Set by the API.
    """

    hsm_fallback_language: str | None = None
    account_id: str | None = None
    account_management_access_token: Secret | None = None
    phone_number: str | None = None
