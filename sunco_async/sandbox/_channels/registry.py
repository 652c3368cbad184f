"""The channels by type, and the bodies that change them."""

from functools import cache
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct
from msgspec.structs import FieldInfo, fields

from sunco_async.sandbox._channels.base import ChannelBody
from sunco_async.sandbox._channels.phone import Mailgun, Messagebird, Twilio
from sunco_async.sandbox._channels.sdk import Android, Ios, Unity, Web
from sunco_async.sandbox._channels.social import (
    Apple,
    Instagram,
    Line,
    Messenger,
    Telegram,
    Twitter,
    Viber,
    Whatsapp,
)

CHANNELS: dict[str, type[ChannelBody]] = {
    channel.__name__.lower(): channel
    for channel in (
        Android,
        Apple,
        Instagram,
        Ios,
        Line,
        Mailgun,
        Messagebird,
        Messenger,
        Telegram,
        Twilio,
        Twitter,
        Unity,
        Viber,
        Web,
        Whatsapp,
    )
}
"""The struct of each channel by the `type` of its integrations."""

_CHANGED_NAME = Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType | None


@cache
def update_body(channel: type[ChannelBody]) -> type[Struct]:
    """Return the body of UpdateIntegration for a channel: what may be changed, all optional."""
    common = {info.name for info in fields(ChannelBody)}
    changeable = [
        info for info in fields(channel) if info.name in common or info.name in channel.UPDATABLE
    ]
    return defstruct(
        f"{channel.__name__}Update",
        [(info.name, _type_of(info), UNSET) for info in changeable],
        rename={info.name: info.encode_name for info in changeable},
    )


@cache
def secret_fields(channel: type[ChannelBody]) -> frozenset[str]:
    """Return the JSON names of the fields of a channel that no response shows."""
    return frozenset(info.encode_name for info in fields(channel) if info.name in channel.SECRETS)


@cache
def fixed_fields(channel: type[ChannelBody]) -> frozenset[str]:
    """Return the JSON names of the fields of a channel that cannot be changed."""
    changeable = {info.encode_name for info in fields(update_body(channel))}
    return frozenset(info.encode_name for info in fields(channel)) - changeable


def _type_of(info: FieldInfo) -> Any:
    return _CHANGED_NAME if info.name == "display_name" else info.type | UnsetType
