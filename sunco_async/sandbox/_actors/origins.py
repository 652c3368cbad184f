"""Who acts, in which conversation, and through which client."""

from dataclasses import dataclass

from sunco_async.sandbox._errors import ApiError, conversation_not_found
from sunco_async.sandbox._ids import is_record_id
from sunco_async.sandbox._state.acts import channel_client
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Json
from sunco_async.sandbox._state.conversation_changes import add_conversation, subscribe
from sunco_async.sandbox._state.records import Client, Conversation, Device, User
from sunco_async.sandbox._state.user_changes import add_user, log_in
from sunco_async.sandbox._timestamps import format_time
from sunco_async.sandbox._views import client_view, device_view

SDK_CHANNELS = frozenset({"android", "ios", "unity", "web"})
"""The channels whose clients are of type `sdk`; all others are third-party channels."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A user who acts in a conversation, through a client of a channel."""

    app: AppState
    user: User
    conversation: Conversation
    channel: str
    client: Client

    def source(self) -> Json:
        """Return the source of an act, as a message keeps it."""
        source: Json = {"type": self.channel}
        integration_id = self.client.integration_id or _integration_of(self.app, self.channel)
        if integration_id is not None:
            source["integrationId"] = integration_id
        if self.channel not in SDK_CHANNELS:
            source["originalMessageId"] = self.app.new_id()
            source["originalMessageTimestamp"] = format_time(self.app.now())
        return source

    def full_source(self) -> Json:
        """Return the source with its client and device, as an event has it."""
        source = self.source() | {"client": client_view(self.client)}
        device = self.device()
        return source if device is None else source | {"device": device_view(device)}

    def device(self) -> Device | None:
        """Return the user's newest device of this channel, if there is one."""
        fitting = (each for each in reversed(self.user.devices) if each.type == self.channel)
        return next(fitting, None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a user is about to act; a user without a record, or a conversation, is still made.

    Finding it changes nothing, so that an act that is refused has changed nothing.
    """

    app: AppState
    user: User | None
    external_id: str
    conversation: Conversation | None
    channel: str

    def present_conversation(self) -> Conversation:
        """Return the conversation, or raise a 404 where there is none yet."""
        if self.conversation is None:
            raise conversation_not_found()
        return self.conversation

    def enter(self, reason: str = "message", referral: Json | None = None) -> Origin:
        """Make what is missing: the user, the client, and the conversation.

        Args:
            reason: Why the conversation is created.
            referral: The referral of a conversation that is created.
        """
        app, channel, conversation = self.app, self.channel, self.conversation
        user = self.user
        if user is None:
            user = User(app.new_id(), app.now(), external_id=self.external_id)
            add_user(app, user)
        client = (
            log_in(app, user)
            if channel in SDK_CHANNELS
            else channel_client(app, user, channel, _integration_of(app, channel))
        )
        if conversation is None:
            now = app.now()
            conversation = Conversation(app.new_id(), "personal", now, now)
            origin = Origin(app, user, conversation, channel, client)
            add_conversation(
                app,
                conversation,
                [user],
                reason=reason,
                source=origin.full_source(),
                referral=referral,
            )
        participant = conversation.participant_of(user.id)
        if participant is not None:
            subscribe(participant, client.id)
        return Origin(app, user, conversation, channel, client)


def find_place(
    app: AppState, user_id: str, *, conversation_id: str | None, channel: str | None
) -> Place:
    """Find where a user acts.

    Args:
        app: The app.
        user_id: The id or the externalId of the user. An unknown externalId is that of a new user,
            as the first message on a channel makes one.
        conversation_id: The conversation; by default the user's default or newest personal one.
        channel: The channel; by default that of the client that was active last, else `web`.

    Raises:
        ApiError: The user or the conversation does not exist, or the user is not in it.
    """
    user = _user(app, user_id)
    conversation = None
    if conversation_id is not None:
        conversation = app.conversation(conversation_id)
        if user is None or conversation.participant_of(user.id) is None:
            raise ApiError(404, "not_found", "User is not a member of the conversation")
    elif user is not None:
        conversation = _own_conversation(app, user)
    if channel is None:
        channel = "web" if user is None else _last_channel(user, conversation)
    return Place(app, user, user_id, conversation, channel)


def _user(app: AppState, user_id: str) -> User | None:
    try:
        return app.user(user_id)
    except ApiError:
        if not user_id or is_record_id(user_id):  # an id that names nobody, and no externalId
            raise
        return None


def _own_conversation(app: AppState, user: User) -> Conversation | None:
    if user.default_conversation is not None:
        return app.conversations[user.default_conversation]
    owned = (app.conversations[each] for each in reversed(user.conversations))
    return next((each for each in owned if each.type == "personal"), None)


def _last_channel(user: User, conversation: Conversation | None) -> str:
    participant = None if conversation is None else conversation.participant_of(user.id)
    for client_id in () if participant is None else participant.clients:
        client = user.client(client_id)
        if client is not None and client.link is None:
            return "web" if client.type == "sdk" else client.type
    return "web"


def _integration_of(app: AppState, channel: str) -> str | None:
    """Return the app's newest integration of a channel, if there is one."""
    fitting = (each.id for each in app.data.integrations.values() if each.type == channel)
    return max(fitting, default=None)
