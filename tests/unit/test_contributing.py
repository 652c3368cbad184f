"""The example in CONTRIBUTING of a new operation is complete: it works as it is written."""

import inspect
import json
import re
from pathlib import Path

import pytest
from fakes import APP, BASE_URL, USER, client, error, server

from sunco_async import RequestTooLarge, RetryPolicy
from sunco_async.models import User, _users
from sunco_async.resources import users

ROOT = Path(__file__).parents[2]
TWICE = RetryPolicy(max_attempts=2, base=0, cap=0)


@pytest.fixture(scope="module")
def group():
    """The group with the operation, made of the three blocks of the section."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.split("## Adding operation 69\n")[1].split("\n## ")[0]
    struct, declaration, method = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    models = dict(vars(_users))
    exec(struct, models)  # noqa: S102 - the example is what is tested
    names = dict(vars(users)) | {"UserBlockBody": models["UserBlockBody"]}
    exec(declaration, names)  # noqa: S102 - the example is what is tested
    exec(method, names)  # noqa: S102 - the example is what is tested
    return names["Users"]


async def test_the_operation_is_sent_and_its_response_read(group):
    scripted = server(USER)
    async with client(scripted) as sunco:
        user = await group(sunco._pipeline).block("jane/1", reason="spam")
    assert scripted.last.method == "POST"
    assert str(scripted.last.url) == f"{BASE_URL}/v2/apps/{APP}/users/jane%2F1/block"
    assert json.loads(scripted.last.content) == {"reason": "spam"}
    assert isinstance(user, User)


async def test_the_operation_has_everything_that_follows_from_its_declaration(group):
    scripted = server(error(500), USER)
    async with client(scripted, retry=TWICE) as sunco:
        block = group(sunco._pipeline).block
        await block("jane", reason="spam", until="2030-01-01T00:00:00Z", extra_headers={"x": "y"})
        assert scripted.count == 2
        assert scripted.last.headers["x"] == "y"
        with pytest.raises(RequestTooLarge, match="reason is 129 characters"):
            await block("jane", reason="x" * 129)
        with pytest.raises(TypeError, match=r"users\.block.*did you mean 'reason'"):
            await block("jane", reasons="spam")
    assert scripted.count == 2


def test_the_operation_is_documented_as_the_others(group):
    documented = inspect.getdoc(group.block)
    for argument in inspect.signature(group.block).parameters:
        assert argument == "self" or f"{argument}: " in documented
    assert documented.splitlines()[2].startswith("`POST /v2/")
