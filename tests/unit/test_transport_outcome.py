"""Which failure proves that nothing was sent, and which does not."""

import asyncio
import socket
import ssl

import httpx
import pytest

from sunco_async.transports import is_permanent, outcome_of

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


class HttpcoreProxyError(Exception):
    __module__ = "httpcore._exceptions"


HttpcoreProxyError.__name__ = "ProxyError"


def caused(error, cause):
    error.__cause__ = cause
    return error


def ring():
    first, second = httpx.ConnectError("x"), OSError("y")
    first.__cause__, second.__context__ = second, first
    return first


def certificate():
    return ssl.SSLCertVerificationError(1, "certificate verify failed")


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (caused(httpx.ConnectError("x"), certificate()), True),
        (caused(httpx.ConnectError("x"), caused(OSError("x"), certificate())), True),
        (httpx.UnsupportedProtocol("x"), True),
        (httpx.InvalidURL("x"), True),
        (caused(httpx.ConnectError("x"), UnicodeError("label too long")), True),
        (caused(httpx.ProxyError("407 x"), HttpcoreProxyError("407 Authentication")), True),
        (caused(httpx.ProxyError("403 x"), HttpcoreProxyError("403 Forbidden")), True),
        (caused(httpx.ProxyError("503 x"), HttpcoreProxyError("503 Unavailable")), False),
        (caused(httpx.ProxyError("x"), HttpcoreProxyError("refused")), False),
        (httpx.ProxyError("407"), False),
        # A name that does not resolve, a host that refuses, and other TLS failures may pass.
        (caused(httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "x")), False),
        (caused(httpx.ConnectError("x"), socket.gaierror(socket.EAI_AGAIN, "x")), False),
        (caused(httpx.ConnectError("x"), ConnectionRefusedError()), False),
        (caused(httpx.ConnectError("x"), ssl.SSLError(1, "wrong version number")), False),
        (caused(httpx.ReadError("x"), UnicodeError("x")), False),
        (httpx.ConnectTimeout("x"), False),
        (httpx.ReadTimeout("x"), False),
        (httpx.RemoteProtocolError("x"), False),
        (ring(), False),
    ],
)
def test_what_no_retry_cures(error, permanent):
    assert is_permanent(error) is permanent
