"""A client for the sandbox, and events of webhooks, for tests.

    sandbox = Sandbox()
    async with client(sandbox) as sunco:
        await sunco.users.create(external_id="jane")

pytest has the fixtures `sandbox`, `sunco` and `sandbox_url` without an import: they are in
`pytest_sunco_async`, outside of this package, since pytest loads them in every run.
"""

from sunco_async._public import publish as _publish
from sunco_async.testing._client import ClientOptions as ClientOptions
from sunco_async.testing._client import client as client
from sunco_async.testing._conversation_events import *
from sunco_async.testing._event_parts import EventOptions as EventOptions
from sunco_async.testing._event_parts import to_bytes as to_bytes
from sunco_async.testing._message_events import *
from sunco_async.testing._switchboard_events import *
from sunco_async.testing._user_events import *

_publish(__name__)
