"""Responses that are invalid, refuse, redirect or never end: our own errors, in bounded memory."""

import asyncio
import gc
import gzip
import tracemalloc
import zlib

import pytest
from fault_clients import BODY, KINDS, PASSED_IN, api, open_client, probe
from fault_server import status

from sunco_async import (
    APIStatusError,
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    JWTAuth,
    NotFound,
    RequestTimeout,
    ResponseDecodeError,
    RetryPolicy,
    ServerError,
    SuncoError,
    UnexpectedRedirect,
)

KEPT = 16 * 1024 * 1024
"""Bytes of a body that are read at most."""


def methods(server):
    return [request.method for request in server.received]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [500, 502, 503, 504])
async def test_a_post_with_a_5xx_response_is_unknown_and_sent_once(kind, code):
    async with api(str(code)) as server, open_client(kind, server.url) as sunco:
        with pytest.raises(ServerError) as caught:
            await sunco.messages.post("c1", "Hello")
        assert (caught.value.status_code, caught.value.outcome) == (code, "unknown")
        assert caught.value.attempts == len(server.received) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_post_is_sent_again_after_a_429_and_after_a_503_if_configured(kind):
    policy = RetryPolicy(base=0.001, cap=0.001, retry_unavailable=True)
    async with api("429", "503", "429") as server, open_client(kind, server.url) as sunco:
        [message] = await sunco.messages.post("c1", "Hello", retry=policy)
        assert message.id == "m1"
        assert len(server.received) == sunco.statistics().attempts == 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [400, 402, 403, 404, 409, 423])
async def test_a_refusal_is_final(kind, code):
    async with api(str(code)) as server, open_client(kind, server.url) as sunco:
        with pytest.raises(APIStatusError) as caught:
            await sunco.users.get("u1")
        assert (caught.value.status_code, caught.value.outcome) == (code, "rejected")
        assert caught.value.errors == ((f"code_{code}", f"Title {code}"),)
        assert caught.value.attempts == len(server.received) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_delete_whose_response_was_lost_succeeds_when_the_retry_gets_a_404(kind):
    async with api("fin", "404") as server, open_client(kind, server.url) as sunco:
        await sunco.messages.delete("c1", "m1")
        assert methods(server) == ["DELETE", "DELETE"]
        server.plan.append("404")
        with pytest.raises(NotFound):
            await sunco.messages.delete("c1", "m1")


@pytest.mark.parametrize("kind", KINDS)
async def test_deleting_all_messages_is_not_repeated_when_in_doubt(kind):
    async with api("fin_in_body") as server, open_client(kind, server.url) as sunco:
        with pytest.raises(ConnectionFailed) as caught:
            await sunco.messages.delete_all("c1")
        assert caught.value.outcome == "unknown"
        assert caught.value.attempts == len(server.received) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_user_whose_creation_was_lost_is_found_by_its_external_id(kind):
    async with api("fin", "409") as server, open_client(kind, server.url) as sunco:
        with pytest.raises(ConnectionFailed) as lost:
            await sunco.users.create(external_id="jane")
        assert lost.value.outcome == "unknown"
        with pytest.raises(Conflict):
            await sunco.users.create(external_id="jane")
        assert (await sunco.users.get("jane")).id == "u1"
        server.plan.append("409")
        assert (await sunco.users.upsert("jane")).id == "u1"
        assert methods(server) == ["POST", "POST", "GET", "POST", "PATCH"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_hundred_expired_jwts_are_signed_again_once(kind):
    wall = [1_750_000_000.0]
    auth = JWTAuth("app_test", "not-a-secret" * 2, wall_clock=lambda: wall[0])
    old = (await auth.authorization()).encode()
    wall[0] += 60
    everybody = asyncio.Event()

    async def expire(exchange):
        await exchange.read_body()
        if exchange.request.header("authorization") != old:
            await exchange.respond()
            return
        if sum(each.header("authorization") == old for each in server.received) == 100:
            everybody.set()
        await everybody.wait()  # all of them carry the old token
        await status(401)(exchange)

    async with (
        api(default=expire) as server,
        open_client(kind, server.url, auth=auth, max_connections=100, timeout=30) as sunco,
    ):
        await asyncio.gather(*(sunco.messages.post("c1", "Hello") for _ in range(100)))
        tokens = [request.header("authorization") for request in server.received]
        assert tokens.count(old) == 100
        assert len(tokens) == sunco.statistics().attempts == 200
        assert len(set(tokens)) == 2

        server.default = "401"
        wall[0] += 60
        with pytest.raises(AuthenticationFailed) as caught:
            await sunco.messages.post("c1", "Hello")
        assert (caught.value.attempts, caught.value.outcome) == (2, "rejected")
        assert len(server.received) == 202


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["html", "nothing", "half_json", "deep_json", "empty"])
async def test_a_2xx_without_the_documented_body_is_an_error_and_not_repeated(kind, fault):
    async with api(fault) as server, open_client(kind, server.url) as sunco:
        with pytest.raises(ResponseDecodeError) as caught:
            await sunco.users.get("u1")
        assert caught.value.outcome == "unknown"
        assert len(str(caught.value)) < 1000
        assert caught.value.attempts == len(server.received) == 1
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_invalid_gzip_is_our_own_error(kind):
    async def broken(exchange):
        await exchange.respond(b"this is no gzip", headers=["Content-Encoding: gzip"])

    async with api(broken) as server, open_client(kind, server.url) as sunco:
        with pytest.raises(ResponseDecodeError, match="decompressed"):
            await sunco.users.get("u1")
        await probe(sunco, server)


async def read_compressed(server, sunco, body, *headers, code="200 OK"):
    async def respond(exchange):
        await exchange.read_body()
        await exchange.respond(body, code, headers=list(headers))

    server.plan.append(respond)
    return await sunco.users.get("u1")


@pytest.mark.parametrize("kind", KINDS)
async def test_only_the_encodings_that_were_asked_for_are_decompressed(kind):
    squeezed = gzip.compress(bytes(10_000_000))
    refused = {
        ("Content-Encoding: gzip, gzip",): gzip.compress(squeezed),
        ("Content-Encoding: gzip", "Content-Encoding: gzip"): gzip.compress(squeezed),
        ("Content-Encoding: identity, gzip",): squeezed,
        ("Content-Encoding: br",): squeezed,
        ("Content-Encoding: zstd",): squeezed,
        ("Content-Encoding: unheard-of",): squeezed,
    }
    async with api() as server, open_client(kind, server.url) as sunco:
        for headers, body in refused.items():
            with pytest.raises(ResponseDecodeError, match="encoded as") as caught:
                await read_compressed(server, sunco, body, *headers)
            assert (caught.value.outcome, caught.value.status_code) == ("unknown", 200)
            with pytest.raises(ServerError) as failed:
                await read_compressed(server, sunco, body, *headers, code="501 No")
            assert failed.value.body == b""
        assert all(
            request.header("accept-encoding") == b"gzip, deflate" for request in server.received
        )
        half = len(BODY) // 2
        several = gzip.compress(BODY[:half]) + gzip.compress(BODY[half:])
        raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        for body, encoding in (
            (BODY, "identity"),
            (gzip.compress(BODY), "x-gzip"),
            (several, "gzip"),
            (zlib.compress(BODY), "deflate"),
            (raw.compress(BODY) + raw.flush(), "deflate"),
        ):
            user = await read_compressed(server, sunco, body, f"Content-Encoding: {encoding}")
            assert user.id == "u1"
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_503_is_retried_whatever_the_encoding_of_its_body(kind):
    page = status(503, "Content-Encoding: br", body=b"this is no brotli")
    async with api(page, page) as server, open_client(kind, server.url) as sunco:
        assert (await sunco.users.get("u1")).id == "u1"
        assert len(server.received) == 3
        await probe(sunco, server)


def bomb():
    squeezer = zlib.compressobj(9, wbits=31)
    pieces = [squeezer.compress(bytes(1_000_000)) for _ in range(100)]
    body = b"".join(pieces) + squeezer.flush()
    assert len(body) < 110_000

    async def explode(exchange):
        await exchange.respond(body, headers=["Content-Encoding: gzip"])

    return explode


async def endless(exchange):
    """A body without an end, and without a length that says so."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        await exchange.send(bytes(65_536))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "expected", "most"),
    [
        (bomb, ResponseDecodeError, 2.5 * KEPT),  # 100 MB; the pieces, and the parser's buffers
        (lambda: endless, ResponseDecodeError, 2.5 * KEPT),
        (lambda: "many_headers", ConnectionFailed, 4_000_000),  # 10 MB of head
        (lambda: "proxy_page", ServerError, 12_000_000),  # 2 MB
    ],
    ids=["bomb", "endless", "many headers", "2 MB page"],
)
async def test_an_oversized_response_costs_bounded_memory(kind, fault, expected, most):
    async with api("ok", fault()) as server, open_client(kind, server.url, retry=None) as sunco:
        await sunco.users.get("u1")
        gc.collect()
        tracemalloc.start()
        try:
            async with asyncio.timeout(20):
                with pytest.raises(expected) as caught:
                    await sunco.messages.post("c1", "Hello")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < most, f"{peak:,} bytes"
        assert len(str(caught.value)) < 1000
        assert caught.value.outcome == "unknown"
        assert caught.value.attempts == 1
        assert len(server.received) == 2
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_slow_response_ends_with_the_deadline_of_the_call(kind):
    """Each byte is in time for the read time-out; only the whole call is too long."""

    async def drip_for_ever(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            await exchange.send(b" ")
            await asyncio.sleep(0.01)

    policy = RetryPolicy(max_elapsed=0.3)
    async with api(drip_for_ever) as server, open_client(kind, server.url) as sunco:
        with pytest.raises(RequestTimeout, match=r"within 0\.3 s") as caught:
            async with asyncio.timeout(5):
                await sunco.users.get("u1", retry=policy)
        assert caught.value.outcome == "unknown"
        assert caught.value.attempts == len(server.received) == 1
        await probe(sunco, server)


@pytest.mark.parametrize(
    ("kind", "follow"), [*((kind, False) for kind in KINDS), (PASSED_IN, True)]
)
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_nothing_is_sent_to_the_target_of_a_redirect(kind, follow, code):
    async with api() as other, api() as server, open_client(kind, server.url) as sunco:
        if follow:  # a user's client may be set to
            sunco._session.http.follow_redirects = True
        for call in (sunco.users.get("u1"), sunco.messages.post("c1", "Hello")):
            server.plan.append(status(code, f"Location: {other.url}/stolen"))
            with pytest.raises(UnexpectedRedirect, match="stolen") as caught:
                await call
            assert caught.value.location == f"{other.url}/stolen"
            assert caught.value.outcome == ("unknown" if code in (302, 303) else "rejected")
            assert caught.value.attempts == 1
        assert len(server.received) == 2
        assert (other.connections, other.received) == (0, [])
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_garbage_is_our_own_error_and_the_next_call_works(kind):
    async with api(*["garbage"] * 4) as server, open_client(kind, server.url) as sunco:
        for _ in range(4):
            with pytest.raises(SuncoError) as caught:
                await sunco.messages.post("c1", "Hello")
            assert type(caught.value) is ConnectionFailed
        await sunco.messages.post("c1", "Hello")
        assert len(server.received) == 5
