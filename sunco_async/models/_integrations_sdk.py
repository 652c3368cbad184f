"""Integrations of the SDKs: Android, iOS, Unity and the Web Messenger."""

import re
from typing import Annotated, Literal, TypeAlias

from sunco_async.models._base import Model
from sunco_async.models._field_types import Secret, limited
from sunco_async.models._forms import FormMessageField
from sunco_async.models._integration_base import ChannelIntegration

__all__ = ["Android", "DisplayStyle", "Ios", "PrechatCapture", "Unity", "Web"]


DisplayStyle: TypeAlias = Literal["button", "tab"] | str
"""How the closed Web Messenger looks."""


class SdkIntegration(ChannelIntegration, frozen=True, kw_only=True):
    """The base of the integrations of the four SDKs.

    Attributes:
        can_user_see_conversation_list: Whether users see the list of their conversations, in apps
            with `multi_convo_enabled`. The API's default is True.
        can_user_create_more_conversations: Whether users can start more than one conversation.
        attachments_enabled: Whether users can send attachments. Set in the Zendesk Admin Center.
    """

    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None
    attachments_enabled: bool | None = None


class Android(SdkIntegration, frozen=True, kw_only=True, tag="android"):
    """An integration of the Android SDK.

    Attributes:
        project_id: The `project_id` of the Firebase key file. Only sent.
        client_email: The `client_email` of the Firebase key file. Only sent.
        private_key: The `private_key` of the Firebase key file. Only sent, and hidden in `repr`.
        server_key: The legacy Firebase server key (deprecated). Only sent, and hidden in `repr`.
        sender_id: The legacy Firebase sender id (deprecated).
    """

    project_id: Annotated[str, limited(1)] | None = None
    client_email: Annotated[str, limited(1)] | None = None
    private_key: Annotated[Secret, limited(1)] | None = None
    server_key: Annotated[Secret, limited(1)] | None = None
    sender_id: Annotated[str, limited(1)] | None = None


class Ios(SdkIntegration, frozen=True, kw_only=True, tag="ios"):
    """An integration of the iOS SDK.

    Attributes:
        certificate: The push certificate (PKCS #12) in base64. Only sent, and hidden in `repr`.
        password: The password of the certificate. Only sent, and hidden in `repr`.
        production: Whether Apple's production environment is used, rather than its sandbox. The
            API's default follows from the certificate.
        auto_update_badge: Whether the badge of the app shows the number of unread messages.
    """

    certificate: Annotated[Secret, limited(1)] | None = None
    password: Secret | None = None
    production: bool | None = None
    auto_update_badge: bool | None = None


class Unity(SdkIntegration, frozen=True, kw_only=True, tag="unity"):
    """An integration of the Unity SDK."""


class PrechatCapture(Model, frozen=True, kw_only=True):
    """The form that the Web Messenger shows before a conversation.

    Attributes:
        avatar_url: The URL of the picture beside the automatic reply.
        enabled: Whether the form is shown. The API's default is False.
        enable_email_linking: Whether submitted e-mail addresses are linked through Mailgun. The
            API's default is False.
        fields: The fields of the form, in the place of the default ones. The schema has plain
            fields, the example fields with a `placeholder`.
    """

    avatar_url: str | None = None
    enabled: bool | None = None
    enable_email_linking: bool | None = None
    fields: list[FormMessageField] | None = None


_COLOR = re.compile(r"(?:[0-9a-fA-F]{3}){1,2}")


def check_colors(model: Model) -> None:
    """Raise ValueError if a color is not hexadecimal, or has a `#`."""
    for color in ("brand_color", "conversation_color", "action_color"):
        value = getattr(model, color)
        if isinstance(value, str) and not _COLOR.fullmatch(value):
            name = type(model).__name__
            raise ValueError(
                f"{name}: {color} must be 3 or 6 hexadecimal digits without #; got {value!r}"
            )


class Web(SdkIntegration, frozen=True, kw_only=True, tag="web"):
    """An integration of the Web Messenger.

    Attributes:
        brand_color: The color of the header and the button, as 3 or 6 hexadecimal digits without
            `#`. The API's default is `"65758e"`.
        fixed_intro_pane: Whether the introduction stays at the top while the conversation scrolls.
        conversation_color: The color of the user's messages and of quick replies, as 3 or 6
            hexadecimal digits without `#`. The API's default is `"0099ff"`.
        action_color: The color of buttons in messages, as 3 or 6 hexadecimal digits without `#`.
            The API's default is `"0099ff"`.
        display_style: How the closed messenger looks: `"button"` (the API's default) or `"tab"`.
        button_icon_url: The URL of the icon of the button (JPG, PNG or GIF), at least 200 by 200
            pixels.
        button_width: The width of the button in pixels, as a string. The API's default is `"58"`.
        button_height: The height of the button in pixels, as a string. The API's default is `"58"`.
        integration_order: The ids of the integrations to show, in this order. All are shown if it
            is absent.
        business_name: The name of the business in the messenger.
        business_icon_url: The URL of the icon of the business (JPG, PNG or GIF), at least 200 by
            200 pixels.
        background_image_url: The URL of the background of the conversation, which is tiled.
        origin_whitelist: The origins that can load the messenger, such as `https://example.org`.
            All can if it is absent.
        prechat_capture: The form that is shown before a conversation.
    """

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
        check_colors(self)
