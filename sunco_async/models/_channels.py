"""The names of channels and integrations, wherever the API writes one.

The documented values are listed, so that editors complete them. Any other string is valid too:
the API adds channels without notice.
"""

from typing import Literal, TypeAlias

__all__ = [
    "ChannelType",
    "ClientType",
    "DestinationType",
    "IntegrationType",
    "MessageSchema",
    "SwitchboardIntegrationType",
]

ClientType: TypeAlias = (
    Literal[
        "apple",
        "gbm",
        "googlercs",
        "instagram",
        "kakao",
        "line",
        "mailgun",
        "messagebird",
        "messenger",
        "sdk",
        "slackconnect",
        "telegram",
        "twilio",
        "twitter",
        "viber",
        "wechat",
        "whatsapp",
    ]
    | str
)
"""The channel of a client."""

ChannelType: TypeAlias = Literal["android", "api", "ios", "notification", "web"] | ClientType
"""The channel that a message came from or was delivered to: the SDKs are named one by one."""

IntegrationType: TypeAlias = (
    Literal[
        "android",
        "apple",
        "custom",
        "instagram",
        "ios",
        "line",
        "mailgun",
        "messagebird",
        "messenger",
        "telegram",
        "twilio",
        "twitter",
        "unity",
        "viber",
        "web",
        "whatsapp",
    ]
    | str
)
"""The type of an integration: each documented one has a struct."""

DestinationType: TypeAlias = Literal["none"] | IntegrationType
"""The type of integration to deliver a message to; `none` sends a silent message."""

SwitchboardIntegrationType: TypeAlias = Literal["zd:agentWorkspace"] | str
"""The type of a switchboard integration: the client id of an OAuth integration."""

MessageSchema: TypeAlias = Literal["whatsapp"] | str
"""The channel in whose own shape the content of a message is written."""
