"""Which failure proves that nothing was sent, and which does not."""

import asyncio

import httpx
import pytest

from sunco_async.transports import outcome_of

REQUEST = httpx.Request("POST", "http://127.0.0.1/x")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("x"), "not_sent"),
        (httpx.ConnectTimeout("x"), "not_sent"),
        (httpx.PoolTimeout("x"), "not_sent"),
        (httpx.UnsupportedProtocol("x"), "not_sent"),
        (httpx.InvalidURL("x"), "not_sent"),
        (httpx.ReadError("x"), "unknown"),
        (httpx.WriteError("x"), "unknown"),
        (httpx.CloseError("x"), "unknown"),
        (httpx.ReadTimeout("x"), "unknown"),
        (httpx.WriteTimeout("x"), "unknown"),
        (httpx.RemoteProtocolError("x"), "unknown"),
        (httpx.LocalProtocolError("x"), "unknown"),
        (httpx.ProxyError("x"), "unknown"),
        (httpx.DecodingError("x"), "unknown"),
        (httpx.TooManyRedirects("x", request=REQUEST), "unknown"),
        (httpx.NetworkError("x"), "unknown"),
        (TimeoutError(), "unknown"),
        (ConnectionRefusedError(), "unknown"),
        (asyncio.CancelledError(), "unknown"),
        (KeyError("x"), "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_by_class(error, expected):
    assert outcome_of(error) == expected


def aiohttp_errors():
    aiohttp = pytest.importorskip("aiohttp")
    key = aiohttp.client_reqrep.ConnectionKey
    key = key(*[None] * len(key._fields))  # its length differs between versions
    refused = OSError(111, "refused")
    return {
        "connector": (aiohttp.ClientConnectorError(key, refused), "not_sent"),
        "dns": (aiohttp.ClientConnectorDNSError(key, refused), "not_sent"),
        "proxy": (aiohttp.ClientProxyConnectionError(key, refused), "not_sent"),
        "connect time-out": (aiohttp.ConnectionTimeoutError(), "not_sent"),
        "url": (aiohttp.InvalidUrlClientError("x"), "not_sent"),
        "disconnected": (aiohttp.ServerDisconnectedError(), "unknown"),
        "reset": (aiohttp.ClientOSError(104, "reset"), "unknown"),
        "closing": (aiohttp.ClientConnectionResetError(), "unknown"),
        "read time-out": (aiohttp.SocketTimeoutError(), "unknown"),
        "payload": (aiohttp.ClientPayloadError(), "unknown"),
        "any": (aiohttp.ClientError(), "unknown"),
    }


@pytest.mark.parametrize("link", ["__cause__", "__context__"])
@pytest.mark.parametrize("mapped", [httpx.ConnectTimeout, httpx.ConnectError])
@pytest.mark.parametrize("depth", [1, 3])
def test_an_aiohttp_cause_decides(link, mapped, depth):
    for name, (cause, expected) in aiohttp_errors().items():
        error = mapped("x")
        inner = error
        for _ in range(depth - 1):
            setattr(inner, link, RuntimeError())
            inner = getattr(inner, link)
        setattr(inner, link, cause)
        assert outcome_of(error) == expected, name


def test_a_circle_of_causes_ends():
    error, other = httpx.ConnectError("x"), RuntimeError()
    error.__context__, other.__context__ = other, error
    assert outcome_of(error) == "not_sent"


def test_a_tunnel_that_the_proxy_refused_is_not_sent():
    httpcore = pytest.importorskip("httpcore")
    error = httpx.ProxyError("407")
    error.__cause__ = httpcore.ProxyError("407")
    assert outcome_of(error) == "not_sent"


def second_attempt(first):
    try:
        raise first
    except type(first):
        raise httpx.ConnectError("second attempt")  # noqa: B904 - the context is the point


def test_an_unsent_retry_does_not_hide_an_uncertain_first_attempt():
    aiohttp = pytest.importorskip("aiohttp")
    with pytest.raises(httpx.ConnectError) as caught:
        second_attempt(aiohttp.ServerDisconnectedError())
    assert outcome_of(caught.value) == "unknown"
