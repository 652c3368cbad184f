"""Each of aiohttp's exceptions has its httpx counterpart."""

import inspect

import httpx
import pytest

aiohttp = pytest.importorskip("aiohttp")

from aiohttp.http import HttpProcessingError  # noqa: E402 - after the skip

from sunco_async.transports._aiohttp_errors import AIOHTTP_FAILURES, to_httpx  # noqa: E402 - after the skip
from sunco_async.transports._outcome import outcome_of  # noqa: E402 - after the skip

KIND_OF_KEY = aiohttp.client_reqrep.ConnectionKey  # its length differs between versions
KEY = KIND_OF_KEY(*[None] * len(KIND_OF_KEY._fields))._replace(host="h", port=443)
REFUSED = OSError(111, "refused")
TLS = aiohttp.ClientConnectorSSLError
CERTIFICATE = aiohttp.ClientConnectorCertificateError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aiohttp.ClientConnectorError(KEY, REFUSED), httpx.ConnectError),
        (aiohttp.ClientConnectorDNSError(KEY, REFUSED), httpx.ConnectError),
        (aiohttp.ClientProxyConnectionError(KEY, REFUSED), httpx.ConnectError),
        (TLS(KEY, REFUSED), httpx.ConnectError),
        (CERTIFICATE(KEY, ValueError("x")), httpx.ConnectError),
        (aiohttp.ConnectionTimeoutError(), httpx.ConnectTimeout),
        (aiohttp.SocketTimeoutError(), httpx.ReadTimeout),
        (aiohttp.ServerTimeoutError(), httpx.ReadTimeout),
        (aiohttp.ServerDisconnectedError(), httpx.RemoteProtocolError),
        (aiohttp.ClientConnectionResetError(), httpx.WriteError),
        (aiohttp.ClientOSError(104, "reset"), httpx.ReadError),
        (aiohttp.ClientConnectionError(), httpx.ReadError),
        (aiohttp.ClientPayloadError(), httpx.RemoteProtocolError),
        (aiohttp.InvalidUrlClientError("x"), httpx.UnsupportedProtocol),
        (aiohttp.NonHttpUrlClientError("x"), httpx.UnsupportedProtocol),
        (HttpProcessingError(message="bad"), httpx.RemoteProtocolError),
        (aiohttp.ClientError(), httpx.NetworkError),
        (TimeoutError(), httpx.ReadTimeout),
        (ConnectionResetError(), httpx.ReadError),
    ],
    ids=lambda value: value.__name__ if inspect.isclass(value) else type(value).__name__,
)
def test_counterparts(error, expected):
    counterpart = to_httpx(error)
    assert type(counterpart) is expected
    assert str(counterpart)
    assert isinstance(error, AIOHTTP_FAILURES)


def client_errors():
    return [kind for kind in vars(aiohttp.client_exceptions).values() if _is_client_error(kind)]


def _is_client_error(kind):
    return inspect.isclass(kind) and issubclass(kind, aiohttp.ClientError)


def test_only_what_was_not_sent_is_called_so():
    assert len(client_errors()) > 20
    not_sent = {kind.__name__ for kind in client_errors() if _outcome_of_class(kind) == "not_sent"}
    assert not_sent == {
        "ClientConnectorCertificateError",
        "ClientConnectorDNSError",
        "ClientConnectorError",
        "ClientConnectorSSLError",
        "ClientHttpProxyError",
        "ClientProxyConnectionError",
        "ClientSSLError",
        "ConnectionTimeoutError",
        "InvalidURL",
        "InvalidUrlClientError",
        "InvalidUrlRedirectClientError",
        "NonHttpUrlClientError",
        "NonHttpUrlRedirectClientError",
        "UnixClientConnectorError",
    }


def _outcome_of_class(kind):
    # Constructors differ, and only the class counts; some cannot be printed when bare.
    error = type(
        kind.__name__, (kind,), {"__init__": lambda self: None, "__str__": lambda self: "x"}
    )()
    counterpart = to_httpx(error)
    counterpart.__cause__ = error
    return outcome_of(counterpart)
