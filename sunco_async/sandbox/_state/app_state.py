"""One app: its records, the indexes over them, and look-ups."""

from collections.abc import Callable, Iterator

from sunco_async.sandbox._errors import bad_request, conversation_not_found, user_not_found
from sunco_async.sandbox._state.changes import Change
from sunco_async.sandbox._state.records import AppData, Client, Conversation, User

Recorder = Callable[["AppState", Change], None]


class AppState:
    """The records of one app with their indexes.

    Look-ups raise the API's 404. Mutations are functions in the modules beside this one.
    """

    __slots__ = (
        "_by_address",
        "_by_external_id",
        "_by_zendesk_id",
        "_recorder",
        "data",
        "message_count",
        "message_limit",
        "new_id",
        "now",
    )

    def __init__(
        self,
        data: AppData,
        *,
        now: Callable[[], int],
        new_id: Callable[[], str],
        message_limit: int,
        recorder: Recorder,
    ) -> None:
        self.data: AppData = data
        self.now: Callable[[], int] = now
        self.new_id: Callable[[], str] = new_id
        self.message_limit: int = message_limit
        self.message_count: int = 0
        self._recorder = recorder
        self._by_external_id: dict[str | None, dict[str, User]] = {}
        self._by_zendesk_id: dict[str, User] = {}
        self._by_address: dict[tuple[str, str], User] = {}
        for user in data.users.values():
            self.index_user(user)
        for conversation in data.conversations.values():
            self.message_count += len(conversation.messages)

    @property
    def id(self) -> str:
        """The id of the app."""
        return self.data.id

    @property
    def users(self) -> dict[str, User]:
        """The users by id, oldest first."""
        return self.data.users

    @property
    def conversations(self) -> dict[str, Conversation]:
        """The conversations by id, oldest first."""
        return self.data.conversations

    def record(self, change: Change) -> None:
        """Report a change that has just been made. Only mutations call this."""
        self._recorder(self, change)

    def user(self, id_or_external_id: str, brand_id: str | None = None) -> User:
        """Return the user with this id, else with this externalId, or raise a 404."""
        user = self.data.users.get(id_or_external_id)
        return user or self.user_by_external_id(id_or_external_id, brand_id)

    def user_by_id(self, user_id: str) -> User:
        """Return the user with this id, or raise a 404."""
        user = self.data.users.get(user_id)
        if user is None:
            raise user_not_found()
        return user

    def user_by_external_id(self, external_id: str, brand_id: str | None = None) -> User:
        """Return the user with this externalId within its brand, or raise a 404."""
        user = self.holder_of_external_id(external_id, brand_id)
        if user is None:
            raise user_not_found()
        return user

    def one_user(
        self, user_id: str | None, external_id: str | None, brand_id: str | None = None
    ) -> User:
        """Return the user named by exactly one of both ids, or raise a 400 or 404."""
        if user_id is not None and external_id is None:
            return self.user_by_id(user_id)
        if external_id is not None and user_id is None:
            return self.user_by_external_id(external_id, brand_id)
        raise bad_request("One of userId or userExternalId is required, but not both")

    def holder_of_external_id(self, external_id: str, brand_id: str | None) -> User | None:
        """Return who has this externalId within a brand, if anyone."""
        return self._by_external_id.get(brand_id, {}).get(external_id)

    def holder_of_address(self, integration_id: str, address: str) -> User | None:
        """Return who is reached at an address on an integration, if anyone."""
        return self._by_address.get((integration_id, address))

    def linked_user(self, zendesk_id: str) -> User | None:
        """Return the messaging user linked to a core Zendesk user, if any."""
        return self._by_zendesk_id.get(zendesk_id)

    def users_by_identity(self, email: str) -> list[User]:
        """Return the users with this e-mail identity, oldest first."""
        wanted = email.casefold()
        # Only users who are linked to a core Zendesk user, or were, have identities.
        return [
            user
            for user in self.data.users.values()
            if user.identities
            and any(
                identity.type == "email" and identity.value.casefold() == wanted
                for identity in user.identities
            )
        ]

    def conversation(self, conversation_id: str) -> Conversation:
        """Return a conversation, or raise a 404."""
        conversation = self.data.conversations.get(conversation_id)
        if conversation is None:
            raise conversation_not_found()
        return conversation

    def participants(self, conversation: Conversation) -> Iterator[User]:
        """Yield the users who take part in a conversation."""
        users = self.data.users
        return (users[participant.user_id] for participant in conversation.participants)

    def index_user(self, user: User) -> None:
        """Make a user known under its externalId, zendeskId and addresses.

        Only mutations call this.
        """
        if user.external_id is not None:
            self._by_external_id.setdefault(user.brand_id, {})[user.external_id] = user
        if user.zendesk_id is not None:
            self._by_zendesk_id[user.zendesk_id] = user
        for client in user.clients:
            if (address := _address(client)) is not None:
                self._by_address[address] = user

    def unindex_user(self, user: User) -> None:
        """Forget a user's externalId, zendeskId and addresses. Only mutations call this."""
        if user.external_id is not None:
            self._by_external_id.get(user.brand_id, {}).pop(user.external_id, None)
        if user.zendesk_id is not None:
            self._by_zendesk_id.pop(user.zendesk_id, None)
        for client in user.clients:
            self.unindex_client(client)

    def unindex_client(self, client: Client) -> None:
        """Forget the address of a client. Only mutations call this."""
        if (address := _address(client)) is not None:
            self._by_address.pop(address, None)


def _address(client: Client) -> tuple[str, str] | None:
    """Return the integration and the address of a client, once it is linked."""
    if client.integration_id is None or client.external_id is None or client.link is not None:
        return None
    return client.integration_id, client.external_id
