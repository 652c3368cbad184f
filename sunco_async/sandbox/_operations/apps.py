"""The operations on apps."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType, field, to_builtins

from sunco_async.sandbox._errors import ApiError, bad_request
from sunco_async.sandbox._fields import (
    DisplayName,
    MetadataChange,
    changed_metadata,
    check_metadata,
)
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.paging import PageQuery, page_of
from sunco_async.sandbox._state.app_changes import create_app, update_app
from sunco_async.sandbox._state.records import Metadata
from sunco_async.sandbox._views import app_view

_METADATA_TITLE: Final = "App metadata is limited to 4096 bytes in size."


class SettingsBody(Struct, rename="camel", omit_defaults=True):
    """The settings of an app, whole or in part."""

    conversation_retention_seconds: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    mask_credit_card_numbers: bool | UnsetType = UNSET
    use_animal_names: bool | UnsetType = UNSET
    echo_postback: bool | UnsetType = UNSET
    ignore_auto_conversation_start: bool | UnsetType = UNSET
    multi_convo_enabled: bool | UnsetType = UNSET
    app_localization_enabled: bool | UnsetType = UNSET
    end_session_enabled: bool | UnsetType = UNSET
    disable_conversation_reopen: bool | UnsetType = UNSET


class AppCreateBody(Struct, rename="camel"):
    """The body of CreateApp."""

    display_name: DisplayName
    settings: SettingsBody = field(default_factory=SettingsBody)
    metadata: Metadata | None = None


class AppUpdateBody(Struct, rename="camel"):
    """The body of UpdateApp."""

    display_name: DisplayName | UnsetType = UNSET
    settings: SettingsBody = field(default_factory=SettingsBody)
    metadata: MetadataChange | UnsetType | None = UNSET


def create(call: Call) -> object:
    """CreateApp."""
    body = call.read(AppCreateBody)
    settings = _changed_settings({}, body.settings)
    metadata = check_metadata(body.metadata or {}, _METADATA_TITLE)
    app = create_app(
        call.state,
        display_name=body.display_name,
        settings=settings,
        metadata=metadata,
        creator=call.caller,
    )
    return {"app": app_view(app.data)}


def find(call: Call) -> object:
    """ListApps; a service account sees the apps that it was given."""
    caller = call.caller
    wanted = call.query.get("filter[serviceAccountId]")
    if wanted is not None and caller.granted is not None and wanted != caller.id:
        title = "The serviceAccountId provided does not match supplied credentials"
        raise ApiError(403, "forbidden", title)
    account = caller if wanted is None else call.state.keys.get(wanted)
    apps = sorted(
        (
            app
            for app in call.state.apps.values()
            if account is not None and account.reaches(app.id)
        ),
        key=lambda app: app.id,
    )
    page = page_of([app.id for app in apps], PageQuery.forwards(call.query), call.may_be_removed)
    return {
        "apps": [app_view(app.data) for app in apps[page.start : page.stop]],
        **page.envelope(call.url, call.query),
    }


def get(call: Call) -> object:
    """GetApp."""
    return {"app": app_view(call.app.data, with_subdomain=True)}


def update(call: Call) -> object:
    """UpdateApp."""
    data = call.app.data
    body = call.read(AppUpdateBody)
    metadata = data.metadata
    if body.metadata is not UNSET:
        metadata = changed_metadata(metadata, body.metadata, _METADATA_TITLE)
    settings = _changed_settings(data.settings, body.settings)
    update_app(
        call.app,
        display_name=data.display_name if body.display_name is UNSET else body.display_name,
        settings=settings,
        metadata=metadata,
    )
    return {"app": app_view(data)}


def delete(call: Call) -> object:
    """DeleteApp."""
    call.state.remove_app(call.app.id)
    return {}


def _changed_settings(
    current: dict[str, bool | int], change: SettingsBody
) -> dict[str, bool | int]:
    settings: dict[str, bool | int] = current | to_builtins(change)
    if current.get("multiConvoEnabled") and not settings["multiConvoEnabled"]:
        raise bad_request("multiConvoEnabled cannot be disabled")
    for name in ("endSessionEnabled", "disableConversationReopen"):
        if settings.get(name) and not settings.get("multiConvoEnabled"):
            raise bad_request(f"{name} requires multiConvoEnabled")
    return settings


HANDLERS: dict[str, Handler] = {
    "apps.create": create,
    "apps.list": find,
    "apps.get": get,
    "apps.update": update,
    "apps.delete": delete,
}
