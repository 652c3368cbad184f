"""From a response to a result or an error: successes that are none, hostile texts, a 401."""

import gzip
import inspect
import json
import logging
import operator

import httpx
import pytest
from fakes import client, server
from operation_table import NOTHING, TABLE

from sunco_async import (
    APIStatusError,
    AuthenticationFailed,
    BasicAuth,
    BearerAuth,
    JWTAuth,
    ResponseDecodeError,
    RetryPolicy,
    SuncoError,
)
from sunco_async._call.response import explain_refusal

FEW = RetryPolicy(base=0.001, cap=0.001)
KEY = "not-a-secret-but-long-enough-to-sign"

# Every operation without a documented response body. That of DownloadMessageRef is a free object.
EMPTY = {
    row.attribute: row.calls[0]
    for row in TABLE.values()
    if row.result is NOTHING and row.attribute != "conversations.download_message_ref"
}

BOM = b"\xef\xbb\xbf"
SUCCESSES = {
    "nothing": (200, b""),
    "blanks": (200, b" \r\n\t "),
    "byte order mark": (200, BOM),
    "byte order mark and blanks": (200, BOM + b"\n"),
    "object": (200, b"{}"),
    "object behind a byte order mark": (200, BOM + b"{}"),
    "unexpected object": (200, b'{"brandNew": [1]}'),
    "null": (200, b"null"),
    "half an emoji": (200, b'{"a": "\\ud83d"}'),
    "201": (201, b"{}"),
    "202": (202, b""),
    "204": (204, b""),
    "204 with blanks": (204, b"\n"),
    "206": (206, b"{}"),
    "299": (299, b""),
}
FAILURES = {
    "html": (200, b"<html><h1>Sign in</h1></html>"),
    "html behind a byte order mark": (200, BOM + b"<html>"),
    "html behind blanks": (200, b"\n\n<!doctype html>"),
    "text": (200, b"OK"),
    "half JSON": (200, b'{"a": '),
    "two objects": (200, b"{}{}"),
    "NaN": (200, b"NaN"),
    "NUL": (200, b"\0"),
    "bad UTF-8": (200, b'"\xff"'),
    "deep JSON": (200, b"[" * 100_000),
    "202 with html": (202, b"<html>"),
    "204 with html": (204, b"<html>"),
    "206 with half JSON": (206, b'{"a": '),
}


def invoke(sunco, attribute, call):
    """Call an operation, with a value for each argument of its path."""
    method = operator.attrgetter(attribute)(sunco)
    path = [
        f"value{name}"
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        and parameter.default is parameter.empty
    ]
    return method(*path[len(call.args) :], *call.args, **call.kwargs)


def test_there_are_twenty_operations_with_an_empty_response():
    assert len(EMPTY) == 20


@pytest.mark.parametrize("attribute", EMPTY)
async def test_an_empty_response_returns_none(attribute):
    for status, body in SUCCESSES.values():
        scripted = server(httpx.Response(status, content=body))
        async with client(scripted, retry=None) as sunco:
            assert await invoke(sunco, attribute, EMPTY[attribute]) is None
        assert scripted.count == 1


@pytest.mark.parametrize("attribute", EMPTY)
async def test_a_2xx_with_any_other_body_is_an_error(attribute):
    for status, body in FAILURES.values():
        scripted = server(httpx.Response(status, content=body))
        async with client(scripted, retry=None) as sunco:
            with pytest.raises(ResponseDecodeError) as caught:
                await invoke(sunco, attribute, EMPTY[attribute])
        error = caught.value
        assert (error.outcome, error.status_code, error.body) == ("unknown", status, body)
        assert error.operation == attribute
        assert attribute in str(error)
        assert (scripted.count, error.attempts) == (1, 1)


async def test_a_compressed_empty_body_is_empty():
    headers = {"content-encoding": "gzip"}
    for body in (b"", b" ", b"{}"):
        squeezed = httpx.Response(200, headers=headers, stream=Stream(gzip.compress(body)))
        async with client(server(lambda _, response=squeezed: response)) as sunco:
            assert await sunco.users.delete("u1") is None


class Stream(httpx.AsyncByteStream):
    def __init__(self, *chunks):
        self.chunks = chunks

    async def __aiter__(self):
        for chunk in self.chunks:
            yield chunk


async def test_a_404_to_a_repeated_delete_is_a_success_with_any_body():
    scripted = server(httpx.ReadError("reset"), httpx.Response(404, content=b"<html>"))
    async with client(scripted, retry=FEW) as sunco:
        assert await sunco.users.delete("u1") is None
    assert scripted.count == 2


@pytest.mark.parametrize("kind", ["nothing", "blanks", "byte order mark", "204"])
async def test_request_returns_none_for_a_blank_body(kind):
    status, body = SUCCESSES[kind]
    async with client(server(httpx.Response(status, content=body))) as sunco:
        assert await sunco.request("DELETE", "/v1.1/x") is None


@pytest.mark.parametrize("kind", ["html", "text", "half JSON", "NUL"])
async def test_request_raises_for_a_page(kind):
    status, body = FAILURES[kind]
    async with client(server(httpx.Response(status, content=body)), retry=None) as sunco:
        with pytest.raises(ResponseDecodeError):
            await sunco.request("DELETE", "/v1.1/x")


# Texts.


def hostile_errors():
    return {
        "10 MB title": json.dumps({"errors": [{"code": "c", "title": "x" * 10_000_000}]}).encode(),
        "10,000 entries": json.dumps(
            {"errors": [{"code": f"c{n}", "title": f"t{n}"} for n in range(10_000)]}
        ).encode(),
        "escape codes": b'{"errors": [{"code": "\\u001b[31m", "title": "a\\r\\nb\\u0007"}]}',
        "writing direction": '{"errors": [{"code": "\u202ec", "title": "\u2066t"}]}'.encode(),
        "surrogates": b'{"errors": [{"code": "\\ud83d", "title": "\\udc80\\ud83d\\ude00"}]}',
        "other types": b'{"errors": [{"code": 1, "title": null}, {"code": [[]], "title": 1e400}]}',
        "huge number": b'{"errors": [{"code": 1' + b"0" * 5000 + b', "title": true}]}',
        "deep": b'{"errors": [{"code": ' + b"[" * 900 + b"]" * 900 + b', "title": "t"}]}',
        "very deep": b'{"errors": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "page": b"<html>\x1b[2J\r\n" * 100_000,
        "not UTF-8": bytes(range(256)) * 100,
        "nothing": b"",
        "array": b"[]",
    }


@pytest.mark.parametrize("kind", hostile_errors())
@pytest.mark.parametrize("status", [400, 401, 404, 500])
async def test_an_error_status_has_a_bounded_text(kind, status, caplog):
    caplog.set_level(logging.DEBUG, "sunco_async")
    body = hostile_errors()[kind]
    headers = [
        (b"x-request-id", b"r" * 10_000 + b"\x85\xe2\x80\xae"),
        (b"content-type", b"text/html; " + b"y" * 10_000),
    ]
    response = httpx.Response(status, content=body, headers=headers)
    async with client(server(response), retry=None) as sunco:
        with pytest.raises(APIStatusError) as caught:
            await sunco.users.get("u/\u202e\n" + "x" * 2000)
    error = caught.value
    for text in (str(error), repr(error)):
        assert len(text) < 1000
        assert text.isprintable()
    assert str(error).startswith(f"users.get: {status}")
    assert "(GET /v2/apps/" in str(error)
    assert "request id rrr" in str(error)
    assert error.body == body
    assert len(error.request_id) > 10_000
    assert error.headers["content-type"].endswith("y")
    assert all(
        record.getMessage().replace(error.path, "").isprintable() for record in caplog.records
    )


async def test_the_attributes_keep_the_originals():
    response = httpx.Response(400, content=hostile_errors()["10,000 entries"])
    async with client(server(response)) as sunco:
        with pytest.raises(APIStatusError) as caught:
            await sunco.users.get("u1")
    assert len(caught.value.errors) == 10_000
    assert caught.value.errors[9_999] == ("c9999", "t9999")
    assert "c4: t4; and 9995 more" in str(caught.value)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, content=b"\x1b[2J\r\n<html>" * 10_000),
        httpx.Response(200, content=b'["' + b"x" * 1_000_000 + b'"]'),
        httpx.Response(302, headers={"location": "https://x.example/" + "y" * 100_000}),
        httpx.ReadError("x\r\n" * 100_000),
        httpx.ConnectTimeout("\x1b" * 100_000),
    ],
    ids=["page", "wrong type", "redirect", "read error", "time-out"],
)
async def test_every_other_error_has_a_bounded_text(response):
    async with client(server(response), retry=None) as sunco:
        with pytest.raises(SuncoError, match=r"^users\.get: ") as caught:
            await sunco.users.get("x" * 5000)
    assert len(str(caught.value)) < 1000
    assert str(caught.value).isprintable()
    assert "GET /v2/apps/" in str(caught.value)


# 401.


class Custom:
    async def authorization(self, *, rejected=None):
        return "Custom x"


@pytest.mark.parametrize(
    ("auth", "words", "others"),
    [
        (BasicAuth("app_1", KEY), ["acme.zendesk.com", "host", "region"], ["clock"]),
        (JWTAuth("app_1", KEY), ["acme.zendesk.com", "clock", "key", "scope"], ["expired"]),
        (BearerAuth("token"), ["acme.zendesk.com", "expired", "revoked"], ["clock"]),
        (Custom(), ["acme.zendesk.com", "Custom"], ["clock", "expired"]),
        (None, ["acme.zendesk.com", "client secret"], ["clock"]),
    ],
    ids=["basic", "jwt", "bearer", "custom", "body"],
)
def test_the_explanation_of_a_401_depends_on_the_credentials(auth, words, others):
    text = explain_refusal(auth, "acme.zendesk.com")
    assert all(word in text for word in words)
    assert not any(word in text for word in others)


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        (BasicAuth("app_1", KEY), "another host or region"),
        (JWTAuth("app_1", KEY), "wrong clock"),
        (BearerAuth("token"), "expired, was revoked"),
    ],
    ids=["basic", "jwt", "bearer"],
)
@pytest.mark.parametrize("title", ["Authorization is required", "x" * 100_000])
async def test_the_text_of_a_401_has_the_explanation(auth, words, title):
    refused = httpx.Response(401, json={"errors": [{"code": "unauthorized", "title": title}]})
    async with client(server(refused), auth=auth) as sunco:
        with pytest.raises(AuthenticationFailed, match=words) as caught:
            await sunco.users.get("u1")
        assert "acme.zendesk.com" in str(caught.value)
        assert len(str(caught.value)) < 1000
        with pytest.raises(AuthenticationFailed, match="client secret"):
            await sunco.oauth.get_token(code="c", client_id="i", client_secret=KEY)
        with pytest.raises(AuthenticationFailed, match=words):
            await sunco.with_options(app_id="other").users.get("u1")
