"""Every operation of the client against a served sandbox, each with a result that it understands.

Client and sandbox share no code, so a mistake in one of them shows here against the other.
"""

import importlib
import pkgutil

from client_drive import KEYS, drive, unknown_parts

from sunco_async import resources
from sunco_async._base.operation import Operation
from sunco_async.models import Message
from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._operations.catalog import CATALOG, OTHERS
from sunco_async.testing import client


def declared():
    """Return the names of all operations that the client declares."""
    modules = [
        importlib.import_module(f"{resources.__name__}.{module.name}")
        for module in pkgutil.iter_modules(resources.__path__)
    ]
    values = [value for module in modules for value in vars(module).values()]
    return {value.name for value in values if isinstance(value, Operation)}


async def test_every_operation_works_over_http_and_none_is_left_over():
    sandbox = Sandbox(keys=KEYS)
    async with sandbox.serve() as server, client(sandbox, base_url=server.url) as sunco:
        await drive(sunco, sandbox)
    called = {name for name, count in sandbox.statistics().operations.items() if count}
    assert {request.status for request in sandbox.requests} <= {200, 201, 302}
    assert len(CATALOG) == 68
    assert set(CATALOG) - called == set(), "the client was not made to call these"
    assert set(CATALOG) - declared() == set(), "the client does not have these"
    others = {each.name for each in OTHERS}
    assert declared() - set(CATALOG) - others == set(), "the sandbox does not have these"
    assert declared() - called == set(), "the sandbox was not called for these"


def test_an_unknown_part_is_found():
    message = Message.from_dict({"id": "m", "content": {"type": "new", "text": "x"}})
    [found] = unknown_parts([message])
    assert found.startswith("result[0].content")
