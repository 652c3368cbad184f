"""Structs that the payloads of several events share.

The webhook's options `include_full_user` and `include_full_source` decide whether users and sources
are sent complete. These structs have the fields of the complete form.
"""

from sunco_async.models import Author, Message, Model, Source, User
from sunco_async.models._field_types import JsonObject
from sunco_async.models._message_posts import ActivityType

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
    """Where an event came from.

    `client` and `device` are only sent with `include_full_source`.
    """


class Campaign(Model, frozen=True, kw_only=True):
    """The campaign that led a user to the conversation.

    Attributes:
        id: The id of the campaign.
    """

    id: str = ""


class SourceWithCampaignWebhook(SourceWebhook, frozen=True, kw_only=True):
    """Where an event came from, with its campaign.

    Attributes:
        campaign: The campaign, if there is one.
    """

    campaign: Campaign | None = None


class ReferralDetails(Model, frozen=True, kw_only=True):
    """What the channel reports about a referral.

    Attributes:
        source: Where the user was referred from, such as an ad.
        type: The type of the referral.
        ad_id: The id of the ad.
    """

    source: str | None = None
    type: str | None = None
    ad_id: str | None = None


class Referral(Model, frozen=True, kw_only=True):
    """What led a user to the conversation: an ad, a link or a code.

    Attributes:
        code: The code in the link.
        details: What the channel reports about the referral.
    """

    code: str | None = None
    details: ReferralDetails | None = None


class AuthorWebhook(Author, frozen=True, kw_only=True):
    """The author of a message or an activity.

    Attributes:
        user: The user, if the author is one. It is complete only with `include_full_user`.
    """

    user: User | None = None


class MessageWebhook(Message, frozen=True, kw_only=True):
    """A message in a webhook payload. It always has an author.

    Attributes:
        author: The author. For a user, it includes the user.
        source: Where the message came from, with its campaign.
    """

    # A field that is keyword-only can lose its default; the check is for positional ones.
    author: AuthorWebhook  # pyright: ignore[reportGeneralTypeIssues] - see above
    source: SourceWithCampaignWebhook | None = None


class PostbackWebhook(Model, frozen=True, kw_only=True):
    """A button that a user pressed.

    Attributes:
        payload: The payload of the button.
        metadata: The metadata of the button.
    """

    payload: str | None = None
    metadata: JsonObject | None = None


class Activity(Model, frozen=True, kw_only=True):
    """An activity: reading, or starting or stopping to type.

    Attributes:
        author: The user or the business.
        type: `"conversation:read"`, `"typing:start"` or `"typing:stop"`.
        source: Where the activity came from.
    """

    author: AuthorWebhook
    type: ActivityType | None = None
    source: SourceWebhook | None = None
