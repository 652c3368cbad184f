"""Wire faults seen from a call: the error, its outcome, and a server that counts what we count."""

import asyncio
import time

import pytest
from fault_clients import BODY, CONNECTIONS, KINDS, PASSED_IN, api, leftovers, open_client, probe
from fault_server import ThreadedFaultServer, closed_port

from sunco_async import (
    ConnectionFailed,
    PayloadTooLarge,
    RequestTimeout,
    RequestTooLarge,
    RetryPolicy,
    SuncoError,
)

BROKEN = [
    "fin",
    "rst",
    "fin_in_head",
    "rst_in_head",
    "fin_in_body",
    "rst_in_body",
    "fin_in_large_body",
    "fin_in_chunks",
    "bad_first_chunk",
    "garbage",
    "huge_head",
]
ATTACHED = b'{"attachment": {"mediaUrl": "https://example.com/a"}}'
SLOW = ["silent", "silent_in_body", "stalled_large"]

CALLS = {
    "POST": lambda sunco: sunco.messages.post("c1", "Hello"),
    "PUT": lambda sunco: sunco.request("PUT", "/v2/x", json={"a": 1}),
    "GET": lambda sunco: sunco.users.get("u1"),
    "PATCH": lambda sunco: sunco.users.update("u1", profile={"givenName": "Jane"}),
    "DELETE": lambda sunco: sunco.messages.delete("c1", "m1"),
}


def methods(server):
    return [request.method for request in server.received]


async def repeats(sunco, count):
    """Wait until calls have been repeated so often."""
    async with asyncio.timeout(5):
        while sunco.statistics().retries < count:  # noqa: ASYNC110 - it is a number, no event
            await asyncio.sleep(0.005)


def patience(fault):
    """Seconds for a step: little where the fault is that it never ends."""
    return 0.15 if fault in SLOW else 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "fault"),
    [*(("POST", fault) for fault in [*BROKEN, *SLOW]), ("PUT", "fin"), ("PUT", "silent")],
)
async def test_a_request_that_may_have_arrived_is_sent_once_and_unknown(kind, method, fault):
    async with api("ok", fault) as server, open_client(kind, server.url) as sunco:
        await sunco.users.get("u1")  # so that the fault meets a connection that was used before
        with pytest.raises(SuncoError) as caught:
            await CALLS[method](sunco.with_options(timeout=patience(fault)))
        assert type(caught.value) is (RequestTimeout if fault in SLOW else ConnectionFailed)
        assert (caught.value.outcome, caught.value.attempts) == ("unknown", 1)
        assert methods(server) == ["GET", method]
        await CALLS[method](sunco)
        await probe(sunco, server)
        assert sunco.statistics().attempts == len(server.received) == 3 + CONNECTIONS
        assert not await leftovers(server)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "fault"),
    [
        *(("GET", fault) for fault in ("fin", "rst", "rst_in_body", "garbage", "silent", "503")),
        ("PATCH", "fin"),
        ("DELETE", "fin"),
        ("DELETE", "502"),
    ],
)
async def test_a_repeatable_call_is_repeated_and_succeeds(kind, method, fault):
    async with api("ok", fault, fault) as server, open_client(kind, server.url) as sunco:
        await sunco.users.get("u1")
        await CALLS[method](sunco.with_options(timeout=patience(fault)))
        assert methods(server) == ["GET", method, method, method]
        assert (sunco.statistics().attempts, sunco.statistics().retries) == (4, 2)
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["fin", "silent_in_body"])
async def test_a_failed_get_counts_the_same_attempts_as_the_server(kind, fault):
    async with api() as server, open_client(kind, server.url) as sunco:
        await sunco.users.get("u1")
        server.default = fault
        with pytest.raises((ConnectionFailed, RequestTimeout)) as caught:
            await sunco.users.get("u1", timeout=patience(fault))
        assert caught.value.attempts == len(server.received) - 1 == 5
        server.default = "ok"
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("where", ["refused", "no such host"])
async def test_a_failed_connect_is_not_sent_and_retried(kind, method, where):
    url = f"http://127.0.0.1:{closed_port()}"
    if where == "no such host":
        url = "https://nowhere.invalid"
    few = RetryPolicy(max_attempts=3, base=0.001)
    async with open_client(kind, url, retry=few) as sunco:
        with pytest.raises(ConnectionFailed) as caught:
            await CALLS[method](sunco)
        assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 3)
        assert sunco.statistics().in_flight == 0
        assert not await leftovers()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_post_to_a_server_that_starts_late_arrives_once(kind):
    server = api()
    server.port = closed_port()
    patient = RetryPolicy(max_attempts=100, base=0.02, cap=0.02)
    async with open_client(kind, server.url, retry=patient) as sunco:
        call = asyncio.create_task(sunco.messages.post("c1", "Hello"))
        await repeats(sunco, 2)
        async with server:
            [message] = await call
            assert message.id == "m1"
            assert methods(server) == ["POST"]
            await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_upload_names_its_host(kind):
    async with api(body=ATTACHED) as server, open_client(kind, server.url) as sunco:
        await sunco.attachments.upload(b"x", filename="a.bin")
        assert server.received[0].header("host") == f"127.0.0.1:{server.port}".encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["deaf", "rst_in_upload"])
async def test_an_upload_that_stalls_or_breaks_is_unknown_and_sent_once(kind, fault):
    file = b"x" * 8_000_000
    async with api("ok", fault) as server, open_client(kind, server.url) as sunco:
        await sunco.users.get("u1")
        with pytest.raises((ConnectionFailed, RequestTimeout)) as caught:
            async with asyncio.timeout(5):
                await sunco.attachments.upload(file, filename="a.bin", timeout=0.3)
        assert (caught.value.outcome, caught.value.attempts) == ("unknown", 1)
        assert methods(server) == ["GET", "POST"]
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_upload_that_was_not_sent_is_sent_again_completely(kind):
    server = api(body=ATTACHED)
    server.port = closed_port()
    patient = RetryPolicy(max_attempts=100, base=0.02, cap=0.02)
    file = bytes(range(256)) * 2_000
    async with open_client(kind, server.url, retry=patient) as sunco:
        call = asyncio.create_task(sunco.attachments.upload(file, filename="a.bin"))
        await repeats(sunco, 1)
        async with server:
            await call
            assert methods(server) == ["POST"]
            assert file in server.received[0].body


@pytest.mark.parametrize("kind", KINDS)
async def test_an_early_413_is_rejected_where_it_can_be_read(kind):
    """httpcore loses it when the server hangs up on the upload; then nobody knows."""
    async with api("early_413") as server, open_client(kind, server.url) as sunco:
        with pytest.raises((PayloadTooLarge, ConnectionFailed)) as caught:
            await sunco.attachments.upload(b"x" * 4_000_000, filename="a.bin")
        told = isinstance(caught.value, PayloadTooLarge)
        assert told or kind == PASSED_IN
        assert caught.value.outcome == ("rejected" if told else "unknown")
        assert caught.value.attempts == len(server.received) == 1
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_oversized_request_is_refused_before_it_is_sent(kind):
    async with api() as server, open_client(kind, server.url) as sunco:
        with pytest.raises(RequestTooLarge) as caught:
            await sunco.messages.post("c1", "x" * 110_000)
        assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 0)
        assert server.connections == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_a_connection_closed_while_the_loop_was_busy_is_replaced(kind, method):
    with ThreadedFaultServer("ok_then_close", body=BODY) as server:
        async with open_client(kind, server.url) as sunco:
            await sunco.users.get("u1")
            time.sleep(0.1)  # noqa: ASYNC251 - the busy loop
            await CALLS[method](sunco)
            assert sunco.statistics().attempts == 2
        assert methods(server) == ["GET", method]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_broken_connection_is_replaced_under_load(kind):
    """Every third request breaks; calls in parallel do not disturb each other."""
    async with api() as server, open_client(kind, server.url) as sunco:
        server.plan.extend(["ok", "ok", "fin"] * 20)
        calls = [CALLS["POST"](sunco) for _ in range(60)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        failed = [result for result in results if isinstance(result, BaseException)]
        assert len(failed) == 20
        assert {(type(error), error.outcome) for error in failed} == {(ConnectionFailed, "unknown")}
        assert len(server.received) == sunco.statistics().attempts == 60
        await probe(sunco, server)
