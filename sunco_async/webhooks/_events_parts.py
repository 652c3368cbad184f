"""What the payloads of several events have in common.

Users and sources come short or full, as the webhook's `include_full_user` and
`include_full_source` ask, so the structs here always hold the full shape.
"""

from sunco_async.models import Author, Message, Model, Source, User
from sunco_async.models._field_types import JsonObject
from sunco_async.models._messages import ActivityType

__all__ = [
    "Activity",
    "AuthorWebhook",
    "Campaign",
    "MessageWebhook",
    "PostbackWebhook",
    "Referral",
    "ReferralDetails",
    "SourceWebhook",
    "SourceWithCampaignWebhook",
]


class SourceWebhook(Source, frozen=True, kw_only=True):
    """Where an event came from; client and device come with `include_full_source` only."""


class Campaign(Model, frozen=True, kw_only=True):
    """The campaign that a user followed."""

    id: str = ""


class SourceWithCampaignWebhook(SourceWebhook, frozen=True, kw_only=True):
    """Where an event came from, with the campaign behind it."""

    campaign: Campaign | None = None


class ReferralDetails(Model, frozen=True, kw_only=True):
    """What the channel tells of a referral."""

    source: str | None = None
    type: str | None = None
    ad_id: str | None = None


class Referral(Model, frozen=True, kw_only=True):
    """What led a user to the conversation: an ad, a link, a code."""

    code: str | None = None
    details: ReferralDetails | None = None


class AuthorWebhook(Author, frozen=True, kw_only=True):
    """Who wrote a message or did an activity; `user` is whole with `include_full_user` only."""

    user: User | None = None


class MessageWebhook(Message, frozen=True, kw_only=True):
    """A message as webhook payloads show it: its author is always told, users with their user."""

    # A field that is keyword-only can lose its default; the check is for positional ones.
    author: AuthorWebhook  # pyright: ignore[reportGeneralTypeIssues] - see above
    source: SourceWithCampaignWebhook | None = None


class PostbackWebhook(Model, frozen=True, kw_only=True):
    """The payload and metadata of the button that was pressed."""

    payload: str | None = None
    metadata: JsonObject | None = None


class Activity(Model, frozen=True, kw_only=True):
    """Reading, or starting or stopping to type."""

    author: AuthorWebhook
    type: ActivityType | None = None
    source: SourceWebhook | None = None
