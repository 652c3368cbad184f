"""The integration that a path names, which several groups have in their paths."""

import re

from sunco_async.sandbox._errors import bad_request, forbidden, integration_not_found
from sunco_async.sandbox._operations.call import Call
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import Integration

# "+", the country code, then digits with separators: "+1 212-555-2368".
_PHONE = re.compile(r"\+[1-9][0-9 ().-]*")


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


def channel_of(app: AppState, integration_id: str, type: str | None = None) -> Integration:
    """Return the integration that a body names, or raise a 404, or a 400 for one of another type.

    The statuses are not documented.
    """
    integration = app.data.integrations.get(integration_id)
    if integration is None:
        raise integration_not_found()
    if type is not None and integration.type != type:
        raise bad_request(f"Integration {integration_id} is not of type {type}")
    return integration


def normal_address(type: str, address: str) -> str:
    """Return an address on a channel in its one form, or raise a 400 for a wrong phone number."""
    if type == "mailgun":
        return address.lower()
    if type not in ("messagebird", "twilio", "whatsapp"):
        return address
    number = address.strip()
    digits = re.sub(r"[^0-9]", "", number)
    if not _PHONE.fullmatch(number) or not 7 <= len(digits) <= 15:
        raise bad_request("phoneNumber must contain the + prefix and the country code")
    return f"+{digits}"
