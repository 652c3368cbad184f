"""Chains of exceptions with rings and groups, and the frames that are removed from them."""

import asyncio
import traceback

import httpx
import pytest
from fakes import client, server

from sunco_async import BearerAuth, ConnectionFailed
from sunco_async._base.tracebacks import chain_of, strip_library_frames


def ring(*errors):
    """Make each error the context of the one before it, and the first one of the last."""
    for error, following in zip(errors, (*errors[1:], errors[0]), strict=True):
        error.__context__ = following
    return errors[0]


def crossed():
    """Return an error whose causes and contexts lead back to it in several ways."""
    first, second, third = httpx.ReadError("1"), OSError("2"), RuntimeError("3")
    first.__cause__, first.__context__ = second, third
    second.__cause__, second.__context__ = third, first
    third.__cause__, third.__context__ = first, second
    return first


RINGS = {
    "itself": lambda: ring(httpx.ReadError("1")),
    "two": lambda: ring(httpx.ReadError("1"), OSError("2")),
    "three": lambda: ring(httpx.ReadError("1"), OSError("2"), RuntimeError("3")),
    "crossed": crossed,
}


def test_each_link_is_visited_once():
    for make, count in (("itself", 1), ("two", 2), ("three", 3), ("crossed", 3)):
        assert len(list(chain_of(RINGS[make]()))) == count


def test_the_members_of_groups_are_links():
    inner = ExceptionGroup("inner", [ValueError("1"), httpx.ReadError("2")])
    inner.exceptions[0].__context__ = inner
    outer = BaseExceptionGroup("outer", [inner, asyncio.CancelledError()])
    assert {type(link).__name__ for link in chain_of(outer)} == {
        "ExceptionGroup",
        "BaseExceptionGroup",
        "ValueError",
        "ReadError",
        "CancelledError",
    }


@pytest.mark.parametrize("kind", RINGS)
async def test_a_call_survives_a_ring(kind):
    async with client(server(RINGS[kind]()), retry=None, auth=BearerAuth("token")) as sunco:
        with pytest.raises(ConnectionFailed) as caught:
            await asyncio.wait_for(sunco.users.get("u1"), 5)
    assert caught.value.outcome == "unknown"
    assert isinstance(caught.value.__cause__, httpx.ReadError)


async def test_the_frames_of_libraries_go_and_those_of_users_stay():
    def handler(request):
        raise LookupError("mine")

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
        with pytest.raises(LookupError) as caught:
            await http.get("https://acme.example")
    before = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert len(before) > 3
    strip_library_frames(caught.value)
    after = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert after == [
        "test_the_frames_of_libraries_go_and_those_of_users_stay",
        "handler",
    ]


def test_the_request_of_an_error_goes():
    error = httpx.ReadError("x", request=httpx.Request("GET", "https://acme.example"))
    strip_library_frames(error)
    with pytest.raises(RuntimeError, match="request"):
        _ = error.request
