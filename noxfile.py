"""What CI runs: `nox` checks style, types and behaviour; the tests run on the built wheel."""

import os
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True

PYTHON_FILES = ("sunco_async", "tests", "benchmarks", "examples", "tools", "noxfile.py")


def install_wheel(session: nox.Session, extras: str = "dev") -> None:
    """Build the wheel and install it with `extras`, so that what ships is what runs."""
    folder = Path(session.create_tmp())
    for old in folder.glob("*.whl"):
        old.unlink()
    session.run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), ".")
    [wheel] = folder.glob("*.whl")
    session.install("--force-reinstall", "--no-deps", str(wheel))
    session.install(f"sunco-async[{extras}] @ {wheel.resolve().as_uri()}")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install("ruff>=0.11")
    session.run("ruff", "check", *PYTHON_FILES)
    session.run("ruff", "format", "--check", *PYTHON_FILES)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, the public API from a user's side."""
    install_wheel(session)
    session.run("mypy", "--strict", "sunco_async")
    session.run("mypy", "--strict", "tests/typing")
    session.run("mypy", "--strict", "examples/fastapi_service")
    session.run("pyright", "--pythonpath", str(Path(session.bin) / "python"))


@nox.session
@nox.parametrize("extras", [True, False], ids=["extras", "no-extras"])
def tests(session: nox.Session, extras: bool) -> None:
    """Run the tests on the built wheel, with the extras for speed and without them."""
    install_wheel(session)
    if not extras:
        faster = ("aiohttp", "httpx-aiohttp", "httptools", "uvloop")
        session.run("pip", "uninstall", "--quiet", "--yes", *faster)
    # Much of the time is spent waiting for sockets, so there are more workers than cores.
    session.run("pytest", "--numprocesses=4", *session.posargs)


@nox.session
def uvloop(session: nox.Session) -> None:
    """Run the tests that do not replace the event loop on uvloop."""
    if sys.platform == "win32":
        session.skip("uvloop does not run on Windows")
    install_wheel(session)
    session.run("pytest", "--uvloop", "--numprocesses=4", *session.posargs)


@nox.session
def churn(session: nox.Session) -> None:
    """Cancel 100,000 calls on each transport, and ask a million things of a token bucket."""
    install_wheel(session)
    session.env["SUNCO_CHURN"] = "100000"
    session.env["SUNCO_BUCKET_RUNS"] = "35000"
    files = ("tests/faults/test_faults_churn.py", "tests/property/test_token_bucket_properties.py")
    session.run("pytest", *files, *session.posargs)


@nox.session
def httpx2(session: nox.Session) -> None:
    """Run the tests with httpx2, the maintained fork, in the place of httpx."""
    install_wheel(session)
    session.install("httpx2")
    session.env["PYTHONPATH"] = "tests"
    session.run("pytest", "-p", "httpx2_alias", "--numprocesses=4", *session.posargs)


@nox.session
def contract(session: nox.Session) -> None:
    """Compare the package with the official OpenAPI file: `SUNCO_OPENAPI=… nox -s contract`."""
    if not os.environ.get("SUNCO_OPENAPI"):
        session.error("set SUNCO_OPENAPI to the path of the official openapi.yaml")
    install_wheel(session)
    session.run("pytest", "-m", "contract", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Compare the package with a version of the API's file: `nox -s drift -- PATH/openapi.yaml`."""
    session.install("-e", ".", "pyyaml")  # editable, so that --update writes into the checkout
    session.run("python", "-m", "sunco_async._drift", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks and write their tables into benchmarks/README.md."""
    install_wheel(session, "bench")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist, check what is in them, and check that both install and import."""
    session.install("build")
    for old in Path("dist").glob("sunco_async-*"):
        old.unlink()
    session.run("python", "-m", "build", "--outdir", "dist")
    session.run("python", "tools/check_dist.py", "dist")
    for artefact in sorted(Path("dist").glob("sunco_async-*")):
        session.install("--force-reinstall", str(artefact))
        # -P: import what was installed, not the checkout.
        session.run("python", "-P", "-c", "import sunco_async; print(sunco_async.__version__)")
