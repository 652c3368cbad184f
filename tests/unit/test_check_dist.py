"""The check of what is in the wheel and the sdist finds what is missing and what is too much."""

import io
import tarfile
import zipfile

import check_dist
import pytest

GOOD_WHEEL = {
    "sunco_async/__init__.py",
    "sunco_async/py.typed",
    "pytest_sunco_async.py",
    "sunco_async-1.0.dist-info/METADATA",
    "sunco_async-1.0.dist-info/licenses/LICENSE",
}
EXPECTED = {"sunco_async/__init__.py"}


def test_a_good_wheel_has_no_problem():
    assert not [*check_dist.wheel_problems(GOOD_WHEEL, EXPECTED)]


@pytest.mark.parametrize(
    ("removed", "added", "problem"),
    [
        ("sunco_async/py.typed", None, "sunco_async/py.typed is missing"),
        ("sunco_async/__init__.py", None, "sunco_async/__init__.py is missing"),
        ("pytest_sunco_async.py", None, "pytest_sunco_async.py is missing"),
        ("sunco_async-1.0.dist-info/licenses/LICENSE", None, "the licence is missing"),
        (None, "tests/conftest.py", "tests/conftest.py is outside of sunco_async/"),
        (None, "sunco_async/tests/a.py", "sunco_async/tests/a.py must not ship: tests"),
        (None, "sunco_async/drift/a.py", "sunco_async/drift/a.py must not ship: drift"),
        (
            None,
            "sunco_async/__pycache__/a.pyc",
            "sunco_async/__pycache__/a.pyc must not ship: __pycache__",
        ),
    ],
)
def test_a_wheel_with_a_problem(removed, added, problem):
    names = (GOOD_WHEEL - {removed}) | ({added} if added else set())
    assert [*check_dist.wheel_problems(names, EXPECTED)] == [problem]


@pytest.fixture
def checkout(tmp_path):
    package = tmp_path / "sunco_async"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.pyc").touch()
    return tmp_path


@pytest.fixture
def dist(tmp_path):
    folder = tmp_path / "dist"
    folder.mkdir()
    with zipfile.ZipFile(folder / "sunco_async-1.0-py3-none-any.whl", "w") as wheel:
        for name in GOOD_WHEEL:
            wheel.writestr(name, "")
    with tarfile.open(folder / "sunco_async-1.0.tar.gz", "w:gz") as sdist:
        for name in check_dist.SDIST_FILES:
            sdist.addfile(tarfile.TarInfo(f"sunco_async-1.0/{name}"), io.BytesIO())
    return folder


def test_a_good_folder_has_no_problem(dist, checkout):
    assert not [*check_dist.dist_problems(dist, checkout)]


def test_a_new_file_of_the_package_is_expected_in_the_wheel(dist, checkout):
    (checkout / "sunco_async" / "new.py").touch()
    [problem] = check_dist.dist_problems(dist, checkout)
    assert problem == "sunco_async-1.0-py3-none-any.whl: sunco_async/new.py is missing"


def test_an_sdist_without_the_changelog(dist, checkout):
    with tarfile.open(dist / "sunco_async-1.0.tar.gz", "w:gz") as sdist:
        for name in set(check_dist.SDIST_FILES) - {"CHANGELOG.md"}:
            sdist.addfile(tarfile.TarInfo(f"sunco_async-1.0/{name}"), io.BytesIO())
    assert [*check_dist.dist_problems(dist, checkout)] == [
        "sunco_async-1.0.tar.gz: CHANGELOG.md is missing"
    ]


def test_a_wheel_of_an_earlier_build_is_a_problem(dist, checkout):
    (dist / "sunco_async-0.9-py3-none-any.whl").touch()
    [problem] = check_dist.dist_problems(dist, checkout)
    assert "expected one wheel and one sdist, found 2 and 1" in problem


def test_the_command_prints_the_problems_and_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["check_dist.py", str(tmp_path)])
    assert check_dist.main() == 1
    assert "found 0 and 0" in capsys.readouterr().err
