"""TLS: which certificates are trusted."""

import asyncio
import ssl

import httpx
import pytest
from certificates import self_signed
from fault_server import BODY
from transport_kinds import KINDS, make_transport

from sunco_async.transports import outcome_of


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The self-signed certificate of these tests, with its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(self_signed())
    return path


class Server:
    """Answers every request, over TLS when given a certificate."""

    def __init__(self, certificate=None):
        self.heads = []
        self._tasks = set()
        self._context = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc_info):
        self._server.close()
        await asyncio.gather(*self._tasks)
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + BODY)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def client(kind, url):
    transport = make_transport(kind, max_connections=2)
    return httpx.AsyncClient(transport=transport, base_url=url, timeout=10)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_certificate_named_by_the_environment_is_trusted(kind, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Server(certificate) as server:
        async with client(kind, f"https://127.0.0.1:{server.port}") as http:
            for _ in range(2):
                assert (await http.post("/x", content=b"")).json() == {"ok": True}
        assert len(server.heads) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unknown_certificate_is_refused_before_sending(kind, certificate):
    async with Server(certificate) as server:
        async with client(kind, f"https://127.0.0.1:{server.port}") as http:
            with pytest.raises(httpx.ConnectError) as caught:
                await http.post("/x", content=b"{}")
        assert outcome_of(caught.value) == "not_sent"
        assert server.heads == []


@pytest.mark.parametrize("kind", KINDS)
async def test_plain_http_where_tls_is_expected_is_refused_before_sending(kind):
    async with Server() as server:
        async with client(kind, f"https://127.0.0.1:{server.port}") as http:
            with pytest.raises(httpx.TransportError):
                await http.post("/x", content=b"{}", timeout=0.3)
        assert server.heads == []
