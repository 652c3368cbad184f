"""The operations on the keys of custom integrations."""

from sunco_async.sandbox._errors import bad_request, not_found
from sunco_async.sandbox._operations.addressing import addressed_integration
from sunco_async.sandbox._operations.app_keys import AppKeyBody, key_view
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._state.app_changes import create_key, remove_key
from sunco_async.sandbox._state.records import Credential, Integration


def create(call: Call) -> object:
    """CreateCustomIntegrationKey."""
    integration = _custom(call)
    body = call.read(AppKeyBody)
    key = create_key(
        call.state,
        call.app,
        scope="integration",
        display_name=body.display_name,
        integration_id=integration.id,
    )
    return {"key": key_view(key)}


def find(call: Call) -> object:
    """ListCustomIntegrationKeys."""
    integration = _custom(call)
    return {
        "keys": [
            key_view(key)
            for key in call.state.keys_of(call.app.id, "integration")
            if key.integration_id == integration.id
        ]
    }


def get(call: Call) -> object:
    """GetCustomIntegrationKey."""
    return {"key": key_view(_addressed_key(call))}


def delete(call: Call) -> object:
    """DeleteCustomIntegrationKey."""
    remove_key(call.state, _addressed_key(call))
    return {}


def _custom(call: Call) -> Integration:
    integration = addressed_integration(call)
    if integration.type != "custom":
        raise bad_request("API keys are available only for custom integrations")
    return integration


def _addressed_key(call: Call) -> Credential:
    integration = _custom(call)
    key = call.state.keys.get(call.path["keyId"])
    if key is None or (key.app_id, key.integration_id) != (call.app.id, integration.id):
        raise not_found()
    return key


HANDLERS: dict[str, Handler] = {
    "custom_integration_keys.create": create,
    "custom_integration_keys.list": find,
    "custom_integration_keys.get": get,
    "custom_integration_keys.delete": delete,
}
