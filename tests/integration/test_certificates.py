"""What no retry cures, over real TLS: certificates that do not verify, and certificate files."""

import asyncio
import copy
import pickle
import re
import ssl
import subprocess
import sys
import threading

import httpx
import pytest
from certificates import self_signed
from fakes import APP, KEY_ID, SECRET
from fault_clients import BODY
from fault_server import FaultServer

from sunco_async import AsyncSunco, ConfigurationError, ConnectionFailed
from sunco_async.bulk import BulkSender, Failed, Outgoing, Skipped
from sunco_async.cli import main

KINDS = ("ours", "passed in")


def write(path, pem):
    path.write_bytes(pem)
    return path


def server_context(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def unknown(tmp_path):
    """A certificate that nobody trusts."""
    return write(tmp_path / "unknown.pem", self_signed())


@pytest.fixture
def expired(tmp_path):
    return write(tmp_path / "expired.pem", self_signed(days=-2))


@pytest.fixture
def elsewhere(tmp_path):
    return write(tmp_path / "elsewhere.pem", self_signed(hosts=("elsewhere.test",)))


def make_client(kind, url, **settings):
    mine = httpx.AsyncClient() if kind == "passed in" else None
    settings.update(base_url=url, app_id=APP, key_id=KEY_ID, secret=SECRET, http_client=mine)
    return AsyncSunco(**settings), mine


async def failure_of(kind, url, call):
    """Return the error of a call; the default policy would retry for seconds."""
    sunco, mine = make_client(kind, url)
    try:
        async with asyncio.timeout(30), sunco:
            with pytest.raises((ConnectionFailed, ConfigurationError)) as caught:
                await call(sunco)
            numbers = sunco.statistics()
    finally:
        if mine is not None:
            await mine.aclose()
    assert numbers.retries == 0
    assert numbers.in_flight == 0
    return caught.value


CALLS = {
    "GET": lambda sunco: sunco.users.get("u1"),
    "POST": lambda sunco: sunco.messages.post("c1", "Hello"),
}


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "trusted", "words"),
    [
        ("unknown", False, "self-signed certificate.*set SSL_CERT_FILE"),
        ("expired", True, "certificate has expired"),
        ("elsewhere", True, "(?i)hostname mismatch"),
    ],
)
async def test_a_certificate_that_does_not_verify(
    *, kind, method, name, trusted, words, request, monkeypatch
):
    path = request.getfixturevalue(name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    async with FaultServer(body=BODY, tls=server_context(path), host="localhost") as server:
        error = await failure_of(kind, server.url, CALLS[method])
        assert server.received == []
    assert isinstance(error, ConnectionFailed)
    assert error.permanent
    assert (error.outcome, error.attempts) == ("not_sent", 1)
    assert error.operation in ("users.get", "messages.post")
    text = str(error)
    assert ssl.SSLCertVerificationError.__name__ not in text
    assert "\n" not in text
    assert re.search(words, text), text


async def test_the_mark_survives_copies(unknown):
    async with FaultServer(body=BODY, tls=server_context(unknown), host="localhost") as server:
        error = await failure_of("ours", server.url, CALLS["GET"])
    assert pickle.loads(pickle.dumps(error)).permanent  # noqa: S301 - our own
    assert copy.copy(error).permanent


def folder_of(tmp_path, *names):
    folder = tmp_path / "certificates"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"junk")
    return folder


@pytest.mark.parametrize(
    ("variable", "make", "words"),
    [
        ("SSL_CERT_FILE", lambda path: path / "gone.pem", "No such file"),
        ("SSL_CERT_FILE", lambda path: path, "Is a directory"),
        ("SSL_CERT_FILE", lambda path: write(path / "junk.pem", b"junk"), "PEM"),
        ("SSL_CERT_FILE", lambda path: write(path / "empty.pem", b""), "PEM"),
        ("SSL_CERT_FILE", lambda path: write(path / "binary.pem", bytes(range(256))), "PEM"),
        ("SSL_CERT_DIR", lambda path: path / "gone", "No such file"),
        ("SSL_CERT_DIR", lambda path: write(path / "a.pem", b"x"), "Not a directory"),
        ("SSL_CERT_DIR", folder_of, "openssl rehash"),
        ("SSL_CERT_DIR", lambda path: folder_of(path, "ca.pem", "ca.crt"), "openssl rehash"),
    ],
)
async def test_a_certificate_path_that_cannot_be_used(
    *, variable, make, words, unknown, tmp_path, monkeypatch
):
    path = make(tmp_path)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, str(path))
    async with FaultServer(body=BODY, tls=server_context(unknown), host="localhost") as server:
        error = await failure_of("ours", server.url, CALLS["POST"])
        assert server.received == []
    assert isinstance(error, ConfigurationError)
    assert f"{variable}={path} cannot be used" in str(error)
    assert words in str(error)
    assert (error.outcome, error.attempts) == ("not_sent", 0)


async def test_a_path_that_is_mended_is_read_again(unknown, tmp_path, monkeypatch):
    path = tmp_path / "late.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    async with FaultServer(body=BODY, tls=server_context(unknown), host="localhost") as server:
        sunco, _ = make_client("ours", server.url)
        async with sunco:
            with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
                await sunco.users.get("u1")
            write(path, unknown.read_bytes())
            assert (await sunco.users.get("u1")).id == "u1"


async def test_a_directory_with_hashed_names_is_used(unknown, tmp_path, monkeypatch):
    folder = folder_of(tmp_path)
    command = ["openssl", "x509", "-subject_hash", "-noout", "-in", str(unknown)]
    try:
        found = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: ASYNC221 - nothing else runs
    except FileNotFoundError:
        pytest.skip("there is no openssl command to name the file")
    (folder / f"{found.stdout.strip()}.0").write_bytes(unknown.read_bytes())
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    # The first of two directories is missing, which OpenSSL ignores.
    separator = ";" if sys.platform == "win32" else ":"
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'gone'}{separator}{folder}")
    async with FaultServer(body=BODY, tls=server_context(unknown), host="localhost") as server:
        sunco, _ = make_client("ours", server.url)
        async with sunco:
            assert (await sunco.users.get("u1")).id == "u1"


@pytest.mark.parametrize("broken", ["certificate", "file"])
async def test_a_bulk_run_ends_at_once(broken, unknown, monkeypatch):
    """Its retry policy would wait for half an hour."""
    if broken == "file":
        monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    outbox = (Outgoing(str(n), "Hello", conversation_id=str(n)) for n in range(1000))
    results = []

    async def run(sunco):
        async for result in BulkSender(sunco, concurrency=5).send(outbox):
            results.append(result)  # noqa: PERF401 - the run raises at its end

    async with FaultServer(body=BODY, tls=server_context(unknown), host="localhost") as server:
        error = await failure_of("ours", server.url, run)
        assert server.received == []
    kind = ConfigurationError if broken == "file" else ConnectionFailed
    assert isinstance(error, kind)
    assert 1 <= len(results) <= 20
    failed = [result for result in results if isinstance(result, Failed)]
    assert failed
    assert all(isinstance(result.error, kind) for result in failed)
    assert all(result.outcome == "not_sent" for result in failed)
    assert all(isinstance(result, Failed | Skipped) for result in results)


@pytest.mark.parametrize("broken", ["certificate", "file"])
def test_a_command_ends_with_one_sentence(broken, unknown, tmp_path, monkeypatch, capsys):
    (tmp_path / "people.csv").write_text("external_id\njane\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUNCO_APP_ID", APP)
    monkeypatch.setenv("SUNCO_KEY_ID", KEY_ID)
    monkeypatch.setenv("SUNCO_KEY_SECRET", SECRET)
    if broken == "file":
        monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    started, over = threading.Event(), threading.Event()
    urls = []

    async def serve():
        async with FaultServer(body=BODY, tls=server_context(unknown), host="localhost") as server:
            urls.append(server.url)
            started.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(10)
        code = main(["bulk", "send", "people.csv", "--text", "Hi", "--base-url", urls[0]])
    finally:
        over.set()
        thread.join()
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"sunco: {urls[0]} cannot be reached: ")
    assert ("SSL_CERT_FILE=/no/such/file.pem" if broken == "file" else "self-signed") in err
