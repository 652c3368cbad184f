"""Integrations, of 16 types, and the responses that contain them."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

from sunco_async.models._base import Model, OpenUnion
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._field_types import limited
from sunco_async.models._integration_base import IntegrationBase, UnknownIntegration
from sunco_async.models._integrations_messaging import (
    Apple,
    Instagram,
    Line,
    Mailgun,
    Messagebird,
    Messenger,
    Telegram,
    Twilio,
    Twitter,
    Viber,
    Whatsapp,
)
from sunco_async.models._integrations_sdk import Android, Ios, Unity, Web
from sunco_async.models._webhooks import Webhook

__all__ = ["Custom", "Integration", "IntegrationListResponse", "IntegrationResponse"]


class Custom(IntegrationBase, frozen=True, kw_only=True, tag="custom"):
    """A custom integration: a bot or channel of the business, which receives webhooks.

    Attributes:
        webhooks: The webhook of the integration; exactly one when it is created.
    """

    webhooks: Annotated[list[Webhook], limited(1, 1)]


# Only type checkers see the unknown member in the union: msgspec accepts no other class in a union
# of tagged structs. Lenient decoding creates it.
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
    """The response with one integration.

    Attributes:
        integration: The integration.
    """

    integration: Integration | None = None


class IntegrationListResponse(Model, frozen=True, kw_only=True):
    """The response with a page of integrations.

    Attributes:
        integrations: The integrations of the page.
        meta: The paging state.
        links: The URLs of the neighbouring pages.
    """

    integrations: list[Integration]
    meta: Meta | None = None
    links: Links | None = None
