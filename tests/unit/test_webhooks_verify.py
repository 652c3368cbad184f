"""Who may deliver: the table of keys, headers and settings."""

import traceback

import httpx
import pytest
from starlette.datastructures import Headers

from sunco_async import webhooks
from sunco_async.webhooks import _verify

SECRET = "not-a-secret"
CANARY = "canary-not-a-secret-0123456789"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": SECRET},
        {"x-api-key": SECRET, "X-Other": "1"},
        {b"X-Api-Key": SECRET.encode()},
        [("X-API-KEY", SECRET)],
        ((name, value) for name, value in [(b"host", b"\xff"), (b"x-api-key", SECRET.encode())]),
        [[b"x-api-key", SECRET.encode()]],
        {"HTTP_X_API_KEY": SECRET, "wsgi.multithread": True, "SERVER_PORT": 80},
        httpx.Headers({"X-API-Key": SECRET}),
        Headers(raw=[(b"x-api-key", SECRET.encode())]),
        {5: "a name that is none", "X-API-Key": SECRET},
        {"x-api-key": [SECRET], "host": ["example.org", "b"]},
        {"x-api-key": (SECRET,)},
        {b"x-api-key": [SECRET.encode()]},
        [("X-API-Key", [SECRET])],
        [["X-API-Key", (SECRET.encode(),)]],
        {"HTTP_X_API_KEY": [SECRET]},
    ],
    ids=lambda headers: type(headers).__name__,
)
def test_the_secret_is_found_in_the_headers_of_any_framework(headers):
    assert webhooks.verify(headers, SECRET) is None


@pytest.mark.parametrize("secrets", [["old", SECRET], (SECRET, "old"), {SECRET}, iter([SECRET])])
def test_any_of_several_secrets_is_accepted(secrets):
    assert webhooks.verify({"X-API-Key": SECRET}, secrets) is None


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({}, "has no X-API-Key"),
        ([], "has no X-API-Key"),
        ({"Authorization": SECRET}, "has no X-API-Key"),
        ({"X-API-\u212aey": SECRET}, "has no X-API-Key"),  # a Kelvin sign, whose lower case is k
        ({"X-API-Key ": SECRET}, "has no X-API-Key"),
        ({"X-API-Key": ""}, "is not the webhook's secret"),
        ({"X-API-Key": None}, "is not the webhook's secret"),
        ({"X-API-Key": []}, "has no X-API-Key"),
        ({"X-API-Key": ()}, "has no X-API-Key"),
        ({"X-API-Key": [SECRET, SECRET]}, "more than one"),
        ({"X-API-Key": (SECRET, b"other")}, "more than one"),
        ({"X-API-Key": [SECRET, None]}, "more than one"),
        ({"X-API-Key": [SECRET], "x-api-key": SECRET}, "more than one"),
        ({"X-API-Key": [None]}, "is not the webhook's secret"),
        ({"X-API-Key": [[SECRET]]}, "is not the webhook's secret"),
        ({"X-API-Key": {SECRET: SECRET}}, "is not the webhook's secret"),
        ({"X-API-Key": list(SECRET)}, "more than one"),
        ({"X-API-Key": ["wrong"]}, "is not the webhook's secret"),
        ({"X-API-Key": SECRET[:-1]}, "is not the webhook's secret"),
        ({"X-API-Key": SECRET + "x"}, "is not the webhook's secret"),
        ({"X-API-Key": SECRET.upper()}, "is not the webhook's secret"),
        ({"X-API-Key": "sécret"}, "is not the webhook's secret"),
        ({"X-API-Key": "\ud83d"}, "is not the webhook's secret"),
        ({b"X-API-Key": b"\xff\xfe"}, "is not the webhook's secret"),
        ({"X-API-Key": f"{SECRET}, {SECRET}"}, "is not the webhook's secret"),
        ([("X-API-Key", SECRET), ("x-api-key", SECRET)], "more than one"),
        ([("X-API-Key", SECRET), (b"HTTP_X_API_KEY", b"other")], "more than one"),
        (Headers(raw=[(b"x-api-key", b"a"), (b"x-api-key", SECRET.encode())]), "more than one"),
    ],
    ids=repr,
)
def test_what_is_refused(headers, text):
    with pytest.raises(webhooks.VerificationError, match=text) as caught:
        webhooks.verify(headers, [SECRET, "other"])
    assert "Support" not in str(caught.value)
    assert not isinstance(caught.value, ValueError)


class LongText(str):
    __slots__ = ()

    def isascii(self):
        raise AssertionError("read")

    encode = lower = isascii


class LongBytes(bytes):
    __slots__ = ()

    def isascii(self):
        raise AssertionError("read")

    decode = lower = isascii


@pytest.mark.parametrize("long", [LongText("k" * 2**20), LongBytes(b"k" * 2**20)], ids=type)
def test_a_huge_name_or_value_is_refused_unread(long):
    with pytest.raises(webhooks.VerificationError):
        webhooks.verify([("X-API-Key", long)], SECRET)
    with pytest.raises(webhooks.VerificationError):
        webhooks.verify([(long, SECRET)], SECRET)


@pytest.mark.parametrize(
    "name", ["X-Zendesk-Webhook-Signature", "HTTP_X_ZENDESK_WEBHOOK_SIGNATURE"]
)
@pytest.mark.parametrize("key", [{}, {"X-API-Key": "wrong"}], ids=["absent", "wrong"])
def test_a_webhook_of_zendesk_support_gets_a_hint(name, key):
    with pytest.raises(webhooks.VerificationError, match="Zendesk Support"):
        webhooks.verify({name: "c2lnbmF0dXJl", **key}, SECRET)


@pytest.mark.parametrize("name", ["headers", "multiValueHeaders", b"Headers"])
def test_a_whole_request_instead_of_its_headers_gets_a_hint(name):
    with pytest.raises(webhooks.VerificationError, match="below the key `headers`"):
        webhooks.verify({name: {"X-API-Key": SECRET}, "body": "{}"}, SECRET)


def test_a_signature_beside_the_right_key_is_ignored():
    headers = {"X-API-Key": SECRET, "X-Zendesk-Webhook-Signature": "c2lnbmF0dXJl"}
    assert webhooks.verify(headers, SECRET) is None


@pytest.mark.parametrize(
    ("secrets", "text"),
    [
        (None, "no webhook secret is configured"),
        ([], "no webhook secret is configured"),
        pytest.param(iter(()), "no webhook secret is configured", id="iterator"),
        ("", "is empty"),
        ([""], "is empty"),
        ([SECRET, ""], "is empty"),
        ([SECRET, None], "not NoneType"),
        ([SECRET.encode()], "not bytes"),
        (SECRET.encode(), "not bytes"),
        ("sécret", "no header can carry"),
        (f"{SECRET}\n", "no header can carry"),
        ("tab\tbed", "no header can carry"),
        ("k" * 1025, "longer than"),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": ""}, {"X-API-Key": SECRET}], ids=["absent", "empty", "right"]
)
def test_an_invalid_secret_raises_a_value_error_for_every_request(headers, secrets, text):
    with pytest.raises(ValueError, match=text):
        webhooks.verify(headers, secrets)


def test_every_secret_is_compared(monkeypatch):
    compared = []

    def compare(one, other):
        compared.append(one)
        return one == other

    monkeypatch.setattr(_verify.hmac, "compare_digest", compare)
    secrets = ["first", "second", "third"]
    for sent in (*secrets, "none"):
        compared.clear()
        if sent == "none":
            with pytest.raises(webhooks.VerificationError):
                webhooks.verify({"X-API-Key": sent}, secrets)
        else:
            webhooks.verify({"X-API-Key": sent}, secrets)
        assert compared == [secret.encode() for secret in secrets]


@pytest.mark.parametrize(
    ("headers", "secrets"),
    [
        ({"X-API-Key": f"sent-{CANARY}"}, [CANARY]),
        ([("X-API-Key", CANARY), ("X-API-Key", CANARY)], CANARY),
        ({"X-API-Key": CANARY}, [CANARY, ""]),
        ({"X-API-Key": CANARY}, f"{CANARY}\n"),
    ],
)
def test_no_error_shows_a_key(headers, secrets):
    with pytest.raises((webhooks.VerificationError, ValueError)) as caught:
        webhooks.verify(headers, secrets)
    # The test's own frame is not ours to hide; the frames below it are.
    caught.value.__traceback__ = caught.value.__traceback__.tb_next
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(shown.format())
    assert "_verify.py" in text
    assert CANARY not in text
