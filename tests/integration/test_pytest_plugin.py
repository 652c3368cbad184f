"""The fixtures for pytest, in the test suite of a made-up project (`tests/downstream`)."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_sunco_async

pytestmark = pytest.mark.slow  # these start pytest

DOWNSTREAM = Path(__file__).parents[1] / "downstream"
MODES = sorted(path.stem for path in DOWNSTREAM.glob("*.ini"))
# What a developer may have set, none of which the fixtures may look at.
ELSEWHERE = {
    "SUNCO_SUBDOMAIN": "acme",
    "SUNCO_APP_ID": "other",
    "SUNCO_KEY_ID": "app_other",
    "SUNCO_KEY_SECRET": "not-a-secret",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "ALL_PROXY": "http://127.0.0.1:1",
}
PLUGINS = {
    "anyio": ["anyio"],
    "auto": ["pytest_asyncio.plugin"],
    "strict": ["pytest_asyncio.plugin", "anyio"],
}
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
HEAVY = ("sunco_async", "httpx", "msgspec", "authlib", "starlette", "uvicorn", "asyncio")


def run_pytest(folder, *options, **environment):
    """Run pytest in a folder; return its exit code and its output."""
    if "-c" not in options:  # else pytest looks for a configuration in the folders above
        (folder / "pytest.ini").write_text("[pytest]\n")
    paths = [str(Path(pytest_sunco_async.__file__).parent), os.environ.get("PYTHONPATH", "")]
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        # The entry point has the name of the module, so this loads the plugin once, also where the
        # package was installed before it had an entry point.
        [sys.executable, "-m", "pytest", "-p", "pytest_sunco_async", *options],
        env={"PYTHONPATH": os.pathsep.join(filter(None, paths)), **kept, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("mode", MODES)
def test_the_suite_of_a_project_passes_in_each_mode(mode, tmp_path):
    folder = shutil.copytree(DOWNSTREAM, tmp_path / "project")
    plugins = [part for name in PLUGINS[mode] for part in ("-p", name)]
    code, output = run_pytest(folder, *plugins, "-c", f"{mode}.ini", **ALONE, **ELSEWHERE)
    assert code == 0, output
    [passed] = re.findall(r"(\d+) passed in", output)
    assert int(passed) >= 7


def test_the_example_of_the_page_passes(tmp_path):
    page = (DOWNSTREAM.parents[1] / "docs" / "testing.md").read_text("utf-8")
    example, backend, overrides = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[:3]
    (tmp_path / "test_it.py").write_text(f"{example}\n{backend}\n{overrides}")
    options = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    code, output = run_pytest(tmp_path, "-p", "pytest_asyncio.plugin", *options, **ALONE)
    assert code == 0, output
    assert "1 passed" in output


def test_every_test_of_the_project_belongs_to_a_mode():
    listed = " ".join((DOWNSTREAM / f"{mode}.ini").read_text("utf-8") for mode in MODES)
    assert set(MODES) == set(PLUGINS)
    assert {path.name for path in DOWNSTREAM.glob("test_*.py")} <= set(listed.split())


def test_the_plugin_imports_nothing_when_no_fixture_is_used(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_collection_finish():\n"
        f"    found = sorted(set({HEAVY!r}) & set(sys.modules))\n"
        "    assert not found, found\n"
    )
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    code, output = run_pytest(tmp_path, **ALONE)
    assert code == 0, output


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_a_missing_extra_is_named(missing, tmp_path):
    (tmp_path / "conftest.py").write_text(f"import sys\nsys.modules[{missing!r}] = None\n")
    (tmp_path / "test_it.py").write_text(
        "def test_1(sandbox): pass\ndef test_2(sunco): pass\ndef test_3(sandbox_url): pass\n"
    )
    code, output = run_pytest(tmp_path, "-q", **ALONE)
    assert code == 1
    assert output.count('pip install "sunco-async[sandbox]"') >= 3
    assert "3 errors" in output
    assert "Traceback" not in output
    assert "def sandbox" not in output  # no source of ours is shown


def test_pytest_lists_the_fixtures_with_what_they_are(tmp_path):
    code, output = run_pytest(tmp_path, "--fixtures", "-q", **ALONE)
    assert code in (0, 5)
    for name in ("sandbox", "sunco", "sandbox_url"):
        assert re.search(
            rf"^{name} -- .*pytest_sunco_async\.py:\d+\n    [A-Z]", output, re.MULTILINE
        )
