"""What the sandbox responds to the client over HTTP is as the official OpenAPI file says."""

import pytest
from client_drive import KEYS, drive
from openapi_file import load_openapi, operations, success
from openapi_requests import ResponseValidator

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._http.router import Router
from sunco_async.sandbox._operations.catalog import CATALOG, OTHERS
from sunco_async.testing import client

pytestmark = pytest.mark.contract


async def test_every_response_to_the_client_is_valid():
    spec = load_openapi()
    validator = ResponseValidator(spec)
    found = {(each.method, each.path): each for each in operations(spec).values()}
    sandbox = Sandbox(keys=KEYS)
    async with sandbox.serve() as server, client(sandbox, base_url=server.url) as sunco:
        await drive(sunco, sandbox)
    router, checked = Router((*CATALOG.values(), *OTHERS)), set()
    for request in sandbox.requests:
        operation, _ = router.find(request.method, request.path.partition("?")[0])
        if operation.name not in CATALOG:
            continue
        status, said = success(found[operation.method, operation.path])
        assert request.status == status, operation.name
        schema = said["content"].get("application/json", {}).get("schema")
        if schema is not None:
            assert validator.errors(schema, request.response_json()) == [], operation.name
        checked.add(operation.name)
    assert checked == set(CATALOG)
