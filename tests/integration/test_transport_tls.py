"""TLS and proxies: what is trusted, what a proxy is told, and what its refusal means."""

import asyncio
import ssl

import httpx
import pytest
from certificates import self_signed
from fault_server import ANSWER
from transport_kinds import KINDS, make_transport

from sunco_async.transports import outcome_of


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The self-signed certificate of these tests, with its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(self_signed())
    return path


class Server:
    """Answers every request, over TLS when given a certificate; a proxy when told to be one."""

    def __init__(self, certificate=None, *, refuse=None, tunnel_to=None):
        self.heads = []
        self._tasks = set()
        self._refuse = refuse
        self._tunnel_to = tunnel_to
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
                if self._refuse:
                    writer.write(self._refuse)
                    break
                if head.startswith(b"CONNECT"):
                    await self._tunnel(reader, writer)
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _tunnel(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._tunnel_to)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


def client(kind, url):
    transport = make_transport(kind, max_connections=2)
    return httpx.AsyncClient(transport=transport, base_url=url, timeout=2)


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


@pytest.mark.parametrize("kind", KINDS)
async def test_https_goes_through_the_proxy_in_a_tunnel(kind, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Server(certificate) as server, Server(tunnel_to=server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://jane:not%20a%20secret@127.0.0.1:{proxy.port}")
        async with client(kind, "https://api.test") as http:
            for _ in range(2):
                response = await http.get("/x?a[b]=1")
                assert response.json() == {"ok": True}
    assert len(proxy.heads) == 1
    assert proxy.heads[0].startswith(b"CONNECT api.test:443 HTTP/1.1\r\n")
    assert b"proxy-authorization: basic amfuztpub3qgysbzzwnyzxq=" in proxy.heads[0].lower()
    assert [head.split(b"\r\n")[0] for head in server.heads] == [b"GET /x?a[b]=1 HTTP/1.1"] * 2
    assert b"proxy-authorization" not in b"".join(server.heads).lower()


@pytest.mark.parametrize("kind", KINDS)
async def test_plain_http_goes_through_a_tunnel_too(kind, monkeypatch):
    async with Server() as server, Server(tunnel_to=server.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://jane:fake@127.0.0.1:{proxy.port}")
        async with client(kind, "http://api.test") as http:
            assert (await http.get("/x?a[b]=%5B1")).json() == {"ok": True}
    assert proxy.heads[0].startswith(b"CONNECT api.test:80 HTTP/1.1\r\n")
    assert b"proxy-authorization: basic amfuztpmywtl" in proxy.heads[0].lower()
    assert server.heads[0].startswith(b"GET /x?a[b]=%5B1 HTTP/1.1\r\n")
    assert b"proxy-authorization" not in server.heads[0].lower()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_tunnel_that_is_refused_is_not_sent(kind, monkeypatch):
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with Server(refuse=refusal) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with client(kind, "https://api.test") as http:
            with pytest.raises(httpx.ProxyError) as caught:
                await http.post("/x", content=b"{}")
    assert outcome_of(caught.value) == "not_sent"


@pytest.mark.parametrize("kind", KINDS)
async def test_loopback_is_never_proxied(kind, monkeypatch):
    async with Server() as server, Server() as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with client(kind, f"http://127.0.0.1:{server.port}") as http:
            assert (await http.get("/x")).json() == {"ok": True}
        assert (len(server.heads), proxy.heads) == (1, [])
