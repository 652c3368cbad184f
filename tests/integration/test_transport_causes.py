"""The outcome of real failures, with the causes that the libraries attach."""

import httpx
import pytest
from fault_server import FaultServer, closed_port
from transport_kinds import KINDS, make_transport

from sunco_async.transports import outcome_of


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("fin", "unknown"),
        ("rst", "unknown"),
        ("fin_in_head", "unknown"),
        ("silent", "unknown"),
        ("refused", "not_sent"),
    ],
)
async def test_a_users_own_client_over_httpx_aiohttp(fault, expected):
    httpx_aiohttp = pytest.importorskip("httpx_aiohttp")
    async with FaultServer(fault if fault != "refused" else "ok") as server:
        url = server.url if fault != "refused" else f"http://127.0.0.1:{closed_port()}"
        async with httpx_aiohttp.HttpxAiohttpClient(timeout=httpx.Timeout(5, read=0.2)) as http:
            with pytest.raises(httpx.TransportError) as caught:
                await http.post(url, content=b"{}")
    assert outcome_of(caught.value) == expected


@pytest.mark.parametrize("kind", KINDS)
async def test_our_own_transport_keeps_the_cause(kind):
    url = f"http://127.0.0.1:{closed_port()}"
    async with make_transport(kind, max_connections=1) as transport:
        with pytest.raises(httpx.ConnectError) as caught:
            await transport.handle_async_request(httpx.Request("POST", url, content=b"{}"))
    assert caught.value.__cause__ is not None
