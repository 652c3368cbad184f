"""Headers, methods and targets that cannot be sent: refused by name, with nothing sent."""

import logging
import pickle
import traceback

import httpx
import pytest
from fakes import USER, client, server

from sunco_async import AsyncSunco, ConfigurationError

CANARY = "canary-not-a-secret-0123456789abcdef"


def shown(raised):
    while raised.__traceback__.tb_frame.f_code.co_filename == __file__:
        raised.__traceback__ = raised.__traceback__.tb_next
    return (
        str(raised)
        + repr(raised)
        + repr(vars(raised))
        + repr(pickle.dumps(raised))
        + "".join(traceback.TracebackException.from_exception(raised).format())
    )


async def assert_not_sent(act, *words, **settings):
    """Check that an act is refused over our own client and over one that was passed in."""
    for passed_in in (False, True):
        scripted = server(USER)
        more = dict(settings)
        if passed_in:
            http = httpx.AsyncClient(transport=httpx.MockTransport(scripted.handle))
            more.update(http_client=http, transport=None)
        async with client(scripted, **more) as sunco:
            with pytest.raises(ConfigurationError) as raised:
                await act(sunco)
            numbers = sunco.statistics()
            assert (numbers.attempts, numbers.retries, numbers.in_flight) == (0, 0, 0)
        if passed_in:
            await http.aclose()
        assert scripted.count == 0
        assert (raised.value.outcome, raised.value.attempts) == ("not_sent", 0)
        for word in words:
            assert word in str(raised.value)
        assert CANARY not in shown(raised.value)
    return raised.value


VALUES = {
    "int": (5, "str"),
    "None": (None, "leave the header out"),
    "bytes": (CANARY.encode(), "not bytes"),
    "bytearray": (bytearray(CANARY.encode()), "not bytearray"),
    "list": ([CANARY], "not list"),
    "bool": (True, "not bool"),
    "line feed": (CANARY + "\nX-Evil: 1", "line break"),
    "carriage return": (CANARY + "\rX", "line break"),
    "CRLF at the end": (CANARY + "\r\n", "strip"),
    "blank in front": (" " + CANARY, "strip"),
    "NUL": (CANARY + "\0x", "control"),
    "escape": (CANARY + "\x1bx", "control"),
    "DEL": (CANARY + "\x7fx", "control"),
    "non-ASCII": (CANARY + "é", "ASCII"),
    "no-break space": (CANARY + "\xa0x", "ASCII"),
    "surrogate": (CANARY + "\ud83d", "ASCII"),
}


@pytest.mark.parametrize("kind", VALUES)
async def test_a_value_that_cannot_be_sent(kind):
    value, word = VALUES[kind]
    await assert_not_sent(
        lambda sunco: sunco.users.get("u1", extra_headers={"X-Mine": value}), "X-Mine", word
    )
    error = await assert_not_sent(
        lambda sunco: sunco.request("GET", "/v2/x", extra_headers={"X-Mine": value}), word
    )
    assert error.operation == "request"


@pytest.mark.parametrize(
    "name",
    ["", " ", "X Mine", "X-Mine:", "X-Mine\n", "\nX", "X\0", "X-é", f"Authorization: {CANARY}", 5,
     None, b"X-Mine", ("X",)],
    ids=repr,
)  # fmt: skip
async def test_a_name_that_cannot_be_sent(name):
    await assert_not_sent(
        lambda sunco: sunco.users.get("u1", extra_headers={name: CANARY}), "extra_headers"
    )


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
     "Proxy-Connection", "TE", "Trailer", "Upgrade"],
)  # fmt: skip
async def test_a_header_that_is_the_clients_own_is_refused_by_name(name):
    for spelled in (name, name.lower(), name.upper()):
        await assert_not_sent(
            lambda sunco, spelled=spelled: sunco.messages.post(
                "c1", "Hi", extra_headers={spelled: CANARY}
            ),
            f"must not hold {spelled}",
        )


@pytest.mark.parametrize(
    "headers",
    [[("X", CANARY)], "X: y", 5, {CANARY}, object()],
    ids=lambda value: type(value).__name__,
)
async def test_headers_that_are_no_mapping(headers):
    await assert_not_sent(
        lambda sunco: sunco.users.get("u1", extra_headers=headers), "extra_headers", "mapping"
    )


async def test_an_upload_keeps_its_content_type():
    await assert_not_sent(
        lambda sunco: sunco.attachments.upload(
            b"x", filename="a.bin", extra_headers={"content-type": "image/png"}
        ),
        "content_type=",
    )


async def test_valid_headers_are_sent():
    scripted = server(USER)
    headers = {"X-Mine": "a\tb c", "x-empty": "", "Content-Type": "application/vnd.x+json"}
    async with client(scripted) as sunco:
        await sunco.users.update("u1", to_be_retained=True, extra_headers=headers)
        await sunco.users.get("u1", extra_headers=None)
        await sunco.users.get("u1", extra_headers=httpx.Headers({"x-mine": "1"}))
    sent = scripted.requests[0].headers
    assert {name: sent[name] for name in headers} == headers
    assert len(sent.get_list("content-type")) == 1
    assert scripted.last.headers["x-mine"] == "1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("G T", "/a"),
        ("", "/a"),
        ("GET\n", "/a"),
        ("GÉT", "/a"),
        (b"GET", "/a"),
        (None, "/a"),
        ("CONNECT", "/a"),
        ("connect", "/a"),
        ("GET", "/a b"),
        ("GET", ""),
        ("GET", "a"),
        ("GET", "//evil.example/a"),
        ("GET", "https://evil.example/a"),
        ("GET", "/a?b"),
        ("GET", "/a#b"),
        ("GET", "/a/../b"),
        ("GET", "/a/%2e%2E/b"),
        ("GET", "/a\nb"),
        ("GET", "/a\r\nHost: evil"),
        ("GET", "/é"),
        ("GET", "/\0"),
        ("GET", b"/a"),
        ("GET", None),
        ("GET", "\u202e" * 10_000),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_method_or_path_that_cannot_be_sent(method, path):
    error = await assert_not_sent(lambda sunco: sunco.request(method, path))
    assert len(str(error)) < 1000
    assert str(error).isprintable()


SPOILERS = {
    "line break": lambda headers: headers.update({"X-Mine": CANARY + "\nX-Evil: 1"}),
    "NUL": lambda headers: headers.update({"X-Mine": CANARY + "\0"}),
    "blank at the end": lambda headers: headers.update({"X-Mine": CANARY + " "}),
    "name": lambda headers: headers.update({"X Mine": CANARY}),
    "chunked": lambda headers: headers.update({"Transfer-Encoding": "chunked"}),
}


@pytest.mark.parametrize("kind", SPOILERS)
async def test_middleware_that_sets_an_invalid_header(kind, caplog):
    caplog.set_level(logging.DEBUG)

    async def spoil(call, call_next):
        SPOILERS[kind](call.request.headers)
        return await call_next(call)

    await assert_not_sent(
        lambda sunco: sunco.messages.post("c1", "Hi"), "after the middleware", middleware=[spoil]
    )
    assert CANARY not in caplog.text


async def test_a_header_added_by_middleware_is_sent():
    async def add(call, call_next):
        call.request.headers["X-Mine"] = "1"
        return await call_next(call)

    scripted = server(USER)
    async with client(scripted, middleware=[add]) as sunco:
        await sunco.users.get("u1")
    assert scripted.last.headers["x-mine"] == "1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "evil.example"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("X-Mine", CANARY + "\nX-Evil: 1"),
    ],
)
async def test_default_headers_of_a_client_that_was_passed_in(name, value):
    async with httpx.AsyncClient(headers={name: value}) as http:
        with pytest.raises(ConfigurationError, match="http_client") as raised:
            AsyncSunco(subdomain="acme", app_id="a1", key_id="app_1", secret="no", http_client=http)
    assert CANARY not in shown(raised.value)


@pytest.mark.parametrize(
    ("marketplace", "words"),
    [
        ({"Name": "Bücher"}, ["'Name'", "ASCII"]),
        ({"Name": "a\nb"}, ["'Name'", "line break"]),
        ({"Name": "a\n"}, ["'Name'", "strip"]),
        ({"Name": ""}, ["'Name'", "empty"]),
        ({"Name": None}, ["'Name'", "None"]),
        ({"App-Id": 5}, ["'App-Id'", "str"]),
        ({"name": "x"}, ["Organization-Id", "'name'"]),
        ({"X-Zendesk-Marketplace-Name": "x"}, ["Organization-Id"]),
        ({"Org": "x"}, ["Organization-Id", "'Org'"]),
        ({"": "x"}, ["empty name"]),
        ({5: "x"}, ["int"]),
        ([("Name", "x")], ["mapping", "list"]),
        ("Name", ["mapping", "str"]),
    ],
)
def test_marketplace_headers_that_cannot_be_sent(marketplace, words):
    with pytest.raises(ConfigurationError) as raised:
        AsyncSunco(
            subdomain="acme", app_id="a1", key_id="app_1", secret="no", marketplace=marketplace
        )
    for word in ["marketplace", *words]:
        assert word in str(raised.value)
