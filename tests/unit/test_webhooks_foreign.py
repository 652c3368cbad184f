"""Bodies that are not payloads of Sunshine Conversations v2: each is refused, and named."""

import base64
import gzip
import json
import re
import zlib

import pytest

from sunco_async import webhooks

OURS = {
    "app": {"id": "a1"},
    "webhook": {"id": "w1", "version": "v2"},
    "events": [{"id": "e1", "type": "user:remove", "payload": {"user": {"id": "u1"}}}],
}
TEXT = json.dumps(OURS)
BASE64 = base64.b64encode(TEXT.encode()).decode()
SUPPORT = "event of Zendesk Support"


def problem_of(body):
    with pytest.raises(
        webhooks.PayloadError, match=r"^the webhook body cannot be read: "
    ) as caught:
        webhooks.parse(body)
    text = str(caught.value)
    assert len(text) < 250
    assert text.isprintable()
    return text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        # Zendesk Support
        (
            {
                "type": "zen:event-type:ticket.created",
                "account_id": 1,
                "zendesk_event_version": "2022-11-06",
                "detail": {"id": "35436"},
                "event": {},
            },
            f"{SUPPORT} \\(zen:event-type:ticket.created\\)",
        ),
        (
            {"type": "zen:event-type:messaging_ticket.message_added", "event": {}},
            f"{SUPPORT} \\(zen:event-type:messaging_ticket.messa...\\)",
        ),
        ({"account_id": 1, "detail": {"id": "1"}}, SUPPORT),
        ({"zendesk_event_version": "2022-11-06"}, SUPPORT),
        ({"ticket": {"id": 5, "title": "Help"}}, "trigger of Zendesk Support"),
        ({"ticket_id": "5", "requester": "Jane"}, "trigger of Zendesk Support"),
        ({"ticketId": "5"}, "trigger of Zendesk Support"),
        ({"id": 1, "ticket.title": "Help"}, "trigger of Zendesk Support"),
        # The older API, and parts of a payload
        ({"trigger": "message:appUser", "version": "v1.1", "app": {"_id": "a1"}}, "a v1.1 webhook"),
        ({"trigger": "message:appUser", "app": {"_id": "a1"}, "messages": []}, "a v1 webhook"),
        ({"version": "v1", "messages": [], "app": {"_id": "a1"}}, "a v1 webhook"),
        ({"appUser": {"_id": "u1"}, "messages": []}, "a v1 webhook"),
        (OURS["events"][0], "single event \\(user:remove\\)"),
        ({"app": {"id": "a1"}, "webhook": {"id": "w1", "version": "v2"}}, "without `events`"),
        ({**OURS, "events": None}, "`events` are null"),
        ({"events": None}, "`events` are null"),
        ({**OURS, "events": {"0": OURS["events"][0]}}, "no array"),
        ({**OURS, "events": TEXT}, "no array"),
        ({**OURS, "events": False}, "no array"),
        ({**OURS, "events": 0}, "no array"),
        ({**OURS, "events": ["e1", "e2"]}, "hold no object"),
        ({**OURS, "events": [None, 5]}, "hold no object"),
        ({**OURS, "events": [OURS["events"]]}, "hold no object"),
        # Envelopes
        (
            {"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": TEXT},
            "Amazon SNS: pass its `Message`",
        ),
        ({"Type": "Notification", "MessageId": "1", "Message": "hello"}, "Amazon SNS"),
        (
            {"Type": "SubscriptionConfirmation", "TopicArn": "arn:x", "SubscribeURL": "https://x"},
            "SubscriptionConfirmation of Amazon SNS: confirm it",
        ),
        ({"Type": "UnsubscribeConfirmation", "TopicArn": "arn:x"}, "UnsubscribeConfirmation"),
        ({"Records": [{"eventSource": "aws:sqs", "body": TEXT}]}, "batch of AWS records"),
        ({"Records": [{"Sns": {"Message": TEXT}}]}, "`Sns.Message` of each"),
        (
            {"version": "0", "detail-type": "x", "source": "s", "detail": OURS},
            "Amazon EventBridge: pass its `detail`",
        ),
        (
            {"requestContext": {}, "body": BASE64, "isBase64Encoded": True},
            "API Gateway.* pass its `body`, decoded from base64",
        ),
        (
            {"httpMethod": "POST", "body": TEXT, "isBase64Encoded": False},
            "API Gateway.* pass its `body`$",
        ),
        ({"specversion": "1.0", "type": "com.x", "data": 5}, "CloudEvent"),
        ({"specversion": "1.0", "data": OURS}, "below `data`"),
        (
            {"subscription": "projects/p", "message": {"data": BASE64, "messageId": "1"}},
            "Google Pub/Sub",
        ),
        ({"payload": OURS}, "below `payload`: pass that part"),
        ({"payload": TEXT}, "text below `payload`"),
        ({"body": BASE64}, "`body` is encoded in base64"),
        ({"object": "whatsapp_business_account", "entry": []}, "of Meta"),
        ({"destination": "U1", "events": []}, "of LINE"),
        ({"destination": "U1", "events": [{"type": "message", "replyToken": "x"}]}, "of LINE"),
        # Anything else
        ({}, "an empty object"),
        ({"a": 1, "b": 2}, "it has `a`, `b`$"),
        ({f"key{n}": n for n in range(9)}, "`key4` and 4 more keys$"),
        ({"k" * 99: 1, "\n\x1b[2J": 2, "é": 3}, "`k{37}...`, `\\?\\?\\[2J`, `\\?`$"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_a_foreign_object_is_recognised(data, words):
    text = problem_of(json.dumps(data))
    assert re.search(words, text), text
    assert problem_of(json.dumps(data).encode()) == text


def compressed(name, data):
    if name == "gzip":
        return gzip.compress(data)
    if name.startswith("deflate"):
        return zlib.compress(data, int(name[-1]))
    return bytes.fromhex("28b52ffd20004100007b226576656e7473227d")  # the start of a zstd frame


@pytest.mark.parametrize(
    "name", ["gzip", "deflate 0", "deflate 3", "deflate 6", "deflate 9", "zstd"]
)
def test_a_compressed_body_is_recognised(name):
    raw = compressed(name, TEXT.encode())
    words = f"it is compressed \\({name.split()[0]}\\): decompress it first"
    decoded = raw.decode("latin-1"), raw.decode("utf-8", "replace")
    for body in (raw, *decoded):
        assert re.search(words, problem_of(body))
    for encoded in (base64.b64encode(raw), base64.b64encode(raw).decode()):
        assert re.search("base64 of compressed data", problem_of(encoded))


@pytest.mark.parametrize(
    "body",
    [
        BASE64,
        BASE64.encode(),
        BASE64.rstrip("="),
        base64.urlsafe_b64encode(TEXT.encode()),
        base64.encodebytes(TEXT.encode()),
        f"\n {BASE64}\r\n",
        json.dumps(BASE64),
        base64.b64encode(json.dumps(OURS, indent=2).encode()),
        base64.b64encode(b"\xef\xbb\xbf" + TEXT.encode()),
        base64.b64encode(b"[1, 2, 3, 4]"),
    ],
    ids=lambda body: repr(body)[:30],
)
def test_a_base64_body_is_recognised(body):
    assert "encoded in base64" in problem_of(body)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_another_unicode_encoding_is_read(encoding):
    assert webhooks.parse(TEXT.encode(encoding)) == webhooks.parse(TEXT)
    problem_of(TEXT[:-5].encode(encoding))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"null", "it is null"),
        (b"[]", "a JSON array"),
        (json.dumps([OURS]), "a JSON array"),
        (b"true", "a JSON boolean"),
        (b"5", "a JSON number"),
        (b"5.5", "a JSON number"),
        (b'"text"', "it is a JSON string$"),
        (json.dumps(TEXT), "JSON inside a JSON string"),
        (json.dumps("a=b"), "a JSON string: it is form-encoded"),
        ("payload=%7B%22events%22%3A%5B%5D%7D", "form-encoded"),
        (f"payload={TEXT}", "form-encoded"),
        (b"token=x&team_id=T1&text=hello", "form-encoded"),
        (b"a%5B0%5D=1", "form-encoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{}\r\n--x--',
            "multipart form",
        ),
        (b"<!doctype html><p>hello", "HTML or XML"),
        (b"\n<?xml version='1.0'?><a/>", "HTML or XML"),
        (str(TEXT.encode()), "repr of a bytes object"),
        (str(OURS), "repr of a Python object"),
        (str([OURS]), "repr of a Python object"),
        (bytes([0x8B, 0x07, 0x00, 0x80, 0x03]), "binary: compressed"),
        (b"\x1b\x12\x00\xf8", "binary: compressed"),
        (b"hello there", "malformed"),
        (b"eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImFwcCJ9.c2ln", "malformed"),
        (TEXT[:-5].encode(), "truncated"),
        (TEXT + TEXT, "malformed"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_any_other_body_is_described(body, words):
    text = problem_of(body)
    assert re.search(words, text), text


@pytest.mark.parametrize("body", [b" ", "\n", "\ufeff", b"\xef\xbb\xbf\r\n"], ids=repr)
def test_a_blank_body_is_empty(body):
    with pytest.raises(webhooks.PayloadError, match="is empty"):
        webhooks.parse(body)


@pytest.mark.parametrize(
    "more",
    [
        {"trigger": "brand-new"},
        {"version": "v1.1"},
        {"type": "zen:event-type:x"},
        {"ticket": 5},
        {"Records": []},
        {"TopicArn": "x"},
        {"requestContext": {}, "isBase64Encoded": True},
        {"specversion": "1.0"},
        {"destination": "U1"},
        {"payload": {"events": []}},
        {"subscription": "x", "message": {}},
    ],
    ids=repr,
)
@pytest.mark.parametrize("kind", ["user:remove", "passthrough:messaging", "zen:brandNew"])
def test_a_payload_that_grows_is_never_taken_for_a_foreign_one(kind, more):
    event = {**OURS["events"][0], "type": kind}
    [read] = webhooks.parse(json.dumps({**OURS, **more, "events": [event]})).events
    assert read.type == kind
    assert isinstance(read, webhooks.UserRemoveEvent) is (kind == "user:remove")


def test_no_part_of_a_foreign_body_but_its_keys_and_type_is_shown():
    for data in (
        {"token": "canary"},
        {"a": {"canary": 1}},
        ["canary"],
        "canary",
        {"body": "canary"},
    ):
        assert "canary" not in problem_of(json.dumps(data))
