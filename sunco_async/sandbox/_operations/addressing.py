"""The integration that a path names, which several groups have in their paths."""

from sunco_async.sandbox._errors import forbidden, integration_not_found
from sunco_async.sandbox._operations.call import Call
from sunco_async.sandbox._state.records import Integration


def addressed_integration(call: Call) -> Integration:
    """Return the integration that the path names, or raise a 403 or a 404.

    For a caller of `integration` scope `me` is its own integration, and any other is forbidden: it
    "cannot see or modify webhooks that were created by other integrations".
    """
    wanted = call.path["integrationId"]
    caller = call.caller
    if caller.scope == "integration":
        if wanted not in ("me", caller.integration_id):
            raise forbidden()
        wanted = caller.integration_id or ""
    integration = call.app.data.integrations.get(wanted)
    if integration is None:
        raise integration_not_found()
    return integration
