"""The routes that let end users, agents and channels act: `POST /actors/{method}`.

The body has the arguments of the method of `Sandbox` with the same name, in camelCase.
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct, structs

from sunco_async.sandbox._actors.methods import SandboxActors
from sunco_async.sandbox._admin.app import AdminApp, AdminCall
from sunco_async.sandbox._state.records import Metadata


class _Body(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    pass


class _UserBody(_Body, kw_only=True):
    user: str
    conversation: str | None = None
    channel: str | None = None


class UserSays(_UserBody, kw_only=True):
    """The arguments of `user_says`."""

    content: str | dict[str, object]
    metadata: Metadata | None = None


class UserTaps(_UserBody, kw_only=True):
    """The arguments of `user_taps`."""

    button: str
    message_id: str | None = None


class UserFillsForm(_UserBody, kw_only=True):
    """The arguments of `user_fills_form`."""

    answers: dict[str, str]
    message_id: str | None = None


class UserReads(_UserBody, kw_only=True):
    """The arguments of `user_reads`."""


class UserTypes(_UserBody, kw_only=True):
    """The arguments of `user_types`."""

    step: Literal["start", "stop"] = "start"


class UserIsReferred(_UserBody, kw_only=True):
    """The arguments of `user_is_referred`."""

    code: str
    details: dict[str, object] | None = None


class AgentSays(_Body, kw_only=True):
    """The arguments of `agent_says`."""

    conversation: str
    content: str | dict[str, object]
    name: str = "Agent"


class FailMessages(_Body, kw_only=True):
    """The arguments of `fail_messages`."""

    channel: str | None = None
    code: str = "uncategorized_error"
    message: str = "The sandbox is set to let it fail"
    share: float = 1.0
    seed: int = 0


class DeliverMessages(_Body, kw_only=True):
    """The arguments of `deliver_messages`."""

    channel: str | None = None


def add_actor_routes(admin: AdminApp, sandbox: SandboxActors) -> None:
    """Add the routes."""
    # Any: each method takes the fields of its struct.
    methods: dict[type[Struct], Callable[..., Any]] = {
        UserSays: sandbox.user_says,
        UserTaps: sandbox.user_taps,
        UserFillsForm: sandbox.user_fills_form,
        UserReads: sandbox.user_reads,
        UserTypes: sandbox.user_types,
        UserIsReferred: sandbox.user_is_referred,
        AgentSays: sandbox.agent_says,
        FailMessages: sandbox.fail_messages,
        DeliverMessages: sandbox.deliver_messages,
    }
    for body, method in methods.items():
        admin.add("POST", f"/actors/{method.__name__}", _handler(body, method))


def _handler(body: type[Struct], method: Callable[..., Any]) -> Callable[[AdminCall], object]:
    def handle(call: AdminCall) -> object:
        return {"result": method(**structs.asdict(call.read(body)))}

    return handle
