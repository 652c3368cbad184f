"""`sunco webhooks ensure` against a sandbox on a socket."""

import asyncio
import json

import pytest

from sunco_async.cli import main
from sunco_async.sandbox import Sandbox

TARGET = "https://bot.example/hook"


@pytest.fixture
async def run(monkeypatch, capsys):
    """Return a function that runs the command, and returns its code and what it has printed."""
    sandbox = Sandbox()
    integration = sandbox.add_integration("custom")
    async with sandbox.serve() as server:
        monkeypatch.setenv("SUNCO_BASE_URL", server.url)
        monkeypatch.setenv("SUNCO_APP_ID", sandbox.app_id)
        monkeypatch.setenv("SUNCO_KEY_ID", sandbox.key_id)
        monkeypatch.setenv("SUNCO_KEY_SECRET", sandbox.secret)

        async def run(*arguments, integration=integration):
            command = ["webhooks", "ensure", *arguments, "--integration", integration]
            code = await asyncio.to_thread(main, command)
            return (code, *capsys.readouterr())

        yield run


async def test_it_prints_the_secret(run):
    code, out, err = await run(TARGET, "--trigger", "user:update", "--trigger", "user:merge")
    assert code == 0
    assert out.startswith("export WEBHOOK_SECRET=")
    assert f"calls {TARGET} for user:update, user:merge" in err
    secret = out.strip().partition("=")[2]
    code, out, err = await run(TARGET, "--full-user", "--json")
    assert json.loads(out) | {"id": ""} == {
        "id": "",
        "target": TARGET,
        "triggers": ["conversation:message"],
        "secret": secret,
    }


@pytest.mark.parametrize(
    ("arguments", "options", "code", "text"),
    [
        (["bot.example"], {}, 2, "absolute http or https URL"),
        ([TARGET, "--trigger", "user:Merge"], {}, 2, "it is 'user:merge'"),
        ([TARGET], {"integration": "0" * 24}, 1, "404"),
    ],
    ids=["target", "trigger", "integration"],
)
async def test_errors_are_one_sentence(run, arguments, options, code, text):
    found, out, err = await run(*arguments, **options)
    assert (found, out) == (code, "")
    assert text in err
    assert "Traceback" not in err
