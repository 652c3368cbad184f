"""The project's own files agree: versions, pins, extras, dependency groups, and reasons for ignores."""

import ast
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import nox_sessions
import pytest
import yaml

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
GROUPS = PYPROJECT["dependency-groups"]
FOLDERS = ("sunco_async", "tests", "benchmarks", "examples", "tools")
PYTHON_FILES = [
    ROOT / "noxfile.py",
    ROOT / "pytest_sunco_async.py",
    *sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")),
]


def name_of(requirement):
    """Return a requirement's package name, normalised."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


# --- Python versions


def test_the_oldest_classifier_is_the_oldest_version_allowed():
    [oldest, *_] = nox_sessions.classified_versions()
    assert PROJECT["requires-python"] == f">={oldest}"


@pytest.mark.slow
def test_nox_runs_the_tests_on_the_versions_of_the_classifiers():
    versions = [each["python"] for each in nox_sessions.listed() if each["name"] == "tests-all"]
    assert versions == nox_sessions.classified_versions()


def test_the_type_checkers_and_the_linter_assume_the_oldest_version():
    [oldest, *_] = nox_sessions.classified_versions()
    assert PYPROJECT["tool"]["pyright"]["pythonVersion"] == oldest
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")


@pytest.mark.slow
def test_the_default_sessions_use_the_python_that_runs_nox():
    sessions = nox_sessions.listed(default=True)
    assert {each["name"] for each in sessions} == {"lint", "types", "tests"}
    assert not any(each["python"] for each in sessions)


@pytest.mark.slow
def test_contributing_lists_every_session():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    listed = re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted({each["name"] for each in nox_sessions.listed()})


# --- Pins


@pytest.mark.parametrize("tool", ["ruff", "mypy", "pyright"])
def test_linters_and_type_checkers_are_pinned(tool):
    [pin] = [
        each
        for group in GROUPS.values()
        for each in group
        if isinstance(each, str) and name_of(each) == tool
    ]
    assert re.fullmatch(rf"{tool}==\d+(\.\d+)+", pin)


def test_pre_commit_has_the_ruff_of_the_dependency_group():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    [rev] = [repo["rev"] for repo in config["repos"] if repo["repo"].endswith("ruff-pre-commit")]
    assert GROUPS["lint"] == [f"ruff=={rev.removeprefix('v')}"]


def test_nox_takes_all_versions_from_the_dependency_groups():
    tools = {name_of(each) for group in GROUPS.values() for each in group if isinstance(each, str)}
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    texts = [each for each in strings if isinstance(each, str)]
    assert not [
        text for text in texts if re.match(r"[\w-]+ *[=<>~!]=", text) and name_of(text) in tools
    ]


# --- Extras and groups


EXTRA_IN_TEXT = r"""(?:sunco-async|(?<=["' ])\.)\[([a-z][a-z,]*)\]"""


@cache
def imported_by_the_package():
    """Return the top-level modules that the package imports anywhere, in functions as well."""
    found = set()
    for path in (ROOT / "sunco_async").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("extra", [None, *EXTRAS])
@pytest.mark.slow
def test_the_package_imports_what_it_requires(extra):
    requirements = PROJECT["dependencies"] if extra is None else EXTRAS[extra]
    names = {name_of(each) for each in requirements} - {PROJECT["name"]}
    assert {name.replace("-", "_") for name in names} <= imported_by_the_package()
    assert requirements


def test_every_extra_that_is_named_exists():
    texts = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "pyproject.toml", *PYTHON_FILES]
    unknown = {
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in texts
        for found in re.finditer(EXTRA_IN_TEXT, path.read_text("utf-8"))
        if not set(found[1].split(",")) <= set(EXTRAS)
    }
    assert not unknown


def test_the_group_dev_includes_every_other_group():
    included = {each["include-group"] for each in GROUPS["dev"] if isinstance(each, dict)}
    assert included == set(GROUPS) - {"dev"}


def test_nox_uses_every_group():
    noxfile = (ROOT / "noxfile.py").read_text("utf-8")
    assert {group for group in GROUPS if f'"{group}")' not in noxfile} == {"dev"}


def test_the_project_page_has_the_usual_links():
    assert set(PROJECT["urls"]) == {"Homepage", "Documentation", "Changelog", "Issues"}
    assert all(url.startswith("https://") for url in PROJECT["urls"].values())


# --- Reasons beside ignores

IGNORE = re.compile(
    r"""\# \s* (?: (?:ruff:\s*)?noqa (?P<codes>: \s* [A-Z]+\d+ (?:\s*,\s* [A-Z]+\d+)* )?
               | (?:type|pyright): \s* ignore (?P<rules>\[[\w\s,-]+\])? )
        (?P<reason>.*)""",
    re.VERBOSE,
)


def ignores_without_reason(lines):
    """Yield the comments, by line, that switch a check off without a code or without a reason."""
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type == tokenize.COMMENT and (found := IGNORE.search(token.string)):
            named = found["codes"] or found["rules"]
            if not named or not re.match(r"\s*[-#].*[A-Za-z]{2}", found["reason"]):
                yield f"{token.start[0]}: {token.string}"


@pytest.mark.slow
def test_every_ignore_in_the_code_has_a_reason():
    found = []
    for path in PYTHON_FILES:
        text = path.read_text("utf-8")
        if IGNORE.search(text):  # reading all files token by token takes seconds
            unexplained = ignores_without_reason(text.splitlines(keepends=True))
            found += [f"{path.relative_to(ROOT)}:{each}" for each in unexplained]
    assert not found


@pytest.mark.parametrize(
    ("comment", "is_good"),
    [
        ("# noqa: S101 - for mypy", True),
        ("# noqa: S101, D100  # for mypy", True),
        ("# ruff: noqa: SLF001 - it is taken apart here", True),
        ("# type: ignore[arg-type] # the types are right", True),
        ("# a reason  # noqa: S101", False),
        ("# noqa", False),
        ("# noqa - for mypy", False),
        ("# ruff: noqa: SLF001", False),
        ("# type: ignore", False),
        ("# type: ignore[misc]", False),
        ("# pyright: ignore[misc] -", False),
        ("# pyright: ignore # for mypy", False),
    ],
)
def test_what_counts_as_a_reason(comment, is_good):
    assert bool([*ignores_without_reason([f"x = 1  {comment}\n"])]) is not is_good


def test_every_ignore_of_the_linter_has_a_reason():
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    lines = lines[lines.index("[tool.ruff.lint]") : lines.index("[tool.ruff.lint.isort]")]
    explained = [found[1] for line in lines if (found := re.fullmatch(r' +"(\w+)", *# .+', line))]
    lint = PYPROJECT["tool"]["ruff"]["lint"]
    assert explained == [*lint["ignore"], *chain(*lint["per-file-ignores"].values())]


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_type_checkers_ignore_nothing_everywhere(checker):
    options = PYPROJECT["tool"][checker]
    assert not [name for name in options if re.search("disable|ignore|overrides|^report", name)]


# --- Hypothesis

EXAMPLES = """
from hypothesis import given, strategies as st
import conftest

seen = []

@given(st.integers())
def example(number):
    seen.append(number)

example()
once = tuple(seen)
seen.clear()
example()
print("the same" if once == tuple(seen) else "others")
"""


@pytest.mark.parametrize(
    ("environment", "examples"),
    [({}, "the same"), ({"CI": "1"}, "the same"), ({"HYPOTHESIS_PROFILE": "search"}, "others")],
    ids=["ordinary", "ci", "search"],
)
@pytest.mark.slow
def test_hypothesis_repeats_its_examples_except_in_a_search(environment, examples, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES],
        env={"PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS / "support"))), **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == examples


# --- The quick layer

CASES = """
import pytest

@pytest.mark.parametrize("row", range(5))
def test_table(row): ...

@pytest.mark.slow
def test_slow(): ...

def test_plain(): ...
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "tests"),
    [((), ["plain", "slow", *["table"] * 5]), (("--quick",), ["plain", "table", "table"])],
    ids=["ordinary", "quick"],
)
def test_quick_runs_two_rows_of_each_table_and_nothing_slow(options, tests, tmp_path):
    (tmp_path / "test_it.py").write_text(CASES)
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    command = [
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-W",
        "ignore::pytest.PytestUnknownMarkWarning",
    ]
    done = subprocess.run(
        [sys.executable, *command, *options, "test_it.py"],
        env={"PYTHONPATH": str(TESTS / "support")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(re.findall(r"::test_(\w+)", done.stdout)) == tests
