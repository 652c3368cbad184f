"""The table of scenarios is whole, and every test that it names exists."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COUNT = 34

# A letter marks a scenario that was added between two others.
_ROW = re.compile(r"^\| (\d+[a-z]?) \|(.*)\|(.*)\|$", re.MULTILINE)
_NAME = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def table():
    rows = _ROW.findall((HERE / "SCENARIOS.md").read_text())
    return {number: _NAME.findall(tests) for number, _, tests in rows}


def names_in(file):
    path = (HERE if "/" not in file else HERE.parent) / file
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_scenario_is_in_the_table_once():
    numbers = [number for number, _, _ in _ROW.findall((HERE / "SCENARIOS.md").read_text())]
    assert [number for number in numbers if number.isdigit()] == [
        str(number) for number in range(1, COUNT + 1)
    ]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("number", table())
def test_every_scenario_has_a_test(number):
    named = table()[number]
    assert named
    for file, test in named:
        assert test in names_in(file), f"{file} has no {test}"


def test_every_test_of_this_folder_belongs_to_a_scenario():
    named = {each for tests in table().values() for each in tests}
    mine = {
        (path.name, test)
        for path in HERE.glob("test_*.py")
        if path != Path(__file__)
        for test in names_in(path.name)
        if test.startswith("test_")
    }
    assert mine <= named, sorted(mine - named)
