"""The part of `Sandbox` in which end users, agents and channels act."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from sunco_async.sandbox._actors import acts
from sunco_async.sandbox._actors.channels import Channels
from sunco_async.sandbox._actors.origins import Place, find_place
from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._events.bus import EventBus
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.state import State

_MISSING = (404,)


class SandboxActors:
    """The part of `Sandbox` that lets people act. All of it happens in the first app."""

    _state: State
    _event_bus: EventBus

    def _set_up_actors(self) -> None:
        self._channels = Channels()
        self._state.listeners.append(self._channels.on_change)
        self._event_bus.add_follower(self._channels.report)

    def user_says(
        self,
        user: str,
        content: str | Mapping[str, object],
        *,
        conversation: str | None = None,
        channel: str | None = None,
        metadata: Mapping[str, str | int | float | bool] | None = None,
    ) -> dict[str, Any]:
        """Send a message as an end user, with the events that it fires.

        Args:
            user: The id or externalId of the user. An unknown externalId makes a user.
            content: A text, or the content of a message as the API takes it.
            conversation: The id of the conversation. By default the user's default conversation,
                or the newest personal one; a user without any starts one.
            channel: The channel, such as `"web"` or `"whatsapp"`. By default the one that the user
                used last in the conversation, or `"web"`.
            metadata: Custom properties of the message.

        Returns:
            The message, as the API shows it.

        Raises:
            KeyError: The user or the conversation does not exist, or the user is not in it.
            ValueError: The content is not valid, or the conversation is full.
        """
        with self._acting(user, conversation, channel) as place:
            return acts.say(
                place, _content(content), metadata=None if metadata is None else dict(metadata)
            )

    def user_taps(
        self,
        user: str,
        button: str,
        *,
        message_id: str | None = None,
        conversation: str | None = None,
        channel: str | None = None,
    ) -> dict[str, Any]:
        """Tap a button of a message of the business.

        A postback button fires `conversation:postback`, and a message where the app has
        `echoPostback`. A reply button sends a message. Other buttons fire nothing.

        Args:
            user: The id or externalId of the user.
            button: The text or the payload of the button. The newest message that has one counts.
            message_id: The message with the button.
            conversation: The id of the conversation, as for `user_says`.
            channel: The channel, as for `user_says`.

        Returns:
            The button, as its message has it.

        Raises:
            KeyError: The user or the conversation does not exist, or the user is not in it.
            ValueError: There is no such button.
        """
        with self._acting(user, conversation, channel) as place:
            return acts.tap(place, button, message_id)

    def user_fills_form(
        self,
        user: str,
        answers: Mapping[str, str],
        *,
        message_id: str | None = None,
        conversation: str | None = None,
        channel: str | None = None,
    ) -> dict[str, Any]:
        """Fill a form of the business, which is submitted from then on.

        Args:
            user: The id or externalId of the user.
            answers: The answers by the name of their field; a select field takes the name or the
                label of an option.
            message_id: The message with the form. By default the newest one that is not submitted.
            conversation: The id of the conversation, as for `user_says`.
            channel: The channel, as for `user_says`.

        Returns:
            The `formResponse` message, as the API shows it.

        Raises:
            KeyError: The user or the conversation does not exist, or the user is not in it.
            ValueError: There is no such form, or the answers do not fit it.
        """
        with self._acting(user, conversation, channel) as place:
            return acts.fill_form(place, answers, message_id)

    def user_reads(
        self, user: str, *, conversation: str | None = None, channel: str | None = None
    ) -> None:
        """Read the conversation.

        Args:
            user: The id or externalId of the user.
            conversation: The id of the conversation, as for `user_says`.
            channel: The channel, as for `user_says`.

        Raises:
            KeyError: The user or the conversation does not exist, or the user is not in it.
        """
        with self._acting(user, conversation, channel) as place:
            acts.act(place, "conversation:read")

    def user_types(
        self,
        user: str,
        step: Literal["start", "stop"] = "start",
        *,
        conversation: str | None = None,
        channel: str | None = None,
    ) -> None:
        """Start or stop typing.

        Args:
            user: The id or externalId of the user.
            step: `"start"` or `"stop"`.
            conversation: The id of the conversation, as for `user_says`.
            channel: The channel, as for `user_says`.

        Raises:
            KeyError: The user or the conversation does not exist, or the user is not in it.
            ValueError: There is no such step.
        """
        if step not in ("start", "stop"):
            raise ValueError(f"step must be 'start' or 'stop', not {step!r}")
        with self._acting(user, conversation, channel) as place:
            acts.act(place, "typing:start" if step == "start" else "typing:stop")

    def user_is_referred(
        self,
        user: str,
        code: str,
        *,
        details: Mapping[str, object] | None = None,
        conversation: str | None = None,
        channel: str | None = None,
    ) -> None:
        """Come to the conversation from a link or an advertisement.

        It fires `conversation:referral`; a user without a conversation gets one, whose
        `conversation:create` has the referral.

        Args:
            user: The id or externalId of the user.
            code: The identifier of the referral.
            details: Its `source`, `type` and `adId`, as the channel tells them.
            conversation: The id of the conversation, as for `user_says`.
            channel: The channel, as for `user_says`.

        Raises:
            KeyError: The user or the conversation does not exist, or the user is not in it.
        """
        referral: dict[str, object] = {"code": code}
        if details is not None:
            referral["details"] = dict(details)
        with self._acting(user, conversation, channel) as place:
            acts.follow_referral(place, referral)

    def agent_says(
        self, conversation: str, content: str | Mapping[str, object], *, name: str = "Agent"
    ) -> dict[str, Any]:
        """Send a message as an agent who writes in the Agent Workspace.

        Args:
            conversation: The id of the conversation.
            content: A text, or the content of a message as the API takes it.
            name: The display name of the agent.

        Returns:
            The message, as the API shows it.

        Raises:
            KeyError: The conversation does not exist.
            ValueError: The content is not valid, or the conversation is full.
        """
        with self._changing() as app:
            return acts.agent_say(app, app.conversation(conversation), _content(content), name)

    def fail_messages(
        self,
        channel: str | None = None,
        *,
        code: str = "uncategorized_error",
        message: str = "The sandbox is set to let it fail",
        share: float = 1.0,
        seed: int = 0,
    ) -> None:
        """Let messages of the business fail on a channel: `conversation:message:delivery:failure`.

        Args:
            channel: The channel, such as `"whatsapp"`; by default every one.
            code: The code of the error.
            message: The description of the error.
            share: The share of messages that fail, from 0 to 1.
            seed: The same seed chooses the same messages.

        Raises:
            ValueError: `share` is not from 0 to 1.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"share must be from 0 to 1, not {share}")
        with self._state.lock:
            self._channels.fail(channel, {"code": code, "message": message}, share, seed)

    def deliver_messages(self, channel: str | None = None) -> None:
        """Let messages of the business arrive again.

        Args:
            channel: The channel; by default every one.
        """
        with self._state.lock:
            self._channels.recover(channel)

    @contextmanager
    def _changing(self) -> Iterator[AppState]:
        with self._state.lock:
            try:
                yield self._state.app(next(iter(self._state.apps), ""))
            except ApiError as refusal:
                kind = KeyError if refusal.status in _MISSING else ValueError
                raise kind(refusal.title) from refusal
            finally:
                self._event_bus.commit()

    @contextmanager
    def _acting(self, user: str, conversation: str | None, channel: str | None) -> Iterator[Place]:
        with self._changing() as app:
            yield find_place(app, user, conversation_id=conversation, channel=channel)


def _content(content: str | Mapping[str, object]) -> Mapping[str, object]:
    return {"type": "text", "text": content} if isinstance(content, str) else content
