"""The checks that CI runs: `nox` checks style, types and behaviour, on the built wheel."""

import os
import shutil
import sys
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "virtualenv"  # install_wheel needs pip, which uv leaves out
nox.options.reuse_existing_virtualenvs = True
# A Python version that is not installed is skipped with a reason, in CI as well.
nox.options.error_on_missing_interpreters = False

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHON_VERSIONS = nox.project.python_versions(PYPROJECT)
PYTHON_FILES = (
    "sunco_async",
    "pytest_sunco_async.py",
    "tests",
    "benchmarks",
    "examples",
    "tools",
    "noxfile.py",
)
EXTRAS = "cli,sandbox"
OFFICIAL_CLIENT = "sunshine-conversations-client==17.0.1"
# The tests wait for sockets for much of the time, so there are more workers than cores. The order
# is shuffled, but the same in every run: what passed once passes on the next machine too.
PYTEST = ("pytest", "--numprocesses=4", "--randomly-seed=1")


def dependencies(group: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group; the pip of Python 3.11 has no `--group`."""
    return nox.project.dependency_groups(PYPROJECT, group)


def install_wheel(session: nox.Session, group: str) -> None:
    """Build the wheel and install it with its extras and a group: what ships is what is tested."""
    install_built(session, EXTRAS, *dependencies(group))


def install_built(session: nox.Session, extras: str, *requirements: str) -> None:
    """Build the wheel and install it with extras, and what is named beside it."""
    folder = Path(session.create_tmp())
    for old in folder.glob("*.whl"):
        old.unlink()
    session.run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), ".")
    [wheel] = folder.glob("*.whl")
    session.install("--force-reinstall", "--no-deps", str(wheel))
    session.install(f"sunco-async[{extras}] @ {wheel.resolve().as_uri()}", *requirements)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install(*dependencies("lint"))
    session.run("ruff", "check", *PYTHON_FILES)
    session.run("ruff", "format", "--check", *PYTHON_FILES)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, the public API from a user's side."""
    install_wheel(session, "types")
    session.run("mypy", "--strict", "sunco_async", "pytest_sunco_async.py")
    session.run("mypy", "--strict", "tests/typing", "tools", env={"MYPYPATH": "tools"})
    session.run("mypy", "--strict", "examples/fastapi_service")
    session.run("pyright", "--pythonpath", str(Path(session.bin) / "python"))
    # It fails unless every public type is written down, so that all type checkers see the same.
    session.run("pyright", "--verifytypes", "sunco_async", "--ignoreexternal")


@nox.session
def quick(session: nox.Session) -> None:
    """Run two rows of each table of the unit tests, on the checkout, in less than 30 seconds."""
    # Without an environment just for the build, and with compiled tests from the run before: this
    # saves a third of the time.
    session.install(*PYPROJECT["build-system"]["requires"], "editables", *dependencies("test"))
    session.install("--no-build-isolation", "-e", f".[{EXTRAS}]")
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    session.env["PYTHONPYCACHEPREFIX"] = str(Path(session.create_tmp()) / "bytecode")
    session.env["HYPOTHESIS_PROFILE"] = "quick"
    session.run("pytest", "--quick", "--numprocesses=auto", "tests/unit", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on the Python that runs nox."""
    install_wheel(session, "test")
    session.run(*PYTEST, *session.posargs)


@nox.session(name="tests-all", python=PYTHON_VERSIONS)
def tests_all(session: nox.Session) -> None:
    """Run the tests on every Python version of the classifiers that is installed."""
    install_wheel(session, "test")
    session.run(*PYTEST, *session.posargs)


@nox.session
def search(session: nox.Session) -> None:
    """Run the Hypothesis tests on random examples, new ones in each run."""
    install_wheel(session, "test")
    session.env["HYPOTHESIS_PROFILE"] = "search"
    session.run("pytest", "-m", "hypothesis", "--numprocesses=auto", *session.posargs)


@nox.session
def uvloop(session: nox.Session) -> None:
    """Run the tests that do not replace the event loop on uvloop."""
    if sys.platform == "win32":
        session.skip("uvloop does not run on Windows")
    install_wheel(session, "test")
    session.run(*PYTEST, "--uvloop", *session.posargs)


@nox.session
def churn(session: nox.Session) -> None:
    """Cancel 100,000 calls on each transport, and run a million operations on a token bucket."""
    install_wheel(session, "test")
    session.env["HYPOTHESIS_PROFILE"] = "search"
    session.env["SUNCO_CHURN"] = "100000"
    session.env["SUNCO_BUCKET_RUNS"] = "35000"
    files = ("tests/faults/test_faults_churn.py", "tests/property/test_token_bucket_properties.py")
    session.run("pytest", *files, *session.posargs)


@nox.session
def kills(session: nox.Session) -> None:
    """Kill a campaign and a webhook receiver 100 times each, and send 20,000 messages."""
    if sys.platform == "win32":
        session.skip("Windows has no SIGKILL")
    install_wheel(session, "test")
    session.env["SUNCO_KILLS"] = "100"
    files = ("tests/faults/test_faults_kills.py", "tests/integration/test_receiver_crash.py")
    session.run("pytest", "-s", *files, *session.posargs)


@nox.session
def httpx2(session: nox.Session) -> None:
    """Run the tests with httpx2, the maintained fork, in the place of httpx."""
    install_wheel(session, "test")
    session.install("httpx2")
    session.env["PYTHONPATH"] = "tests/support"
    session.run(PYTEST[0], "-p", "httpx2_alias", *PYTEST[1:], *session.posargs)


@nox.session
def contract(session: nox.Session) -> None:
    """Compare the package with the official OpenAPI file: `SUNCO_OPENAPI=… nox -s contract`."""
    if not os.environ.get("SUNCO_OPENAPI"):
        session.error("set SUNCO_OPENAPI to the path of the official openapi.yaml")
    install_wheel(session, "test")
    session.run("pytest", "-m", "contract", *session.posargs)


@nox.session
def downstream(session: nox.Session) -> None:
    """Run the tests of a made-up project, which has only the wheel and plugins for async tests."""
    install_built(session, "sandbox", "pytest", "pytest-asyncio", "anyio")
    project = Path(session.create_tmp()).resolve() / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree("tests/downstream", project)
    session.chdir(project)
    for mode in sorted(project.glob("*.ini")):
        session.run("pytest", "-c", mode.name, *session.posargs)


@nox.session
def official(session: nox.Session) -> None:
    """Call the sandbox with the retired official client; print what passed and what raised."""
    install_built(session, "sandbox")
    try:
        session.install(OFFICIAL_CLIENT)
    except CommandFailed:
        session.skip(f"{OFFICIAL_CLIENT} cannot be installed here")
    session.run("python", "tools/official_calls.py", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Compare the package with a version of the API's file: `nox -s drift -- PATH/openapi.yaml`."""
    session.install("-e", ".", "pyyaml")  # editable, so that --update writes into the checkout
    session.run("python", "-m", "drift", *session.posargs, env={"PYTHONPATH": "tools"})


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks and write their tables into benchmarks/README.md."""
    install_wheel(session, "bench")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist, check what is in them, and check that both install and import."""
    session.install(*dependencies("build"))
    for old in Path("dist").glob("sunco_async-*"):
        old.unlink()
    session.run("python", "-m", "build", "--outdir", "dist")
    session.run("python", "tools/check_dist.py", "dist")
    for artefact in sorted(Path("dist").glob("sunco_async-*")):
        session.install("--force-reinstall", str(artefact))
        # -P: import what was installed, not the checkout.
        session.run("python", "-P", "-c", "import sunco_async; print(sunco_async.__version__)")
