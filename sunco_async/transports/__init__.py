"""How requests get to the network. Everything in here is private.

Our own connections are the default (`_direct`); a client or a transport that the user passes in is
the other way. `_wire` has the plain values that travel, `_adapter` and `_detour` connect them with
httpx's objects, and `_httpx_inside` holds what is known of httpx's inside.
"""

from sunco_async.transports._direct import ADMITTED, DirectTransport
from sunco_async.transports._outcome import is_permanent, outcome_of
from sunco_async.transports._prepared import HeaderBlock, PreparedRequest, Target
from sunco_async.transports._progress import cancel_delay, follow
from sunco_async.transports._proxy import parse_proxy
from sunco_async.transports._shortcut_client import ShortcutClient
from sunco_async.transports._tls import certificate_advice
from sunco_async.transports._wire import BodyTooLong, Timeouts

__all__ = [
    "ADMITTED",
    "BodyTooLong",
    "DirectTransport",
    "HeaderBlock",
    "PreparedRequest",
    "ShortcutClient",
    "Target",
    "Timeouts",
    "cancel_delay",
    "certificate_advice",
    "follow",
    "is_permanent",
    "outcome_of",
    "parse_proxy",
]
