"""The responses of the receiver: each request gets a status that the platform reads rightly."""

import asyncio
import gzip
import json
import logging
import traceback
import tracemalloc

import pytest
import virtual_time
from webhook_requests import KEY, SECRET, Request, delivery, message, post, settle

from sunco_async import ConfigurationError
from sunco_async.webhooks import ConversationMessageEvent, MemoryInbox, WebhookReceiver

NEVER_REPEATED = {200, 400, 401, 403, 404, 406}


def receiver_for(**options):
    return WebhookReceiver(SECRET, **options)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/hooks", 200),
        ("POST", "/hooks/", 200),
        ("POST", "/", 404),
        ("POST", "/hooks/a", 404),
        ("POST", "", 404),
        ("HEAD", "/", 200),
        ("HEAD", "/hooks", 200),
        ("HEAD", "/other", 404),
        ("GET", "/hooks", 406),
        ("PUT", "/hooks", 406),
        ("OPTIONS", "/hooks", 406),
        ("GET", "/other", 404),
    ],
)
async def test_paths_and_methods(method, path, status):
    async with receiver_for(path="/hooks") as receiver:
        request = Request([delivery(message("e1"))], method=method, path=path)
        assert (await request.to(receiver))[0] == status
        assert status in NEVER_REPEATED
        assert request.read == (status == 200 and method == "POST")


@pytest.mark.parametrize("path", ["", "/", "/any/path"])
async def test_every_path_is_accepted_by_default(path):
    async with receiver_for() as receiver:
        assert await post(receiver, delivery(message("e1")), path=path) == 200


@pytest.mark.parametrize(
    ("path", "root_path"),
    [
        ("/api/hooks", "/api"),  # the path includes the root_path, as in Starlette
        ("/hooks", "/api"),  # the path begins after the root_path, as in Litestar
        ("/hooks", ""),
        ("/api/hooks/", "/api/"),
    ],
)
async def test_a_path_is_found_below_any_root_path(path, root_path):
    async with receiver_for(path="/hooks") as receiver:
        body = delivery(message("e1"))
        assert await post(receiver, body, path=path, root_path=root_path) == 200
        assert await post(receiver, body, path=f"{path}x", root_path=root_path) == 404


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"x-api-key", b"wrong")],
        [(b"x-api-key", b"")],
        [(b"x-api-key", b"\xff\xfe")],
        [(b"x-api-key", b"x" * 1_000_000)],
        [KEY, KEY],
        [(b"x-zendesk-webhook-signature", b"abc=")],
    ],
    ids=["none", "wrong", "empty", "not_ascii", "1_MB", "twice", "zendesk_support"],
)
async def test_a_wrong_key_is_401_before_the_body_is_read(headers, caplog):
    async with receiver_for() as receiver:
        request = Request([b"x" * 100], headers=headers)
        assert (await request.to(receiver))[0] == 401
    assert request.read == 0
    [record] = caplog.records
    assert record.status_code == 401


async def test_each_of_several_secrets_is_accepted():
    async with WebhookReceiver(["old", SECRET]) as receiver:
        for key in (b"old", SECRET.encode()):
            body = delivery(message(key.decode()))
            assert await post(receiver, body, headers=[(b"X-API-Key", key)]) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'"text"',
        b"[]",
        b"{}",
        b'{"events": 5}',
        b'{"events": [5]}',
        b"\xff\xfe\xfa",
        b'{"events": [{"id": "\xff"}]}',
        b"[" * 100_000,
        b'{"events": [{"type": "x", "payload": ' + b"[" * 90_000 + b"]" * 90_000 + b"}]}",
        gzip.compress(b"0" * 10_000_000),
        b"a=1&b=2",
    ],
    ids=[
        "empty", "half", "null", "string", "array", "object", "number", "numbers", "not_utf8",
        "not_utf8_inside", "deep", "deep_inside", "gzip_bomb", "form",
    ],
)  # fmt: skip
async def test_what_cannot_be_parsed_is_400_with_one_log_line(body, caplog):
    async with receiver_for() as receiver:
        status, text = await Request([body]).to(receiver)
    assert status == 400
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert len(record.getMessage()) < 1000
    assert text in record.getMessage()


async def test_no_part_of_a_body_is_logged(caplog):
    canary = "canary-0123456789"
    bodies = [
        json.dumps({"detail": canary, "events": None}),
        json.dumps({"events": canary}),
        f'{{"events": ["{canary}',
        canary,
    ]
    async with receiver_for() as receiver:
        for body in bodies:
            status, text = await Request([body.encode()]).to(receiver)
            assert status == 400
            assert canary not in text
    assert canary not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"events": []}',
        delivery(message("e1", text="half \ud83d an emoji")),
        delivery({"type": "new:trigger"}),
        b'\xef\xbb\xbf{"events": []}',
    ],
    ids=["no_event", "lone_surrogate", "unknown", "byte_order_mark"],
)
async def test_what_is_unusual_but_valid_is_200(body):
    async with receiver_for() as receiver:
        headers = [KEY, (b"content-type", b"text/html")]
        assert await post(receiver, body, headers=headers) == 200


async def test_a_long_body_is_400_and_is_not_kept():
    chunk = b"x" * 65536
    async with receiver_for(max_body_size=100_000) as receiver:
        tracemalloc.start()
        request = Request([chunk] * 160)
        assert (await request.to(receiver))[0] == 400
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert request.read == 160  # it is read to its end, so that the client reads the response
    assert peak < 1_000_000


async def test_an_endless_body_is_400():
    class Endless(Request):
        async def receive(self):
            self.read += 1
            return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    async with receiver_for() as receiver:
        request = Endless([])
        assert (await request.to(receiver))[0] == 400
    assert request.read < 30


@pytest.mark.parametrize("declared", [b"999999999", b"9" * 19])
async def test_a_body_that_is_declared_too_long_is_not_read(declared):
    async with receiver_for() as receiver:
        request = Request([b"x"], headers=[KEY, (b"content-length", declared)])
        assert (await request.to(receiver))[0] == 400
    assert request.read == 0


@pytest.mark.parametrize("declared", [b"", b"-1", b"many", "٣".encode(), b"9" * 10_000])
async def test_a_declared_length_that_is_no_number_is_ignored(declared):
    async with receiver_for() as receiver:
        headers = [KEY, (b"content-length", declared)]
        assert await post(receiver, delivery(message("e1")), headers=headers) == 200


def test_a_slow_sender_gets_503_after_the_time_out():
    async def main():
        async with receiver_for(body_timeout=15) as receiver:
            status, text = await Request([b"{", None]).to(receiver)
            assert status == 503
            assert "15 seconds" in text
            assert asyncio.get_running_loop().time() == 15

    virtual_time.run(main)


async def test_a_client_that_hangs_up_gets_no_response():
    async with receiver_for() as receiver:
        request = Request([])
        assert await request.to(receiver) is None
        assert receiver.statistics().responses == {}


async def test_too_many_events_are_400_and_many_are_accepted():
    async with receiver_for() as receiver:
        assert await post(receiver, b'{"events": [' + b"{}," * 99_999 + b"{}]}") == 400
        assert await post(receiver, b'{"events": [' + b"{}," * 9_999 + b"{}]}") == 200
        assert receiver.statistics().accepted == 10_000


async def test_a_receiver_that_is_not_running_says_how_to_start_it(caplog):
    receiver = receiver_for()
    assert not receiver.is_running
    assert await post(receiver, delivery(message("e1"))) == 503
    assert "async with receiver" in caplog.text
    async with receiver:
        assert receiver.is_running
        assert await post(receiver, delivery(message("e1"))) == 200
    assert await post(receiver, delivery(message("e2"))) == 503


def test_a_request_in_another_event_loop_is_503(caplog):
    receiver = receiver_for()
    with asyncio.Runner() as runner:
        runner.run(receiver.start())
        assert asyncio.run(post(receiver, delivery(message("e1")))) == 503
        assert runner.run(post(receiver, delivery(message("e1")))) == 200
        runner.run(receiver.drain())
    assert "another event loop" in caplog.text


async def test_a_full_queue_is_503_before_the_body_is_read(caplog):
    receiver = receiver_for(max_queue=2, concurrency=1)
    release = asyncio.Event()

    @receiver.on(ConversationMessageEvent)
    async def hold(event: ConversationMessageEvent) -> None:
        await release.wait()

    async with receiver:
        assert await post(receiver, delivery(message("e1", "c1"))) == 200
        assert await post(receiver, delivery(message("e2", "c1"))) == 200
        too_many = delivery(message("e3", "c1"), message("e4", "c1"))
        assert await post(receiver, too_many) == 503
        assert await post(receiver, delivery(message("e3", "c1"))) == 200
        request = Request([too_many])
        assert (await request.to(receiver))[0] == 503
        assert request.read == 0
        release.set()
        await settle(receiver)
        assert await post(receiver, too_many) == 200  # as the platform delivers it again
        await settle(receiver)
        assert receiver.statistics().handled == 4
    assert "the queue is full" in caplog.text


async def test_a_delivery_with_more_events_than_the_queue_fits_an_empty_queue():
    async with receiver_for(max_queue=1) as receiver:
        assert await post(receiver, delivery(message("e1"), message("e2"))) == 200


class BrokenInbox(MemoryInbox):
    async def put(self, events, /):
        raise OSError("disk full")


async def test_an_inbox_that_fails_is_503(caplog):
    async with receiver_for(inbox=BrokenInbox()) as receiver:
        status, text = await Request([delivery(message("e1"))]).to(receiver)
        assert status == 503
        assert receiver.statistics().accepted == 0
    assert "disk full" in caplog.text
    assert "disk full" not in text


async def test_statistics_count_the_responses():
    async with receiver_for() as receiver:
        for body in (delivery(message("e1")), b"x", delivery(message("e1"))):
            await post(receiver, body)
        await post(receiver, b"", headers=[])
        statistics = receiver.statistics()
    assert statistics.responses == {200: 2, 400: 1, 401: 1}
    assert (statistics.accepted, statistics.repeated) == (1, 1)


@pytest.mark.parametrize("secrets", ["", [], None, [""], ["a", ""], b"abc", [5], "a\nb", " a"])
def test_no_usable_secret_is_a_configuration_error(secrets):
    with pytest.raises(ConfigurationError, match="secret"):
        WebhookReceiver(secrets)


def test_an_error_shows_no_secret():
    canary = "canary-0123456789\n"
    with pytest.raises(ConfigurationError) as raised:
        WebhookReceiver([canary])
    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    ours = [frame for frame in shown.stack if "sunco_async" in frame.filename]
    assert ours
    assert not [frame.locals for frame in ours if "canary" in str(frame.locals)]
    receiver = WebhookReceiver("canary-0123456789")
    assert "canary" not in repr(receiver)
    assert "canary" not in repr(vars(receiver))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concurrency", 0), ("concurrency", 1.5), ("concurrency", None),
        ("max_queue", 0), ("max_queue", True), ("max_body_size", 0),
        ("max_body_size", 17 * 1024 * 1024), ("body_timeout", None), ("body_timeout", 0),
        ("handler_timeout", -1), ("handler_timeout", "1"), ("drain_timeout", float("nan")),
        ("on_error", 5), ("path", "hooks"), ("path", 5),
    ],
)  # fmt: skip
def test_a_wrong_option_is_a_configuration_error_that_names_it(name, value):
    with pytest.raises(ConfigurationError, match=name):
        receiver_for(**{name: value})


async def test_a_websocket_is_refused():
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(each):
        sent.append(each["type"])

    await receiver_for()({"type": "websocket", "path": "/"}, receive, send)
    assert sent == ["websocket.close"]


async def test_a_receiver_cannot_be_started_twice():
    async with receiver_for() as receiver:
        with pytest.raises(RuntimeError, match="running already"):
            await receiver.start()
        assert receiver.is_running
    async with receiver:  # but again after its end
        assert await post(receiver, delivery(message("e1"))) == 200
