"""To httpx and to everybody behind it, our request is an ordinary one."""

import copy

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async._request import origin_of
from sunco_async._url import fill_path, query_string
from sunco_async._wire_request import TargetURL, WireRequest

BASES = ["https://acme.zendesk.com/sc", "http://127.0.0.1:8080", "http://[::1]:9", "https://h:443"]
PROPERTIES = [
    *("scheme", "raw_scheme", "userinfo", "username", "password", "host", "raw_host", "port"),
    *("netloc", "path", "query", "params", "raw_path", "fragment", "is_absolute_url"),
]


def pair(base, target):
    parsed = httpx.URL(base)
    target = parsed.raw_path.decode().rstrip("/") + target
    ours = TargetURL(parsed, origin_of(parsed), target)
    return ours, httpx.URL(str(ours))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("target", ["/v2/x", "/v2/a%2Fb%3Fc../y?page[after]=a%20b&x=%F0%9F%98%80"])
def test_every_property_is_that_of_a_parsed_url(base, target):
    for name in PROPERTIES:
        ours, parsed = pair(base, target)
        assert getattr(ours, name) == getattr(parsed, name), name
    ours, parsed = pair(base, target)
    assert str(ours) == str(parsed)
    assert ours == parsed
    assert parsed == ours
    assert hash(ours) == hash(parsed)
    assert ours != httpx.URL("https://elsewhere.example")
    assert httpx.URL(ours) == parsed
    assert ours.copy_with(path="/other").path == "/other"
    assert ours.join("/other").path == "/other"
    assert repr(ours) == repr(parsed)
    assert copy.copy(ours) == parsed


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}), st.text())
def test_what_is_quoted_here_is_not_quoted_again_by_httpx(value, cursor):
    value = value.encode("utf-8", "ignore").decode() or "x"
    cursor = cursor.encode("utf-8", "ignore").decode()
    if value in {".", ".."}:
        return
    target = fill_path("/u/{id}", {"id": value}) + "?" + query_string([("page[after]", cursor)])
    ours, parsed = pair(BASES[0], target)
    assert ours.raw_path == parsed.raw_path
    assert parsed.params["page[after]"] == cursor


def test_an_unknown_attribute_is_an_attribute_error():
    ours, _ = pair(BASES[0], "/x")
    with pytest.raises(AttributeError, match="no_such_thing"):
        ours.no_such_thing  # noqa: B018


async def test_the_body_can_be_read_as_from_any_request():
    url = pair(BASES[0], "/x")[0]
    request = WireRequest("POST", url, headers=httpx.Headers(), body=b"{}", extensions={})
    assert request.content == b"{}"
    assert await request.aread() == b"{}"
    assert request.read() == b"{}"
    assert repr(request) == f"<WireRequest('POST', '{url}')>"

    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"a"
            yield b"b"

    request = WireRequest("POST", url, headers=httpx.Headers(), body=Stream(), extensions={})
    with pytest.raises(httpx.RequestNotRead):
        _ = request.content
    assert await request.aread() == b"ab"
