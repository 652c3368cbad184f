"""The switchboard actions: passing, offering, accepting and releasing control of a conversation.

An action that fails fires the documented event, `switchboard:passControl:failure` and its like, and
is refused with a 400 that has the code of the event's error. That a failure is refused at all is
documented ("an error will be raised"), and its status is not.
"""

from typing import NoReturn

from msgspec import Struct

from sunco_async.sandbox._errors import ApiError, forbidden
from sunco_async.sandbox._fields import check_metadata
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.conversations import addressed_conversation
from sunco_async.sandbox._state.control import active_and_pending, enabled_switchboard
from sunco_async.sandbox._state.records import (
    Conversation,
    Metadata,
    Switchboard,
    SwitchboardIntegration,
)
from sunco_async.sandbox._state.switchboard_changes import (
    ControlAction,
    move_control,
    report_control_failure,
)


class ActionBody(Struct):
    """The body of AcceptControl and ReleaseControl."""

    metadata: Metadata | None = None


class TargetBody(Struct, rename="camel"):
    """The body of PassControl and OfferControl."""

    switchboard_integration: str
    metadata: Metadata | None = None


def pass_control(call: Call) -> object:
    """PassControl.

    Passing control to who has it already, with no offer open, changes nothing and fires no event.
    The documentation calls the operation idempotent; that this is what it means is unconfirmed.
    """
    conversation = addressed_conversation(call)
    body = call.read(TargetBody)
    metadata = check_metadata(body.metadata or {})
    target = _target(call, "passControl", conversation, body.switchboard_integration, metadata)
    active, pending = active_and_pending(call.app, conversation)
    if active is not target or pending is not None:
        move_control(call.app, "passControl", conversation, active=target.id, metadata=metadata)
    return {}


def offer_control(call: Call) -> object:
    """OfferControl; an offer takes the place of the one before it."""
    conversation = addressed_conversation(call)
    body = call.read(TargetBody)
    metadata = check_metadata(body.metadata or {})
    target = _target(call, "offerControl", conversation, body.switchboard_integration, metadata)
    active, _ = active_and_pending(call.app, conversation)
    if active is target:
        error = _invalid_target("Cannot offer control to the active switchboard integration.")
        _fail(call, "offerControl", conversation, error, metadata)
    move_control(
        call.app,
        "offerControl",
        conversation,
        active=None if active is None else active.id,
        pending=target.id,
        metadata=metadata,
    )
    return {}


def accept_control(call: Call) -> object:
    """AcceptControl; a caller of integration scope may accept what it was offered itself."""
    conversation = addressed_conversation(call)
    body = call.read(ActionBody)
    metadata = check_metadata(body.metadata or {})
    _, pending = active_and_pending(call.app, conversation)
    if pending is None:
        error = _invalid_action("There is no pendingSwitchboardIntegration")
        _fail(call, "acceptControl", conversation, error, metadata)
    _check_own(call, pending)
    move_control(call.app, "acceptControl", conversation, active=pending.id, metadata=metadata)
    return {}


def release_control(call: Call) -> object:
    """ReleaseControl; a caller of integration scope may release the control that it has itself."""
    conversation = addressed_conversation(call)
    body = call.read_optional(ActionBody)
    metadata = check_metadata(body.metadata or {})
    active, pending = active_and_pending(call.app, conversation)
    _check_own(call, active)
    if active is not None or pending is not None:
        move_control(call.app, "releaseControl", conversation, active=None, metadata=metadata)
    return {}


def _check_own(call: Call, controller: SwitchboardIntegration | None) -> None:
    """Raise a 403 for a caller of integration scope that `controller` does not stand for."""
    if call.caller.scope == "integration" and (
        controller is None or controller.integration_id != call.caller.integration_id
    ):
        raise forbidden()


def _target(
    call: Call, action: ControlAction, conversation: Conversation, name: str, metadata: Metadata
) -> SwitchboardIntegration:
    """Return the switchboard integration that an action names, or fail."""
    switchboard = enabled_switchboard(call.app)
    if switchboard is None:
        error = _invalid_action("The app has no enabled switchboard")
        _fail(call, action, conversation, error, metadata)
    found = _next(switchboard, conversation) if name == "next" else _named(switchboard, name)
    if len(found) != 1:
        message = "Switchboard invalid target"
        if found:
            message += f": {name} is the type of {len(found)} switchboard integrations"
        _fail(call, action, conversation, _invalid_target(message), metadata)
    return found[0]


def _next(switchboard: Switchboard, conversation: Conversation) -> list[SwitchboardIntegration]:
    """Return who follows the switchboard integration that is in control, if any."""
    active = switchboard.integrations.get(conversation.active or "")
    following = None if active is None else switchboard.integrations.get(active.next_id or "")
    return [] if following is None else [following]


def _named(switchboard: Switchboard, name: str) -> list[SwitchboardIntegration]:
    """Return who has this id, else this name, else this type: "in that order of precedence"."""
    every = switchboard.integrations.values()
    if name in switchboard.integrations:
        return [switchboard.integrations[name]]
    named = [each for each in every if each.name == name]
    return named or [each for each in every if each.integration_type == name]


def _fail(
    call: Call,
    action: ControlAction,
    conversation: Conversation,
    error: ApiError,
    metadata: Metadata,
) -> NoReturn:
    """Fire the event of a failure and raise its error."""
    report_control_failure(
        call.app,
        action,
        conversation,
        code=error.code,
        message=error.title,
        metadata=metadata,
    )
    raise error


def _invalid_action(message: str) -> ApiError:
    return ApiError(400, "switchboard_invalid_action", message)


def _invalid_target(message: str) -> ApiError:
    return ApiError(400, "switchboard_invalid_target", message)


HANDLERS: dict[str, Handler] = {
    "switchboard_actions.pass_control": pass_control,
    "switchboard_actions.release_control": release_control,
    "switchboard_actions.offer_control": offer_control,
    "switchboard_actions.accept_control": accept_control,
}
