"""What a caller may reach."""

from sunco_async.sandbox._errors import forbidden
from sunco_async.sandbox._operations.catalog import Operation
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import Credential
from sunco_async.sandbox._state.state import State


def check_scope(operation: Operation, caller: Credential) -> None:
    """Raise a 403 unless the scope of the caller covers the operation."""
    if operation.scopes is not None and caller.scope not in operation.scopes:
        raise forbidden()


def app_of(state: State, caller: Credential | None, app_id: str | None) -> AppState | None:
    """Return the app that a path names, or None where it names none.

    Raises:
        ApiError: A 404 for an unknown app. A 403 for an app that the caller may not reach; which
            status the API gives for that is not documented.
    """
    if app_id is None:
        return None
    app = state.app(app_id)
    if caller is not None and not caller.reaches(app_id):
        raise forbidden()
    return app
