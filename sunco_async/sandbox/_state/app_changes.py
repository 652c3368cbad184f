"""Mutations of apps and their keys. No webhook event is documented for them."""

import secrets

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import AppData, Credential, Metadata
from sunco_async.sandbox._state.state import MAX_KEYS, State

DEFAULT_SETTINGS: dict[str, bool | int] = {
    "appLocalizationEnabled": True,
    "echoPostback": False,
    "maskCreditCardNumbers": True,
    "multiConvoEnabled": False,
    "useAnimalNames": False,
}
"""The settings of a new app, as the examples of the documentation show them."""


def create_app(
    state: State,
    *,
    display_name: str,
    settings: dict[str, bool | int],
    metadata: Metadata,
    creator: Credential,
) -> AppState:
    """Add an app; a service account that creates it is given access to it."""
    data = AppData(
        state.new_id(),
        display_name,
        settings=DEFAULT_SETTINGS | settings,
        metadata=metadata,
    )
    if creator.granted is not None:
        creator.granted.append(data.id)
    return state.add_app(data)


def update_app(
    app: AppState, *, display_name: str, settings: dict[str, bool | int], metadata: Metadata
) -> None:
    """Give an app other data."""
    app.data.display_name = display_name
    app.data.settings = settings
    app.data.metadata = metadata


def create_key(
    state: State,
    app: AppState,
    *,
    scope: str,
    display_name: str | None,
    integration_id: str | None = None,
) -> Credential:
    """Add an app or integration key, or raise a 400 when there are ten already.

    The limit is documented, and the status of its refusal is not.
    """
    present = [key for key in state.keys_of(app.id, scope) if key.integration_id == integration_id]
    if len(present) >= MAX_KEYS:
        raise bad_request(f"A maximum of {MAX_KEYS} keys is allowed")
    prefix = "int_" if scope == "integration" else "app_"
    key = Credential(
        prefix + state.new_id(),
        secrets.token_urlsafe(48),
        scope,
        app.id,
        integration_id,
        display_name,
    )
    state.keys[key.id] = key
    return key


def remove_key(state: State, key: Credential) -> None:
    """Revoke a key; requests with it get a 401 from now on."""
    del state.keys[key.id]
