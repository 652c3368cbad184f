"""The records: compact, without reference cycles, and written to a file as they are.

They are msgspec structs without garbage collection: hundreds of thousands of them cost neither time
nor memory for the collector. An empty list or dict is None, and short lists are tuples. A field
that is added here, with a default, is saved and loaded without further work. Times are
milliseconds since 1970.
"""

from msgspec import Struct, field

from sunco_async.sandbox._state.message_log import MessageLog

Metadata = dict[str, str | int | float | bool]


class Credential(Struct, omit_defaults=True, eq=False):
    """A key or an OAuth token: who calls, and what it may reach.

    Attributes:
        id: The id of the key, or a name for the token. Requests are counted under it.
        secret: The secret of the key, or the token itself.
        scope: `account`, `app` or `integration`.
        app_id: The app of an app or integration credential; None reaches every app.
        integration_id: What `me` means in a path, for an integration credential.
        display_name: The name that it was created with.
        granted: The apps that a service account reaches; None is no limit.
    """

    id: str
    secret: str
    scope: str
    app_id: str | None = None
    integration_id: str | None = None
    display_name: str | None = None
    granted: list[str] | None = None

    def __repr__(self) -> str:
        return f"<Credential {self.id} scope={self.scope!r}>"

    def reaches(self, app_id: str) -> bool:
        """Tell whether this credential may reach an app."""
        if self.app_id is not None:
            return self.app_id == app_id
        return self.granted is None or app_id in self.granted


class OAuthClient(Struct):
    """An integration that asks for access with OAuth."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<OAuthClient {self.id}>"


class AuthorizationCode(Struct, frozen=True):
    """What a user has allowed, until the integration exchanges the code for a token."""

    client_id: str
    app_id: str
    expires: int


class Identity(Struct, gc=False, frozen=True):
    """An identity that a core Zendesk user has given to a messaging user."""

    type: str
    value: str
    verification: str


class LinkRequest(Struct, omit_defaults=True, gc=False, frozen=True):
    """What a pending client waits for, and the conversation that it will be attached to."""

    conversation_id: str
    address: str
    confirmation: str
    primary: bool = True


class Client(Struct, omit_defaults=True, gc=False):
    """A channel through which a user is reached, in the API's status.

    `external_id` is the user's address on the channel. `link` is there while the client is pending.
    """

    id: str
    type: str
    status: str = "active"
    integration_id: str | None = None
    external_id: str | None = None
    last_seen: int | None = None
    linked_at: int | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    info: dict[str, object] | None = None
    raw: dict[str, object] | None = None
    link: LinkRequest | None = None


class Device(Struct, omit_defaults=True, gc=False):
    """A browser or a phone on which a user has the SDK; it belongs to the user's SDK client."""

    id: str
    type: str
    guid: str
    client_id: str
    integration_id: str
    last_seen: int
    status: str = "active"
    push_notification_token: str | None = None
    info: dict[str, object] | None = None
    app_version: str | None = None


class User(Struct, omit_defaults=True, gc=False):
    """A user; `conversations` are the ids of those it takes part in, oldest first."""

    id: str
    signed_up_at: int
    external_id: str | None = None
    brand_id: str | None = None
    zendesk_id: str | None = None
    to_be_retained: bool | None = None
    default_conversation: str | None = None
    profile: dict[str, str] | None = None
    metadata: Metadata | None = None
    identities: tuple[Identity, ...] = ()
    conversations: tuple[str, ...] = ()
    clients: tuple[Client, ...] = ()
    devices: tuple[Device, ...] = ()

    def sdk_client(self) -> Client | None:
        """Return the client of the user's SDK, if there is one."""
        return next((client for client in self.clients if client.type == "sdk"), None)

    def client(self, client_id: str) -> Client | None:
        """Return the client with this id, if there is one."""
        return next((client for client in self.clients if client.id == client_id), None)


class Participant(Struct, omit_defaults=True, gc=False):
    """A user's part in a conversation; the most recently active of its clients comes first."""

    id: str
    user_id: str
    unread: int = 0
    last_read: int | None = None
    clients: tuple[str, ...] = ()


class Conversation(Struct, omit_defaults=True, gc=False):
    """A conversation; its participants are in the order of their ids.

    `notifications` are those since the user's last message, as JSON.

    `active` and `pending` are the switchboard integrations that are in control and offered control.
    """

    id: str
    type: str
    created_at: int
    last_updated_at: int
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    business_last_read: int | None = None
    is_default: bool = False
    metadata: Metadata | None = None
    active: str | None = None
    pending: str | None = None
    participants: tuple[Participant, ...] = ()
    notifications: tuple[bytes, ...] = ()
    messages: MessageLog = field(default_factory=MessageLog)

    def participant_of(self, user_id: str) -> Participant | None:
        """Return the part that a user has in this conversation, if any."""
        for participant in self.participants:
            if participant.user_id == user_id:
                return participant
        return None


class Attachment(Struct, omit_defaults=True):
    """An uploaded file; `for_message` says that it is deleted with its message."""

    id: str
    media_url: str
    media_type: str
    content: bytes
    conversation_id: str | None = None
    for_message: bool = False

    def __repr__(self) -> str:
        return f"<Attachment {self.id} {self.media_type} of {len(self.content)} bytes>"


class ChannelMessage(Struct, frozen=True):
    """A message as a channel got it.

    Attributes:
        kind: `message`, `confirmation` (of a link) or `notification`.
        id: The id of the message or the notification; None for a confirmation.
        type: The channel, such as `whatsapp`.
        integration_id: The integration.
        address: Where it went, such as a phone number.
        payload: The content; where there was an override for the channel, its payload.
        is_override: Whether the payload is that of an override.
    """

    kind: str
    id: str | None
    type: str
    integration_id: str | None
    address: str | None
    payload: dict[str, object]
    is_override: bool = False


class ZendeskUser(Struct, frozen=True, omit_defaults=True):
    """The core Zendesk record that a messaging user is linked to."""

    id: str
    email: str | None = None
    external_id: str | None = None
    given_name: str | None = None
    surname: str | None = None


class Webhook(Struct, omit_defaults=True):
    """A target for events; `secret` is what the `X-API-Key` header of each delivery holds."""

    id: str
    integration_id: str
    target: str
    triggers: list[str]
    secret: str
    version: str = "v2"
    include_full_user: bool = False
    include_full_source: bool = False

    def __repr__(self) -> str:
        return f"<Webhook {self.id} target={self.target!r}>"


class Integration(Struct, omit_defaults=True):
    """A channel, a custom integration, or one that was connected with OAuth.

    Attributes:
        id: The id of the integration.
        type: The channel, `custom`, or the client id of an OAuth integration.
        display_name: The name that it was created with.
        fields: What the API shows of it beside these, by JSON name. Secrets are not kept.
        default_responder_id: The switchboard integration that gets the channel's conversations, in
            the place of the switchboard's default.
        is_oauth: Whether it was connected with OAuth.
    """

    id: str
    type: str
    display_name: str | None = None
    fields: dict[str, object] = {}
    default_responder_id: str | None = None
    is_oauth: bool = False

    def __repr__(self) -> str:  # some fields that the API shows are tokens
        return f"<Integration {self.id} type={self.type!r}>"


class SwitchboardIntegration(Struct, omit_defaults=True):
    """An integration's place in a switchboard; `next_id` is whom it passes control to."""

    id: str
    name: str
    integration_id: str
    integration_type: str
    deliver_standby_events: bool = True
    next_id: str | None = None
    message_history_count: int | None = None


class Switchboard(Struct, omit_defaults=True):
    """A switchboard; `default_id` names the switchboard integration that gets new conversations."""

    id: str
    enabled: bool = False
    default_id: str | None = None
    integrations: dict[str, SwitchboardIntegration] = {}


class AppData(Struct, omit_defaults=True):
    """An app and all that belongs to it; every dict is keyed by id, oldest first."""

    id: str
    display_name: str = "Sandbox"
    subdomain: str | None = None
    settings: dict[str, bool | int] = {}
    metadata: Metadata = {}
    users: dict[str, User] = {}
    conversations: dict[str, Conversation] = {}
    zendesk_users: dict[str, ZendeskUser] = {}
    templates: dict[str, dict[str, object]] = {}
    integrations: dict[str, Integration] = {}
    webhooks: dict[str, Webhook] = {}
    switchboards: dict[str, Switchboard] = {}
    attachments: dict[str, Attachment] = {}
    message_refs: dict[str, dict[str, object]] = {}
