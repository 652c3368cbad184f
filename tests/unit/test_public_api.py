"""What is public is listed, sorted and documented."""

import importlib
import inspect
import pkgutil

import pytest

import sunco_async

MODULES = ["sunco_async"] + [
    module.name
    for module in pkgutil.walk_packages(sunco_async.__path__, "sunco_async.")
    if not any(part.startswith("_") for part in module.name.split(".")[1:])
]


@pytest.mark.parametrize("name", MODULES)
def test_all_is_true(name):  # ruff keeps it sorted
    module = importlib.import_module(name)
    names = list(module.__all__)
    assert len(names) == len(set(names))
    for listed in names:
        assert hasattr(module, listed)


@pytest.mark.parametrize("name", MODULES)
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


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_says_what_it_is(name):
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


def test_the_names_of_the_promise():
    promised = [
        "AsyncSunco",
        "BasicAuth",
        "JWTAuth",
        "BearerAuth",
        "TokenBucket",
        "AdaptiveTokenBucket",
        "RetryPolicy",
        "Middleware",
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
