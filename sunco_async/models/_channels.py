"""The names of channels and types of integrations.

The documented values are listed so that editors can complete them. Any other string is valid too,
because the API adds channels without notice.
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
"""The channel that a message came from or was delivered to. Each SDK has its own name."""

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
"""The type of an integration. Each documented type has a struct."""

DestinationType: TypeAlias = Literal["none"] | IntegrationType
"""The type of the integration to deliver a message to. `none` sends a silent message."""

SwitchboardIntegrationType: TypeAlias = Literal["zd:agentWorkspace"] | str
"""The type of a switchboard integration; for an OAuth integration its client id."""

MessageSchema: TypeAlias = Literal["whatsapp"] | str
"""The channel whose format the content of a message has."""
