"""The operations on the keys of an app."""

from msgspec import Struct

from sunco_async.sandbox._errors import not_found
from sunco_async.sandbox._fields import DisplayName
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._state.app_changes import create_key, remove_key
from sunco_async.sandbox._state.records import Credential


class AppKeyBody(Struct, rename="camel"):
    """The body of CreateAppKey."""

    display_name: DisplayName


def create(call: Call) -> object:
    """CreateAppKey."""
    body = call.read(AppKeyBody)
    key = create_key(call.state, call.app, scope="app", display_name=body.display_name)
    return {"key": key_view(key)}


def find(call: Call) -> object:
    """ListAppKeys."""
    return {"keys": [key_view(key) for key in call.state.keys_of(call.app.id, "app")]}


def get(call: Call) -> object:
    """GetAppKey."""
    return {"key": key_view(_addressed_key(call))}


def delete(call: Call) -> object:
    """DeleteAppKey."""
    remove_key(call.state, _addressed_key(call))
    return {}


def key_view(key: Credential) -> dict[str, object]:
    """Return a key with its secret, which the API shows whenever it is asked."""
    return {"id": key.id, "displayName": key.display_name or key.id, "secret": key.secret}


def _addressed_key(call: Call) -> Credential:
    key = call.state.keys.get(call.path["keyId"])
    if key is None or key.scope != "app" or key.app_id != call.app.id:
        raise not_found()
    return key


HANDLERS: dict[str, Handler] = {
    "app_keys.create": create,
    "app_keys.list": find,
    "app_keys.get": get,
    "app_keys.delete": delete,
}
