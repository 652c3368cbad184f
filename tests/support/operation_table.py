"""Every operation of the API as it is called, by its operationId in the OpenAPI file.

A row tells the attribute of the client, when the call may be repeated, what comes back, and calls
that together give every argument. Path values are put in by the test, from the file's template.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sunco_async import models as m

RECORD = "5e1606762556d93e9c176f69"

# When a call may be repeated: `Operation.replay`, and `missing_is_success` for a third.
ALWAYS, NOT_SENT, MISSING_IS_SUCCESS = "always", "not_sent", "missing is success"


@dataclass(frozen=True)
class Call:
    """One call: its arguments after those of the path."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """The result of an operation: the field of the response that it is in, and its struct; one or several."""

    field: str | None
    struct: type | None
    many: bool = False


@dataclass(frozen=True)
class Row:
    """One operation."""

    attribute: str
    replay: str
    result: Result
    calls: tuple[Call, ...]


def call(*args, **kwargs):
    return Call(args, kwargs)


def row(attribute, replay, result, *calls):
    return Row(attribute, replay, result, calls or (call(),))


def one(field, struct):
    return Result(field, struct)


def many(field, struct):
    return Result(field, struct, many=True)


NOTHING = Result(None, None)
PAGES = (call(after=RECORD, page_size=10), call(before=RECORD))
BRAND = call(brand_id="9477922990333")
METADATA = {"lang": "en-ca", "vip": True, "orders": 3}
CLEARED = {"display_name": None, "description": None, "icon_url": None, "metadata": None}
SETTINGS = m.AppSettings(
    conversation_retention_seconds=3600,
    mask_credit_card_numbers=True,
    use_animal_names=False,
    echo_postback=True,
    ignore_auto_conversation_start=False,
    multi_convo_enabled=True,
    app_localization_enabled=False,
    end_session_enabled=True,
    disable_conversation_reopen=False,
)
PROFILE = m.Profile(
    given_name="Jane",
    surname="Doe",
    email="jane@example.org",
    avatar_url="https://example.org/jane.png",
    locale="fr-CA",
)
SIGNED_UP = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LINK = m.Link(uri="https://example.org", text="Yes", metadata=METADATA)
CONVERSION = m.MetaConversionEvent(
    payload=m.MetaConversionPayload(data=[{"event_name": "Purchase"}])
)
REFERENCE = m.AppleMessageRef(
    interactive_data_ref=m.InteractiveDataRef(
        url="https://example.org/ref", bid="b", key="not-a-secret", signature="s", owner="o"
    )
)

TABLE = {
    "CreateApp": row(
        "apps.create", NOT_SENT, one("app", m.App),
        call(display_name="My App", settings=SETTINGS, metadata=METADATA),
        call(display_name="My App", settings={"useAnimalNames": True}, metadata=None),
    ),
    "ListApps": row(
        "apps.list", ALWAYS, many("apps", m.App), *PAGES, call(service_account_id="svc_test"),
    ),
    "GetApp": row("apps.get", ALWAYS, one("app", m.AppSubdomain)),
    "UpdateApp": row(
        "apps.update", ALWAYS, one("app", m.App),
        call(display_name="My App", settings=SETTINGS, metadata=METADATA), call(metadata=None), call(),
    ),
    "DeleteApp": row("apps.delete", MISSING_IS_SUCCESS, NOTHING),
    "CreateAppKey": row(
        "app_keys.create", NOT_SENT, one("key", m.AppKey), call(display_name="Key 1"),
    ),
    "ListAppKeys": row("app_keys.list", ALWAYS, many("keys", m.AppKey)),
    "GetAppKey": row("app_keys.get", ALWAYS, one("key", m.AppKey)),
    "DeleteAppKey": row("app_keys.delete", MISSING_IS_SUCCESS, NOTHING),
    "UploadAttachment": row(
        "attachments.upload", NOT_SENT, one("attachment", m.AttachmentSchema),
        call(b"not a pdf", filename="a.pdf", content_type="application/pdf",
             access="public", for_="message", conversation_id="c1"),
    ),
    "DeleteAttachment": row(
        "attachments.delete", MISSING_IS_SUCCESS, NOTHING, call(media_url="https://example.org/a.pdf"),
    ),
    "CreateConversation": row(
        "conversations.create", NOT_SENT, one("conversation", m.Conversation),
        call(type="personal", participants=[m.ParticipantSubSchema(user_id="u1", subscribe_sdk_client=True)],
             display_name="Order 7", description="Lost", icon_url="https://example.org/7.png", metadata=METADATA),
        call(type="sdkGroup", participants=[{"userExternalId": "jane"}], **CLEARED),
    ),
    "ListConversations": row(
        "conversations.list", ALWAYS, many("conversations", m.Conversation),
        call(user_id="u1", after=RECORD, page_size=10), call(user_external_id="jané&x=1", before=RECORD),
    ),
    "GetConversation": row("conversations.get", ALWAYS, one("conversation", m.Conversation)),
    "UpdateConversation": row(
        "conversations.update", ALWAYS, one("conversation", m.Conversation),
        call(display_name="Order 7", description="Found", icon_url="https://example.org/7.png", metadata=METADATA),
        call(**CLEARED), call(),
    ),
    "DeleteConversation": row("conversations.delete", MISSING_IS_SUCCESS, NOTHING),
    "JoinConversation": row(
        "participants.join", NOT_SENT, one("participant", m.Participant),
        call(user_id="u1", subscribe_sdk_client=True), call(user_external_id="jane"),
    ),
    "ListParticipants": row(
        "participants.list", ALWAYS, many("participants", m.Participant), *PAGES,
    ),
    "LeaveConversation": row(
        "participants.leave", NOT_SENT, NOTHING,
        call(user_id="u1"), call(user_external_id="jane"), call(participant_id="p1"),
    ),
    "PostMessage": row(
        "messages.post", NOT_SENT, many("messages", m.Message),
        call(
            m.TextMessage("Hello", actions=[LINK]),
            author=m.Author(type="business", subtypes=["AI"], display_name="Steve", avatar_url="https://example.org/s.png"),
            destination=m.Destination(integration_type="whatsapp"),
            metadata=METADATA,
            override={"line": {"payload": {"type": "text"}}},
        ),
        call("Hello", author={"type": "user", "userExternalId": "jane"}, metadata=None),
        call({"type": "template", "template": {"name": "order"}}, schema="whatsapp"),
    ),
    "ListMessages": row(
        "messages.list", ALWAYS, many("messages", m.Message), call(after=RECORD), call(before=RECORD),
    ),
    "DeleteAllMessages": row("messages.delete_all", NOT_SENT, NOTHING),
    "DeleteMessage": row("messages.delete", MISSING_IS_SUCCESS, NOTHING),
    "PostActivity": row(
        "activities.post", NOT_SENT, NOTHING, call(type="typing:start", author=m.Author(type="business")),
    ),
    "PassControl": row(
        "switchboard_actions.pass_control", NOT_SENT, NOTHING,
        call(switchboard_integration="zd-agentWorkspace", metadata=METADATA),
        call(switchboard_integration="next", metadata=None),
    ),
    "ReleaseControl": row(
        "switchboard_actions.release_control", NOT_SENT, NOTHING,
        call(metadata=METADATA), call(metadata=None), call(),
    ),
    "OfferControl": row(
        "switchboard_actions.offer_control", NOT_SENT, NOTHING,
        call(switchboard_integration="next", metadata=METADATA),
    ),
    "AcceptControl": row(
        "switchboard_actions.accept_control", NOT_SENT, NOTHING, call(metadata=METADATA), call(),
    ),
    "DownloadMessageRef": row(
        "conversations.download_message_ref", NOT_SENT, one(None, dict), call(user_id="u1", apple=REFERENCE),
    ),
    "PostConversionEvents": row(
        "conversations.post_conversion_events", NOT_SENT, one("conversionEvents", m.ConversionEvents),
        call(m.ConversionEventsBody(messenger=CONVERSION)),
        call(m.ConversionEventsBody(instagram=CONVERSION)),
        call({"whatsapp": CONVERSION.to_dict()}),
    ),
    "CreateIntegration": row(
        "integrations.create", NOT_SENT, one("integration", m.IntegrationBase),
        call({"type": "web", "displayName": "Shop", "brandColor": "65758e"}),
    ),
    "ListIntegrations": row(
        "integrations.list", ALWAYS, many("integrations", m.IntegrationBase),
        call(types=["custom", "web"], after=RECORD, page_size=100), call(before=RECORD),
    ),
    "GetIntegration": row("integrations.get", ALWAYS, one("integration", m.IntegrationBase)),
    "UpdateIntegration": row(
        "integrations.update", ALWAYS, one("integration", m.IntegrationBase),
        call(m.CustomUpdate(display_name=None)), call(m.WebUpdate()), call({"displayName": "Shop"}),
    ),
    "DeleteIntegration": row("integrations.delete", MISSING_IS_SUCCESS, NOTHING),
    "CreateCustomIntegrationKey": row(
        "custom_integration_keys.create", NOT_SENT, one("key", m.ApiKey), call(display_name="Key 1"),
    ),
    "ListCustomIntegrationKeys": row(
        "custom_integration_keys.list", ALWAYS, many("keys", m.ApiKey),
    ),
    "GetCustomIntegrationKey": row("custom_integration_keys.get", ALWAYS, one("key", m.ApiKey)),
    "DeleteCustomIntegrationKey": row("custom_integration_keys.delete", MISSING_IS_SUCCESS, NOTHING),
    "CreateWebhook": row(
        "webhooks.create", NOT_SENT, one("webhook", m.Webhook),
        call(target="https://example.org/hook", triggers=["conversation:read", "user:merge"],
             include_full_user=True, include_full_source=False),
        call(target="https://example.org/hook", triggers=("conversation:read",)),
    ),
    "ListWebhooks": row("webhooks.list", ALWAYS, many("webhooks", m.Webhook)),
    "GetWebhook": row("webhooks.get", ALWAYS, one("webhook", m.Webhook)),
    "UpdateWebhook": row(
        "webhooks.update", ALWAYS, one("webhook", m.Webhook),
        call(target="https://example.org/hook", triggers=["conversation:read"],
             include_full_user=False, include_full_source=True),
        call(),
    ),
    "DeleteWebhook": row("webhooks.delete", MISSING_IS_SUCCESS, NOTHING),
    "CreateSwitchboard": row("switchboards.create", NOT_SENT, one("switchboard", m.Switchboard)),
    "ListSwitchboards": row("switchboards.list", ALWAYS, many("switchboards", m.Switchboard)),
    "UpdateSwitchboard": row(
        "switchboards.update", ALWAYS, one("switchboard", m.Switchboard),
        call(enabled=False, default_switchboard_integration_id="si1"), call(),
    ),
    "DeleteSwitchboard": row("switchboards.delete", MISSING_IS_SUCCESS, NOTHING),
    "CreateSwitchboardIntegration": row(
        "switchboard_integrations.create", NOT_SENT, one("switchboardIntegration", m.SwitchboardIntegration),
        call(name="bot", integration_id="i1", deliver_standby_events=False,
             next_switchboard_integration_id="si2", message_history_count=5),
        call(name="desk", integration_type="zd:agentWorkspace",
             next_switchboard_integration_id=None, message_history_count=None),
    ),
    "ListSwitchboardIntegrations": row(
        "switchboard_integrations.list", ALWAYS, many("switchboardIntegrations", m.SwitchboardIntegration),
    ),
    "UpdateSwitchboardIntegration": row(
        "switchboard_integrations.update", ALWAYS, one("switchboardIntegration", m.SwitchboardIntegration),
        call(name="bot", integration_id="i1", deliver_standby_events=True,
             next_switchboard_integration_id="si2", message_history_count=10),
        call(integration_type="zd:agentWorkspace", next_switchboard_integration_id=None, message_history_count=None),
        call(),
    ),
    "DeleteSwitchboardIntegration": row("switchboard_integrations.delete", MISSING_IS_SUCCESS, NOTHING),
    "CreateUser": row(
        "users.create", NOT_SENT, one("user", m.User),
        call(external_id="jane", brand_id="9477922990333", signed_up_at=SIGNED_UP,
             to_be_retained=True, profile=PROFILE, metadata=METADATA),
        call(brand_id=None, profile={"surname": None}, metadata=None), call(),
    ),
    "ListUsers": row(
        "users.list", ALWAYS, many("users", m.User),
        call(email="jane+x@example.org", brand_id="9477922990333"),
    ),
    "GetUser": row("users.get", ALWAYS, one("user", m.User), BRAND),
    "UpdateUser": row(
        "users.update", ALWAYS, one("user", m.User),
        call(brand_id="9477922990333", signed_up_at=SIGNED_UP, to_be_retained=False,
             profile=PROFILE, metadata=METADATA),
        call(profile=m.Profile(surname=None), metadata=None), call(),
    ),
    "DeleteUser": row("users.delete", MISSING_IS_SUCCESS, NOTHING, BRAND),
    "CreateClient": row(
        "clients.create", NOT_SENT, one("client", m.Client),
        call(
            match_criteria=m.MatchCriteriaTwilio(integration_id="i1", phone_number="+15550001234", primary=False),
            confirmation=m.ClientConfirmation(
                type="prompt",
                message=m.MessagePost(author=m.Author(type="business"), content=m.TextMessage("Yes?", actions=[LINK])),
            ),
            target=m.ClientTarget(conversation_id="c1"),
            brand_id="9477922990333",
        ),
        call(
            match_criteria={"type": "mailgun", "integrationId": "i1", "address": "jane@example.org"},
            confirmation={"type": "immediate"},
            target={"conversationId": "c1"},
        ),
    ),
    "ListClients": row(
        "clients.list", ALWAYS, many("clients", m.Client), *PAGES, BRAND,
    ),
    "RemoveClient": row("clients.remove", MISSING_IS_SUCCESS, NOTHING, BRAND),
    "ListDevices": row("devices.list", ALWAYS, many("devices", m.Device), BRAND),
    "GetDevice": row("devices.get", ALWAYS, one("device", m.Device), BRAND),
    "DeleteUserPersonalInformation": row(
        "users.delete_personal_information", ALWAYS, one("user", m.User), BRAND,
    ),
    "SyncUser": row("users.sync", NOT_SENT, one("user", m.User), call(surviving_zendesk_id="35436"), call()),
    "GetTokenInfo": row("oauth.get_token_info", ALWAYS, one("app", m.AppSubdomain)),
    "Authorize": row(
        "oauth.authorize_url", NOT_SENT, one(None, str),
        call(client_id="c1", response_type="code", state="s+1", redirect_uri="https://example.org/back?x=1"),
    ),
    "GetToken": row(
        "oauth.get_token", NOT_SENT, one(None, m.AccessToken),
        call(code="c0de", client_id="c1", client_secret="not-a-secret"),
    ),
    "RevokeAccess": row("oauth.revoke_access", MISSING_IS_SUCCESS, NOTHING),
}  # fmt: skip
