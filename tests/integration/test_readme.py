"""Every Python example of the README runs, one after the other, against the sandbox."""

import re
from pathlib import Path

import pytest
from example_code import run, settings_of

from sunco_async import AsyncSunco
from sunco_async.sandbox import Sandbox

README = Path(__file__).parents[2] / "README.md"
EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


async def test_the_examples_run(capsys):
    assert len(EXAMPLES) >= 7
    sandbox, namespace = Sandbox(), {}
    async with sandbox.serve() as server:
        with settings_of(sandbox, server):
            await run(EXAMPLES[0], namespace, source=str(README))
            async with AsyncSunco() as sunco:
                namespace["sunco"] = sunco
                for example in EXAMPLES[1:]:
                    await run(example, namespace, source=str(README))
    printed = capsys.readouterr().out
    assert "TextMessage" in printed
    assert sum(line.startswith("row ") for line in printed.splitlines()) == 10


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_the_commands_are_one_line_each(name):
    [command] = re.findall(
        rf"^<!-- command: {name} -->\n```sh\n(.*)\n```$", README.read_text("utf-8"), re.MULTILINE
    )
    assert command.startswith("python3 -m venv .venv && ")
