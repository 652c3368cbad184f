"""The commands of `examples/campaign/README.md` run one after the other, on fewer recipients."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from example_code import settings_of

from sunco_async.cli import main
from sunco_async.sandbox import Sandbox

FOLDER = Path(__file__).parents[2] / "examples" / "campaign"
RECIPIENTS = 25


def commands():
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (FOLDER / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


@pytest.fixture
def sandbox(monkeypatch, tmp_path):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    sandbox = Sandbox()
    with sandbox.serve_in_thread() as server, settings_of(sandbox, server):
        yield sandbox


def test_the_whole_file_passes_the_check(sandbox, capsys):
    for command in commands():
        if "--dry-run" in command:
            assert main([*command, "--json"]) == 0
            report = json.loads(capsys.readouterr().out)
            assert report["messages"] == report["recipients"] == 2000
            assert set(report["languages"]) == {"de", "en", "es", "fr", "ja", "pt"}
    assert sandbox.statistics().requests == 0


def test_every_command_succeeds(sandbox, tmp_path, capsys):
    file = tmp_path / "recipients.csv"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[: RECIPIENTS + 1]))
    found = commands()
    assert len(found) == 6
    for command in found:
        assert main(command) == 0, (command, capsys.readouterr())
    assert sandbox.statistics().messages == RECIPIENTS
    assert len((tmp_path / "sent.csv").read_bytes().splitlines()) == RECIPIENTS + 1
