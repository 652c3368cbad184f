"""Mutations of OAuth: a consent makes a code, a code a token. No event is documented for them."""

import secrets

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.integration_changes import add_integration
from sunco_async.sandbox._state.records import (
    AuthorizationCode,
    Credential,
    Integration,
    OAuthClient,
)
from sunco_async.sandbox._state.state import State

CODE_SECONDS = 600
"""How long a code is valid. The API documents none; RFC 6749 recommends at most ten minutes."""


def grant(state: State, app: AppState, client: OAuthClient) -> str:
    """Give a client access to an app, and return the code for it."""
    code = secrets.token_urlsafe(24)
    expires = state.now() + CODE_SECONDS * 1000
    state.codes = {name: each for name, each in state.codes.items() if each.expires > state.now()}
    state.codes[code] = AuthorizationCode(client.id, app.id, expires)
    return code


def exchange(state: State, client: OAuthClient, code: str) -> Credential:
    """Return a new token for a code, which works once, or raise a 400."""
    granted = state.codes.pop(code, None)
    app = None if granted is None else state.apps.get(granted.app_id)
    if (
        granted is None
        or app is None
        or granted.client_id != client.id
        or granted.expires <= state.now()
    ):
        raise bad_request("Invalid authorization code")
    integration = next(
        (
            each
            for each in app.data.integrations.values()
            if each.is_oauth and each.type == client.id
        ),
        None,
    )
    if integration is None:
        integration = Integration(state.new_id(), client.id, is_oauth=True)
        add_integration(app, integration)
    return state.add_token(secrets.token_urlsafe(32), app.id, integration_id=integration.id)
