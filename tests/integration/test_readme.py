"""Every Python example of the README runs, one after the other, against the sandbox."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from sunco_async import AsyncSunco
from sunco_async.sandbox import Sandbox

README = Path(__file__).parents[2] / "README.md"
EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


async def run(code, namespace):
    compiled = compile(code, str(README), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, namespace)  # noqa: S307 - the README's own code
    if inspect.isawaitable(result):
        await result


async def test_the_examples_run(monkeypatch, capsys):
    assert len(EXAMPLES) >= 7
    sandbox = Sandbox()
    async with sandbox.serve(port=0) as server:
        for name, value in {
            "BASE_URL": server.url,
            "APP_ID": sandbox.app_id,
            "KEY_ID": sandbox.key_id,
            "KEY_SECRET": sandbox.secret,
        }.items():
            monkeypatch.setenv(f"SUNCO_{name}", value)
        namespace: dict = {}
        await run(EXAMPLES[0], namespace)
        async with AsyncSunco() as sunco:
            namespace["sunco"] = sunco
            for example in EXAMPLES[1:]:
                await run(example, namespace)
    printed = capsys.readouterr().out
    assert "TextMessage" in printed
    assert sum(line.startswith("row ") for line in printed.splitlines()) == 10


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_the_commands_are_one_line_each(name):
    [command] = re.findall(
        rf"^<!-- command: {name} -->\n```sh\n(.*)\n```$", README.read_text("utf-8"), re.MULTILINE
    )
    assert command.startswith("python3 -m venv .venv && ")
