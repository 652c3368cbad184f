import pickle

import httpx
import pytest

from sunco_async import errors
from sunco_async.errors import APIStatusError, ErrorDetail, SuncoError, status_error

CLASSES = [
    cls
    for name in errors.__all__
    if isinstance(cls := getattr(errors, name), type) and issubclass(cls, SuncoError)
]


def test_the_tree_is_the_one_that_is_drawn():
    drawn = {
        line.split("─ ")[1].split()[0]: (line.index("─ ") - 6) // 4
        for line in (errors.__doc__ or "").splitlines()
        if "─ " in line
    }
    assert set(drawn) | {"SuncoError"} == {cls.__name__ for cls in CLASSES}
    for cls in CLASSES:
        if cls is not SuncoError:
            assert drawn[cls.__name__] == int(
                issubclass(cls, APIStatusError) and cls is not APIStatusError
            )


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_survives_a_pickle(cls):
    error = cls("what happened", outcome="unknown", operation="messages.post", attempts=3)
    if isinstance(error, APIStatusError):
        error.errors = (ErrorDetail("conflict", "User already exists"),)
        error.headers = httpx.Headers({"x-request-id": "r1"})
        error.retry_after = 2.5
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is cls
    assert str(copy) == "what happened"
    assert vars(copy) == vars(error)


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
