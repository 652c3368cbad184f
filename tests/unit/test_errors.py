import copy
import pickle

import httpx
import pytest

from sunco_async import errors
from sunco_async._call.status_error import status_error
from sunco_async.errors import APIStatusError, ErrorDetail, StoreError, SuncoError

CLASSES = [
    cls
    for name in errors.__all__
    if isinstance(cls := getattr(errors, name), type) and issubclass(cls, SuncoError)
]


def test_the_class_tree_is_the_one_in_the_docstring():
    drawn = {
        line.split("─ ")[1].split()[0]: (line.index("─ ") - 6) // 4
        for line in (errors.__doc__ or "").splitlines()
        if "─ " in line
    }
    assert set(drawn) | {"SuncoError"} == {cls.__name__ for cls in CLASSES}
    for cls in CLASSES:
        if cls is not SuncoError:
            assert drawn[cls.__name__] == int(cls.__base__ in (APIStatusError, StoreError))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_survives_a_pickle(cls):
    error = cls("what happened", outcome="unknown", operation="messages.post", attempts=3)
    if isinstance(error, APIStatusError):
        error.errors = (ErrorDetail("conflict", "User already exists"),)
        error.headers = httpx.Headers({"x-request-id": "r1"})
        error.retry_after = 2.5
    pickled = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    for again in (pickled, copy.copy(error), copy.deepcopy(error)):
        assert type(again) is cls
        assert str(again) == str(error)
        assert str(again).startswith("messages.post: what happened")
        assert vars(again) == vars(error)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_names_its_operation_request_and_request_id(cls):
    error = cls("what happened")
    assert str(error) == "what happened"
    error.operation, error.method, error.path = "users.get", "GET", "/v2/apps/a/users/u"
    assert str(error) == "users.get: what happened (GET /v2/apps/a/users/u)"
    assert error.request_id is None
    if "headers" in vars(error):
        for name in ("x-request-id", "X-Zendesk-Request-Id"):
            error.headers = httpx.Headers({name: "r1"})
            assert error.request_id == "r1"
            assert str(error).endswith("(GET /v2/apps/a/users/u, request id r1)")
        assert (error.errors, error.retry_after, error.body) == ((), None, b"")


HOSTILE = {
    "long": "x" * 10_000_000,
    "line breaks": "a\r\nb\u2028c\x0bd\x85e" * 1000,
    "escape codes": "\x1b[31mred\x1b]0;title\x07" * 1000,
    "writing direction": "\u202eabc\u2066def\u200f" * 1000,
    "lone surrogates": "\ud83d\udc80" * 1000,
    "unassigned and private": "\U000e0001\ue000\U0010ffff" * 1000,
    "NUL": "\0" * 10_000,
    "short": "\x1b\n",
}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_text_is_bounded_and_printable(cls, text):
    error = cls(text, operation=text, method=text, path=text)
    if "headers" in vars(error):
        # httpx's headers hold no lone surrogates; a server's bytes are decoded before.
        error.headers = httpx.Headers({"x-request-id": text.encode("utf-8", "replace")})
    for shown in (str(error), repr(error)):
        assert len(shown) < 1000
        assert shown.isprintable()
    assert error.path == text


def test_an_error_without_its_constructor_has_a_text():
    for cls in CLASSES:
        assert cls.__name__ in repr(cls.__new__(cls))
        assert str(cls.__new__(cls)) == ""


def test_a_configuration_error_is_a_value_error():
    assert issubclass(errors.ConfigurationError, ValueError)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequest"),
        (401, "AuthenticationFailed"),
        (402, "PaymentRequired"),
        (403, "PermissionDenied"),
        (404, "NotFound"),
        (409, "Conflict"),
        (413, "PayloadTooLarge"),
        (423, "ConversationFull"),
        (429, "RateLimited"),
        (500, "ServerError"),
        (503, "ServerError"),
        (599, "ServerError"),
        (418, "APIStatusError"),
    ],
)
def test_the_class_of_a_status(status, name):
    assert status_error(status).__name__ == name
