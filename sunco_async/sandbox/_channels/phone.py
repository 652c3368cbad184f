"""Text messages and e-mail."""

import secrets
from typing import ClassVar

from msgspec import UNSET, UnsetType

from sunco_async.sandbox._channels.base import ChannelBody, Json, OptionalText, Secret, Text
from sunco_async.sandbox._errors import bad_request


class Mailgun(ChannelBody, kw_only=True):
    """E-mail through Mailgun."""

    SECRETS: ClassVar = ("api_key",)
    UPDATABLE: ClassVar = ("hide_unsubscribe_link", "from_address")

    api_key: Secret | None
    signing_key: OptionalText = UNSET
    domain: Text
    incoming_address: Text
    hide_unsubscribe_link: bool | UnsetType = UNSET
    from_address: OptionalText | None = UNSET

    def check(self) -> None:
        """Raise a 400 unless the incoming address belongs to the domain."""
        if self.incoming_address.rpartition("@")[2].casefold() != self.domain.casefold():
            raise bad_request("incomingAddress must have the same domain as domain")


class Messagebird(ChannelBody, kw_only=True):
    """Text messages through MessageBird."""

    SECRETS: ClassVar = ("access_key", "signing_key")

    access_key: Secret | None
    signing_key: Secret | None
    originator: Text

    def derived(self) -> Json:
        """Return the secret that is part of the URL that MessageBird calls."""
        return {"webhookSecret": secrets.token_hex(16)}


class Twilio(ChannelBody, kw_only=True):
    """Text messages through Twilio."""

    SECRETS: ClassVar = ("auth_token",)

    account_sid: str
    auth_token: Secret | None
    phone_number_sid: OptionalText = UNSET
    messaging_service_sid: OptionalText = UNSET

    def check(self) -> None:
        """Raise a 400 without a number and a messaging service."""
        if self.phone_number_sid is UNSET and self.messaging_service_sid is UNSET:
            raise bad_request("One of messagingServiceSid or phoneNumberSid is required")
