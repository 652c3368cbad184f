"""Records as the API shows them, in responses and in events."""

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.control import active_and_pending, default_responder
from sunco_async.sandbox._state.records import (
    AppData,
    Client,
    Conversation,
    Device,
    Integration,
    Participant,
    Switchboard,
    SwitchboardIntegration,
    User,
    Webhook,
)
from sunco_async.sandbox._timestamps import format_time

Json = dict[str, object]


def app_view(app: AppData, *, with_subdomain: bool = False) -> Json:
    """Return an app."""
    view: Json = {"id": app.id, "displayName": app.display_name, "settings": app.settings}
    if app.metadata:
        view["metadata"] = app.metadata
    if with_subdomain and app.subdomain is not None:
        view["subdomain"] = app.subdomain
    return view


def user_summary(user: User) -> Json:
    """Return the part of a user that every event carries (`userTruncated`)."""
    view: Json = {"id": user.id, "authenticated": user.zendesk_id is not None}
    if user.external_id is not None:
        view["externalId"] = user.external_id
    if user.zendesk_id is not None:
        view["zendeskId"] = user.zendesk_id
    if user.brand_id is not None:
        view["brandId"] = user.brand_id
    return view


def user_view(user: User) -> Json:
    """Return a user."""
    view = user_summary(user)
    if user.to_be_retained is not None:
        view["toBeRetained"] = user.to_be_retained
    view["signedUpAt"] = format_time(user.signed_up_at)
    # Copies: an event is encoded later than it happened.
    view["profile"] = dict(user.profile or {})
    view["metadata"] = dict(user.metadata or {})
    view["identities"] = [
        {"type": each.type, "value": each.value, "verification": each.verification}
        for each in user.identities
    ]
    return view


def conversation_summary(app: AppState, conversation: Conversation) -> Json:
    """Return the part of a conversation that every event carries (`conversationTruncated`)."""
    view: Json = {"id": conversation.id, "type": conversation.type}
    if conversation.metadata:
        view["metadata"] = dict(conversation.metadata)
    if conversation.active is not None or conversation.pending is not None:
        active, pending = active_and_pending(app, conversation)
        if active is not None:
            view["activeSwitchboardIntegration"] = _controller(active)
        if pending is not None:
            view["pendingSwitchboardIntegration"] = _controller(pending)
    return view


def _controller(each: SwitchboardIntegration) -> Json:
    return {
        "id": each.id,
        "name": each.name,
        "integrationId": each.integration_id,
        "integrationType": each.integration_type,
    }


def conversation_view(app: AppState, conversation: Conversation) -> Json:
    """Return a conversation."""
    view = conversation_summary(app, conversation)
    view["isDefault"] = conversation.is_default
    if conversation.display_name is not None:
        view["displayName"] = conversation.display_name
    if conversation.description is not None:
        view["description"] = conversation.description
    if conversation.icon_url is not None:
        view["iconUrl"] = conversation.icon_url
    if conversation.business_last_read is not None:
        view["businessLastRead"] = format_time(conversation.business_last_read)
    view["lastUpdatedAt"] = format_time(conversation.last_updated_at)
    view["createdAt"] = format_time(conversation.created_at)
    return view


def participant_view(app: AppState, participant: Participant) -> Json:
    """Return a participant."""
    user = app.users[participant.user_id]
    clients = [user.client(client_id) for client_id in participant.clients]
    view: Json = {
        "id": participant.id,
        "userId": participant.user_id,
        "unreadCount": participant.unread,
        "clientAssociations": [
            {"type": client.type, "clientId": client.id} for client in clients if client is not None
        ],
    }
    if user.external_id is not None:
        view["userExternalId"] = user.external_id
    if participant.last_read is not None:
        view["lastRead"] = format_time(participant.last_read)
    return view


def client_view(client: Client) -> Json:
    """Return a client."""
    view: Json = {"id": client.id, "type": client.type, "status": client.status}
    if client.last_seen is not None:
        view["lastSeen"] = format_time(client.last_seen)
    if client.linked_at is not None:
        view["linkedAt"] = format_time(client.linked_at)
    optional = {
        "integrationId": client.integration_id,
        "externalId": client.external_id,
        "displayName": client.display_name,
        "avatarUrl": client.avatar_url,
        "info": client.info,
        "raw": client.raw,
    }
    return view | {name: value for name, value in optional.items() if value is not None}


def device_view(device: Device) -> Json:
    """Return a device."""
    view: Json = {
        "id": device.id,
        "type": device.type,
        "guid": device.guid,
        "clientId": device.client_id,
        "status": device.status,
        "integrationId": device.integration_id,
        "lastSeen": format_time(device.last_seen),
    }
    optional = {
        "pushNotificationToken": device.push_notification_token,
        "info": device.info,
        "appVersion": device.app_version,
    }
    return view | {name: value for name, value in optional.items() if value is not None}


def integration_view(app: AppState, integration: Integration) -> Json:
    """Return an integration, without what is only ever sent."""
    view: Json = {"id": integration.id, "type": integration.type, "status": "active"}
    if integration.display_name is not None:
        view["displayName"] = integration.display_name
    if integration.type == "custom":
        view["webhooks"] = [
            webhook_view(each)
            for each in app.data.webhooks.values()
            if each.integration_id == integration.id
        ]
    elif not integration.is_oauth:
        responder = default_responder(app, integration)
        if responder is not None:
            view["defaultResponder"] = _responder_view(responder, integration)
    return view | integration.fields


def _responder_view(responder: SwitchboardIntegration, integration: Integration) -> Json:
    view = switchboard_integration_view(responder)
    inherited = view.pop("id") != integration.default_responder_id
    return view | {"inherited": inherited}


def switchboard_view(switchboard: Switchboard) -> Json:
    """Return a switchboard."""
    view: Json = {"id": switchboard.id, "enabled": switchboard.enabled}
    if switchboard.default_id is not None:
        view["defaultSwitchboardIntegrationId"] = switchboard.default_id
    return view


def switchboard_integration_view(each: SwitchboardIntegration) -> Json:
    """Return a switchboard integration."""
    view = _controller(each) | {"deliverStandbyEvents": each.deliver_standby_events}
    if each.next_id is not None:
        view["nextSwitchboardIntegrationId"] = each.next_id
    if each.message_history_count is not None:
        view["messageHistoryCount"] = each.message_history_count
    return view


def webhook_view(webhook: Webhook) -> Json:
    """Return a webhook with its secret, which the API shows whenever it is asked."""
    return {
        "id": webhook.id,
        "version": webhook.version,
        "target": webhook.target,
        "triggers": webhook.triggers,
        "secret": webhook.secret,
        "includeFullUser": webhook.include_full_user,
        "includeFullSource": webhook.include_full_source,
    }
