"""What is public is listed and documented, shows its public path, and changes on purpose only."""

import difflib
import importlib
import inspect
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from public_surface import PUBLIC, SNAPSHOT, surface

import sunco_async
from sunco_async import NotFound, errors, models

each_public_module = pytest.mark.parametrize("name", PUBLIC)


def test_contributing_lists_the_public_modules():
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
    [paragraph] = [each for each in text.split("\n\n") if each.startswith("Users import from")]
    assert re.findall(r"`(sunco_async[.\w]*)`", paragraph) == PUBLIC


@each_public_module
def test_all_lists_existing_names_once(name):
    module = importlib.import_module(name)
    names = list(module.__all__)
    assert len(names) == len(set(names))
    for listed in names:
        assert hasattr(module, listed)


@each_public_module
def test_what_is_not_listed_is_not_public(name):
    module = importlib.import_module(name)
    own = {
        attribute
        for attribute, value in vars(module).items()
        if not attribute.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == name
    }
    assert own <= set(module.__all__)


@each_public_module
def test_everything_public_has_a_docstring(name):
    module = importlib.import_module(name)
    assert module.__doc__
    for listed in module.__all__:
        value = getattr(module, listed)
        if not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        assert inspect.getdoc(value), listed
        if inspect.isclass(value) and value.__module__.startswith("sunco_async"):
            for method_name, method in vars(value).items():
                if inspect.isfunction(method) and not method_name.startswith("_"):
                    assert inspect.getdoc(getattr(value, method_name)), f"{listed}.{method_name}"


def test_the_public_surface_is_the_one_of_the_snapshot():
    before, now = SNAPSHOT.read_text("utf-8").splitlines(), surface().splitlines()
    changes = [
        *difflib.unified_diff(before, now, "public_surface.txt", "the package", lineterm="", n=1)
    ]
    if changes:
        command = "if this is intended, run: python tests/support/public_surface.py"
        pytest.fail("\n".join([*changes, command]), pytrace=False)


def test_the_promised_names_are_exported():
    promised = [
        "AsyncSunco",
        "BasicAuth",
        "JWTAuth",
        "BearerAuth",
        "TokenBucket",
        "AdaptiveTokenBucket",
        "RetryPolicy",
        "Middleware",
        "Hooks",
        "UNSET",
        "Metadata",
        "RequestOptions",
        "Outcome",
        "ErrorDetail",
        "Replay",
        "SuncoError",
        "ConfigurationError",
        "RequestTooLarge",
        "ConnectionFailed",
        "RequestTimeout",
        "ResponseDecodeError",
        "UnexpectedRedirect",
        "APIStatusError",
        "BadRequest",
        "AuthenticationFailed",
        "PaymentRequired",
        "PermissionDenied",
        "NotFound",
        "Conflict",
        "PayloadTooLarge",
        "ConversationFull",
        "RateLimited",
        "ServerError",
    ]
    assert set(promised) <= set(sunco_async.__all__)


# --- The path that is shown


def exported(name):
    """Return the classes and functions of this library that a module exports."""
    module = importlib.import_module(name)
    values = [getattr(module, listed) for listed in module.__all__]
    return [
        value
        for value in values
        if (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__.startswith("sunco_async")
    ]


@each_public_module
def test_what_is_exported_shows_a_path_that_users_import(name):
    for value in exported(name):
        assert value.__module__ in PUBLIC, value
        assert getattr(importlib.import_module(value.__module__), value.__name__) is value


def test_what_the_top_level_exports_shows_the_top_level():
    found = exported("sunco_async")
    assert {value.__module__ for value in found} == {"sunco_async"}
    assert repr(errors.NotFound) == "<class 'sunco_async.NotFound'>"
    assert repr(models.User) == "<class 'sunco_async.models.User'>"


@each_public_module
def test_what_is_exported_can_be_pickled(name):
    for value in exported(name):
        assert pickle.loads(pickle.dumps(value)) is value  # noqa: S301 - it was made here


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (models.TextMessage("Hello"), "TextMessage(text='Hello')"),
        (NotFound("gone"), "NotFound('gone')"),
    ],
    ids=["model", "error"],
)
def test_a_pickle_is_read_in_an_interpreter_that_has_imported_nothing(value, shown):
    sent = pickle.dumps(value, protocol=0).decode("ascii")
    assert "sunco_async._" not in sent
    assert "sunco_async.models._" not in sent
    done = subprocess.run(
        [sys.executable, "-c", f"import pickle; print(repr(pickle.loads({sent!r}.encode())))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == shown
