"""To httpx and to everybody behind it, our requests and responses are ordinary ones."""

import copy
import pickle

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async._http import BaseURL, TargetURL, WireHeaders, WireRequest, WireResponse
from sunco_async._url import fill_path, query_string

BASES = ["https://acme.zendesk.com/sc", "http://127.0.0.1:8080", "http://[::1]:9", "https://h:443"]
PROPERTIES = [
    *("scheme", "raw_scheme", "userinfo", "username", "password", "host", "raw_host", "port"),
    *("netloc", "path", "query", "params", "raw_path", "fragment", "is_absolute_url"),
]


def pair(base, target):
    parsed = httpx.URL(base)
    ours = TargetURL(BaseURL(parsed), target)
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
        ours.no_such_thing  # noqa: B018 - reading it is what is tested


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


PAIRS = [
    (b"Host", b"h"),
    (b"X-One", b"1"),
    (b"x-one", "\u00e4".encode()),
    (b"Content-Type", b"a/b"),
]
QUESTIONS = [
    lambda headers: headers.get("x-one"),
    lambda headers: headers["content-TYPE"],
    lambda headers: headers.get_list("X-One"),
    lambda headers: "host" in headers,
    lambda headers: headers == httpx.Headers(PAIRS),
    lambda headers: httpx.Headers(PAIRS) == headers,
    lambda headers: list(headers.multi_items()),
    dict,
    len,
    lambda headers: headers.encoding,
    lambda headers: headers.raw,
    lambda headers: headers.copy().raw,
    lambda headers: copy.deepcopy(headers).raw,
    lambda headers: pickle.loads(pickle.dumps(headers)).raw,  # noqa: S301 - our own
    lambda headers: httpx.Headers(headers).raw,
    lambda headers: repr(headers).removeprefix("Wire"),
]
CHANGES = [
    lambda headers: headers.__setitem__("X-One", "2"),
    lambda headers: headers.__setitem__("x-TWO", "2"),
    lambda headers: headers.__setitem__("x-three", "\u00e4"),
    lambda headers: headers.__delitem__("host"),
    lambda headers: headers.update({"x-one": "3", "x-four": "4"}),
    lambda headers: headers.pop("content-type"),
    lambda headers: headers.setdefault("x-five", "5"),
]


@pytest.mark.parametrize("question", range(len(QUESTIONS)))
def test_every_question_to_headers_is_answered_as_by_httpx(question):
    ask = QUESTIONS[question]
    assert ask(WireHeaders(PAIRS)) == ask(httpx.Headers(PAIRS))


@given(st.lists(st.integers(0, len(CHANGES) - 1), max_size=5), st.booleans())
def test_headers_change_as_those_of_httpx(changes, asked):
    ours, theirs = WireHeaders(PAIRS), httpx.Headers(PAIRS)
    assert not asked or ours["host"] == theirs["host"] == "h"  # which settles the encoding
    for change in changes:
        outcomes = []
        for headers in (ours, theirs):
            try:
                outcomes.append(CHANGES[change](headers))
            except (KeyError, UnicodeEncodeError) as error:
                outcomes.append(type(error))
        assert outcomes[0] == outcomes[1]
        assert ours.raw == theirs.raw


def test_credentials_among_headers_are_not_shown():
    assert "not-a-secret" not in repr(WireHeaders([(b"Authorization", b"Basic not-a-secret")]))


class Body(httpx.AsyncByteStream):
    closed = False

    async def __aiter__(self):
        yield b'{"a":'
        yield b" 1}"

    async def aclose(self):
        self.closed = True


def wire_response(stream, headers=()):
    request = httpx.Request("GET", "https://acme.zendesk.com/x")
    extensions = {"http_version": b"HTTP/1.1", "reason_phrase": b"Fine"}
    return WireResponse(request, 201, [*PAIRS, *headers], stream, extensions)


async def test_a_response_is_read_as_any():
    stream = Body()
    response = wire_response(stream, [(b"content-type", b"application/json; charset=utf-8")])
    assert not response.is_closed
    assert await response.aread() == b'{"a": 1}'
    assert stream.closed
    assert response.is_closed
    assert response.json() == {"a": 1}
    assert response.text == '{"a": 1}'
    assert (response.status_code, response.reason_phrase) == (201, "Fine")
    assert response.http_version == "HTTP/1.1"
    assert response.is_success
    assert response.raise_for_status() is response
    assert response.url == "https://acme.zendesk.com/x"
    assert not response.cookies
    assert repr(response) == "<Response [201 Fine]>"
    with pytest.raises(AttributeError, match="no_such_thing"):
        response.no_such_thing  # noqa: B018 - reading it is what is tested


async def test_what_a_client_sets_on_a_response_stays():
    response = wire_response(Body())
    stream, request = Body(), httpx.Request("GET", "https://acme.zendesk.com/other")
    response.stream = stream
    response.request = request
    response.default_encoding = "latin-1"
    assert response.encoding == "latin-1"
    assert response.request is request
    assert await response.aread() == b'{"a": 1}'
    assert stream.closed


async def test_a_response_can_be_closed_unread():
    response = wire_response(stream := Body())
    await response.aclose()
    assert stream.closed
