"""Who is in control of a conversation, and which events an integration gets because of it.

A conversation holds the ids of the switchboard integrations that are active and pending. They count
while the switchboard is enabled and has them: a switchboard integration that was deleted is in
control of nothing, and the default takes over when the conversation has activity again.
"""

from collections.abc import Mapping

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import (
    Conversation,
    Integration,
    Switchboard,
    SwitchboardIntegration,
)


def enabled_switchboard(app: AppState) -> Switchboard | None:
    """Return the switchboard of an app, which has one at most, if it is enabled."""
    for switchboard in app.data.switchboards.values():
        if switchboard.enabled:
            return switchboard
    return None


def find_switchboard_integration(
    app: AppState, switchboard_integration_id: str
) -> SwitchboardIntegration | None:
    """Return a switchboard integration of an app, enabled or not, if there is one with this id."""
    for switchboard in app.data.switchboards.values():
        if switchboard_integration_id in switchboard.integrations:
            return switchboard.integrations[switchboard_integration_id]
    return None


def active_and_pending(
    app: AppState, conversation: Conversation
) -> tuple[SwitchboardIntegration | None, SwitchboardIntegration | None]:
    """Return who is in control of a conversation, and who has been offered control."""
    switchboard = enabled_switchboard(app)
    if switchboard is None:
        return None, None
    found = switchboard.integrations
    return found.get(conversation.active or ""), found.get(conversation.pending or "")


def default_responder(
    app: AppState, integration: Integration | None
) -> SwitchboardIntegration | None:
    """Return who gets the conversations of a channel: its own responder, or the default."""
    own = None if integration is None else integration.default_responder_id
    for switchboard in app.data.switchboards.values():
        found = switchboard.integrations
        return found.get(own or "") or found.get(switchboard.default_id or "")
    return None


def give_default_control(
    app: AppState, conversation: Conversation, source: Mapping[str, object] | None
) -> None:
    """Give the default responder control of a conversation that no integration controls.

    Mutations call this when a conversation begins, and when a user writes, taps a postback or is
    referred to it: that these are the "activity" of the documentation is unconfirmed. No event is
    fired: Zendesk's support says that a new default is assigned "without issuing a passControl
    webhook".

    Args:
        app: The app.
        conversation: The conversation.
        source: Where the activity came from; its integration may have a responder of its own.
    """
    if enabled_switchboard(app) is None or active_and_pending(app, conversation)[0] is not None:
        return
    integration_id = str((source or {}).get("integrationId", ""))
    responder = default_responder(app, app.data.integrations.get(integration_id))
    conversation.active = None if responder is None else responder.id


def receives_event(
    app: AppState, integration_id: str, conversation: Conversation | None, trigger: str
) -> bool:
    """Tell whether the webhooks of an integration get an event, as far as the switchboard decides.

    An integration gets all events while it is not linked to an enabled switchboard. One that is
    linked gets the events of a conversation when it is in control, or `deliverStandbyEvents` is
    set, and the offer of control.

    Args:
        app: The app.
        integration_id: The integration that a webhook belongs to.
        conversation: The conversation of the event, if there is one.
        trigger: The type of the event.
    """
    switchboard = enabled_switchboard(app)
    if switchboard is None or conversation is None:
        return True
    linked = [
        each for each in switchboard.integrations.values() if each.integration_id == integration_id
    ]
    return not linked or any(
        each.deliver_standby_events
        or each.id == conversation.active
        or (trigger == "switchboard:offerControl" and each.id == conversation.pending)
        for each in linked
    )
