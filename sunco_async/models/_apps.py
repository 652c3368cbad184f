"""Apps, their settings and their keys."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from sunco_async.models._base import JsonObject, Model, OrDict, Secret, limited
from sunco_async.models._envelope import Links, Meta


class AppSettings(Model, frozen=True, kw_only=True):
    """What an app can be set to do; `conversation_retention_seconds` counts inactivity.

    `multi_convo_enabled` cannot be taken back.
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
    """An app: the users, conversations and integrations that belong together."""

    id: str = ""
    display_name: Annotated[str, limited(1, 100)] | None = None
    settings: AppSettings | None = None
    metadata: JsonObject | None = None


class AppResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one app."""

    app: App | None = None


class AppListResponse(Model, frozen=True, kw_only=True):
    """A page of apps."""

    apps: list[App]
    meta: Meta | None = None
    links: Links | None = None


class AppSubdomain(App, frozen=True, kw_only=True):
    """An app together with the Zendesk subdomain it lives on."""

    subdomain: str | None = None


class AppResponseWithSubdomain(Model, frozen=True, kw_only=True):
    """The answer that holds one app and its subdomain."""

    app: AppSubdomain | None = None


class AppCreateBody(Model, frozen=True, kw_only=True):
    """The body that creates an app."""

    display_name: Annotated[str, limited(1, 100)]
    settings: OrDict[AppSettings] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class AppUpdateBody(Model, frozen=True, kw_only=True):
    """The body that changes an app."""

    display_name: Annotated[str, limited(1, 100)] | UnsetType = UNSET
    settings: OrDict[AppSettings] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class AppKey(Model, frozen=True, kw_only=True):
    """A key of an app: `id` and `secret` authenticate calls."""

    id: str = ""
    display_name: str | None = None
    secret: Secret | None = None


class AppKeyResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one key of an app."""

    key: AppKey | None = None


class AppKeyListResponse(Model, frozen=True, kw_only=True):
    """All keys of an app, at most ten."""

    keys: list[AppKey]


class AppKeyCreateBody(Model, frozen=True, kw_only=True):
    """The body that creates a key of an app."""

    display_name: Annotated[str, limited(1, 100)]
