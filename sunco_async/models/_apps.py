"""Apps, their settings and their API keys."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._field_types import JsonObject, OrDict, Secret, limited

__all__ = [
    "App",
    "AppCreateBody",
    "AppKey",
    "AppKeyCreateBody",
    "AppKeyListResponse",
    "AppKeyResponse",
    "AppListResponse",
    "AppResponse",
    "AppResponseWithSubdomain",
    "AppSettings",
    "AppSubdomain",
    "AppUpdateBody",
]


class AppSettings(Model, frozen=True, kw_only=True):
    """The settings of an app.

    Attributes:
        conversation_retention_seconds: The time of inactivity in seconds after which the messages
            of a conversation are deleted, 0 or more.
        mask_credit_card_numbers: Whether credit card numbers in messages are masked.
        use_animal_names: Whether users without a name get the name of an animal.
        echo_postback: Whether pressing a postback button adds a message to the conversation.
        ignore_auto_conversation_start: Whether events that are not messages do not start a
            conversation. Such a start counts as a monthly active user.
        multi_convo_enabled: Whether a user can have several conversations. It cannot be switched
            off again.
        app_localization_enabled: Whether messages that the platform writes are translated.
        end_session_enabled: Whether users can end a session in the SDK. It needs
            `multi_convo_enabled`.
        disable_conversation_reopen: Whether users cannot reopen an ended conversation. It needs
            `multi_convo_enabled`.
    """

    conversation_retention_seconds: Annotated[int, limited(0)] | None = None
    mask_credit_card_numbers: bool | None = None
    use_animal_names: bool | None = None
    echo_postback: bool | None = None
    ignore_auto_conversation_start: bool | None = None
    multi_convo_enabled: bool | None = None
    app_localization_enabled: bool | None = None
    end_session_enabled: bool | None = None
    disable_conversation_reopen: bool | None = None


class App(Model, frozen=True, kw_only=True):
    """An app: users, conversations and integrations that belong together.

    Attributes:
        id: The unique id of the app.
        display_name: The name of the app, 1 to 100 characters.
        settings: The settings of the app.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    id: str = ""
    display_name: Annotated[str, limited(1, 100)] | None = None
    settings: AppSettings | None = None
    metadata: JsonObject | None = None


class AppResponse(Model, frozen=True, kw_only=True):
    """The response with one app.

    Attributes:
        app: The app.
    """

    app: App | None = None


class AppListResponse(Model, frozen=True, kw_only=True):
    """The response with a page of apps.

    Attributes:
        apps: The apps of the page.
        meta: The paging state.
        links: The URLs of the neighbouring pages.
    """

    apps: list[App]
    meta: Meta | None = None
    links: Links | None = None


class AppSubdomain(App, frozen=True, kw_only=True):
    """An app with its Zendesk subdomain.

    Attributes:
        subdomain: The subdomain of the Zendesk account that the app belongs to.
    """

    subdomain: str | None = None


class AppResponseWithSubdomain(Model, frozen=True, kw_only=True):
    """The response with one app and its Zendesk subdomain.

    Attributes:
        app: The app.
    """

    app: AppSubdomain | None = None


class AppCreateBody(Model, frozen=True, kw_only=True):
    """The body of the request that creates an app.

    Attributes:
        display_name: The name of the app, 1 to 100 characters.
        settings: The settings of the app.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    display_name: Annotated[str, limited(1, 100)]
    settings: OrDict[AppSettings] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class AppUpdateBody(Model, frozen=True, kw_only=True):
    """The body of the request that updates an app.

    Attributes:
        display_name: The new name of the app, 1 to 100 characters.
        settings: The settings to change.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    display_name: Annotated[str, limited(1, 100)] | UnsetType = UNSET
    settings: OrDict[AppSettings] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class AppKey(Model, frozen=True, kw_only=True):
    """An API key of an app.

    Attributes:
        id: The id of the key, `app_…`: the user name of Basic authentication, or the `kid` of a
            JWT.
        display_name: The name of the key.
        secret: The secret of the key. It is hidden in `repr`.
    """

    id: str = ""
    display_name: str | None = None
    secret: Secret | None = None


class AppKeyResponse(Model, frozen=True, kw_only=True):
    """The response with one API key of an app.

    Attributes:
        key: The key.
    """

    key: AppKey | None = None


class AppKeyListResponse(Model, frozen=True, kw_only=True):
    """The response with all API keys of an app.

    Attributes:
        keys: The keys, at most 10.
    """

    keys: list[AppKey]


class AppKeyCreateBody(Model, frozen=True, kw_only=True):
    """The body of the request that creates an API key of an app.

    Attributes:
        display_name: The name of the key, 1 to 100 characters.
    """

    display_name: Annotated[str, limited(1, 100)]
