"""Mutations of switchboards, and of who is in control of a conversation."""

from typing import Literal

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import ControlMoved
from sunco_async.sandbox._state.records import (
    Conversation,
    Metadata,
    Switchboard,
    SwitchboardIntegration,
)

ControlAction = Literal["acceptControl", "offerControl", "passControl", "releaseControl"]


def add_switchboard(app: AppState) -> Switchboard:
    """Add a switchboard, disabled and without switchboard integrations."""
    switchboard = Switchboard(app.new_id())
    app.data.switchboards[switchboard.id] = switchboard
    return switchboard


def update_switchboard(switchboard: Switchboard, *, enabled: bool, default_id: str | None) -> None:
    """Give a switchboard other data."""
    switchboard.enabled = enabled
    switchboard.default_id = default_id


def remove_switchboard(app: AppState, switchboard: Switchboard) -> None:
    """Delete a switchboard with its switchboard integrations."""
    del app.data.switchboards[switchboard.id]


def save_switchboard_integration(switchboard: Switchboard, each: SwitchboardIntegration) -> None:
    """Add a switchboard integration, or replace the one with its id."""
    switchboard.integrations[each.id] = each


def remove_switchboard_integration(switchboard: Switchboard, each: SwitchboardIntegration) -> None:
    """Delete a switchboard integration; it is in control of nothing from now on."""
    del switchboard.integrations[each.id]


def move_control(
    app: AppState,
    action: ControlAction,
    conversation: Conversation,
    *,
    active: str | None,
    pending: str | None = None,
    metadata: Metadata | None = None,
) -> None:
    """Apply a switchboard action: say who is in control now, and who has been offered it."""
    conversation.active = active
    conversation.pending = pending
    app.record(ControlMoved(action, conversation, metadata))


def report_control_failure(
    app: AppState,
    action: ControlAction,
    conversation: Conversation,
    *,
    code: str,
    message: str,
    metadata: Metadata | None = None,
) -> None:
    """Report that a switchboard action failed, which changes nothing."""
    error: dict[str, object] = {"code": code, "message": message}
    app.record(ControlMoved(action, conversation, metadata, error))
