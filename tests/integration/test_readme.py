"""Every Python example of the README and of docs/ runs, typed into one REPL session per document."""

import re
import sys
from pathlib import Path

import pytest
from example_code import settings_of, type_in

from sunco_async.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]


def examples_of(document):
    """Return the Python blocks of a document, each with the line it begins at."""
    text = document.read_text("utf-8")
    return [
        (text[: block.start()].count("\n") + 2, block[1])
        for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


@pytest.fixture
def typed(monkeypatch, tmp_path):
    """Type the examples of a document into a new session, in a new directory, at a new sandbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "displayhook", lambda value: None)  # it would print, and bind `_`

    async def typed(document):
        sandbox, namespace = Sandbox(), {"__name__": "__main__"}
        async with sandbox.serve() as server:
            with settings_of(sandbox, server):
                for line, example in examples_of(document):
                    source = f"{document.relative_to(ROOT)}:{line}"
                    await type_in(example, namespace, source=source)
        return sandbox, namespace

    return typed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
async def test_the_examples_run_one_after_the_other(document, typed):
    _, namespace = await typed(document)
    left_open = [
        name
        for name, value in namespace.items()
        if type(value).__name__ == "AsyncSunco" and not value._is_copy and not value._session.closed
    ]
    assert left_open == []


async def test_the_readme_does_what_it_says(typed, capsys):
    assert len(examples_of(README)) >= 8
    sandbox, _ = await typed(README)
    printed = capsys.readouterr().out
    assert "TextMessage" in printed
    assert sum(line.startswith("row ") for line in printed.splitlines()) == 10
    assert sandbox.statistics().operations["messages.post"] >= 13


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_are_valid(document):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_document_is_linked_from_the_readme():
    text = README.read_text("utf-8")
    assert [each.name for each in DOCUMENTS[1:] if f"(docs/{each.name})" not in text] == []


async def test_a_session_stops_where_a_terminal_would():
    await type_in("for _ in range(2):\n    pass\n", {}, source="x")
    for code in ("if True:\n    pass\nx = 1\n", "if True:\n    a = 1\n\n    b = 2\n", "x = (\n"):
        with pytest.raises((SyntaxError, AssertionError)):
            await type_in(code, {}, source="x")


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_the_commands_are_one_line_each(name):
    [command] = re.findall(
        rf"^<!-- command: {name} -->\n```sh\n(.*)\n```$", README.read_text("utf-8"), re.MULTILINE
    )
    assert command.startswith("python3 -m venv .venv && ")
