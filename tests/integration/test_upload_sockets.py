"""Uploads over real sockets: framed as promised, on each transport and from each source."""

import email

import pytest
from fault_server import FaultServer
from transport_kinds import KINDS, make_transport

from sunco_async import AsyncSunco

CONTENT = bytes(range(256)) * 2000


async def pieces():
    for start in range(0, len(CONTENT), 100_000):
        yield CONTENT[start : start + 100_000]


@pytest.mark.parametrize("transport", KINDS)
@pytest.mark.parametrize("kind", ["path", "bytes", "async"])
async def test_a_file_arrives_whole(transport, kind, tmp_path):
    file = tmp_path / "data.bin"
    file.write_bytes(CONTENT)
    source = {"path": file, "bytes": CONTENT, "async": pieces()}[kind]
    async with (
        FaultServer() as server,
        AsyncSunco(
            base_url=server.url,
            app_id="a1",
            key_id="app_test",
            secret="not-a-secret",
            transport=make_transport(transport, max_connections=2),
            rate_limit=None,
            retry=None,
        ) as sunco,
    ):
        with pytest.raises(Exception, match="no 'attachment'"):  # the server sends {"ok": true}
            await sunco.attachments.upload(source, filename="data.bin")
        [received] = server.received
    assert received.header("host") == f"127.0.0.1:{server.port}".encode()
    if kind == "async":
        assert received.header("transfer-encoding") == b"chunked"
    else:
        assert received.header("content-length") == str(len(received.body)).encode()
    head = b"content-type: " + received.header("content-type") + b"\r\n\r\n"
    [part] = email.message_from_bytes(head + received.body).get_payload()
    assert part.get_payload(decode=True) == CONTENT
    assert part.get_filename() == "data.bin"
