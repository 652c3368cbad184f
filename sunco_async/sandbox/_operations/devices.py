"""The operations on devices. Devices come from SDKs: see `Sandbox.add_device`."""

from sunco_async.sandbox._errors import device_not_found
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.users import addressed_user
from sunco_async.sandbox._views import device_view


def find(call: Call) -> object:
    """ListDevices.

    They are sorted by the time when they were last seen. The direction is not documented; here, the
    newest comes first.
    """
    devices = addressed_user(call).devices
    newest_first = sorted(devices, key=lambda device: (device.last_seen, device.id), reverse=True)
    return {"devices": [device_view(device) for device in newest_first]}


def get(call: Call) -> object:
    """GetDevice."""
    for device in addressed_user(call).devices:
        if device.id == call.path["deviceId"]:
            return {"device": device_view(device)}
    raise device_not_found()


HANDLERS: dict[str, Handler] = {"devices.list": find, "devices.get": get}
