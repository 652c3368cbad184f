"""A client for the sandbox, for tests.

    sandbox = Sandbox()
    async with client(sandbox) as sunco:
        await sunco.users.create(external_id="jane")

pytest has the fixtures `sandbox`, `sunco` and `sandbox_url` without an import: they are in
`pytest_sunco_async`, outside of this package, since pytest loads them in every run.
"""

from sunco_async._public import publish as _publish
from sunco_async.testing._client import ClientOptions as ClientOptions
from sunco_async.testing._client import client as client

_publish(__name__)
