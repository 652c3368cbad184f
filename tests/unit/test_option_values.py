"""Options of the wrong type or value: an error that names the option, before anything is sent."""

import httpx
import pytest
from fakes import POSTED, USER, client, server
from ids import stable_id

from sunco_async import (
    AdaptiveTokenBucket,
    AsyncSunco,
    BasicAuth,
    ConfigurationError,
    RetryPolicy,
    TokenBucket,
)
from sunco_async.bulk import BulkSender
from sunco_async.hooks import Hooks


class Metrics(Hooks):
    pass


class Layer:
    async def __call__(self, call, call_next):
        return await call_next(call)


async def layer(call, call_next):
    return await call_next(call)


RETRY = [
    (3, r"retry=RetryPolicy\(max_attempts=3\)"),
    (True, r"retry=RetryPolicy\(max_attempts=3\)"),
    ("3", "RetryPolicy"),
    (RetryPolicy, "the class RetryPolicy"),
    ({"max_attempts": 3}, "RetryPolicy"),
]
TIMEOUT = [
    (httpx.Timeout(10), r"timeout=10\.0.*Timeout"),
    ("5", r"timeout=10\.0"),
    (True, r"timeout=10\.0"),
    (0, "positive"),
    (-1, "positive"),
    (float("nan"), "positive.*nan"),
    (float("inf"), "None for no bound.*inf"),
    ((5, 5), r"timeout=10\.0"),
]
RATE_LIMIT = [
    (50, r"rate_limit=TokenBucket\(50\)"),
    (0.5, r"rate_limit=TokenBucket\(0\.5\)"),
    ("50", "TokenBucket"),
    ("fixed", "adaptive"),
    (TokenBucket, "the class TokenBucket"),
    (True, r"rate_limit=TokenBucket\(50\)"),
    (object(), "TokenBucket"),
]
AUTH = [
    ("not-a-token", "auth= must be"),
    (("app_x", "not-a-secret"), "auth= must be"),
    (BasicAuth, "the class BasicAuth"),
    (httpx.BasicAuth("a", "not-a-secret"), "auth= must be"),
]
CONSTRUCTOR_ONLY = [
    *[
        (name, value, rf"{name} must be")
        for name in ("max_connections", "max_body_size")
        for value in ("10", 1.5, True, None, 0, -1)
    ],
    ("hooks", Metrics, r"hooks=Metrics\(\)"),
    ("hooks", layer, "hooks must be an instance"),
    ("hooks", [Metrics()], "hooks must be an instance"),
    ("middleware", layer, r"middleware=\[layer\]"),
    ("middleware", Layer(), r"middleware=\[layer\]"),
    ("middleware", [layer, 5], r"middleware\[1\] must be an async callable"),
    ("middleware", [Layer], r"middleware\[0\] must be an instance, not the class Layer"),
    ("middleware", "layer", "middleware must be a list"),
    ("middleware", None, "middleware must be a list"),
    ("middleware", {"a": layer}, "middleware must be a list"),
    ("http_client", httpx.Client(), "http_client must be an httpx.AsyncClient.*Client"),
    ("http_client", httpx.AsyncClient, "the class AsyncClient"),
    ("http_client", "auto", "http_client must be"),
    ("transport", httpx.HTTPTransport(), r"httpx\.AsyncHTTPTransport\(\).*HTTPTransport"),
    ("transport", httpx.AsyncHTTPTransport, "the class AsyncHTTPTransport"),
    ("transport", "http3", "transport must be.*'http3'"),
    ("transport", ["auto"], "transport must be"),
    ("marketplace", "Bot", "marketplace must be a mapping"),
    ("marketplace", [("Name", "Bot")], "marketplace must be a mapping"),
    ("marketplace", {"App-Id": 2}, r"marketplace\['App-Id'\] must be a str"),
    ("marketplace", {1: "2"}, "marketplace must have names of type str"),
]
SHARED = [
    *[("retry", *row) for row in RETRY],
    *[("timeout", *row) for row in TIMEOUT],
]
COPIED = [
    *SHARED,
    *[("rate_limit", *row) for row in RATE_LIMIT],
    *[("auth", *row) for row in AUTH],
]


def ids(row):
    return f"{row[0]}={stable_id(repr(row[1])):.40}" if isinstance(row, tuple) else None


@pytest.mark.parametrize("row", [*COPIED, *CONSTRUCTOR_ONLY], ids=ids)
def test_the_constructor(row):
    name, value, words = row
    settings = {"transport": None} if name == "http_client" else {}
    with pytest.raises(ConfigurationError, match=f"(?s){words}") as caught:
        client(server(USER), **settings, **{name: value})
    assert name in str(caught.value)
    assert "not-a-" not in str(caught.value)


COPIES_ONLY = [
    *[
        (name, 5, f"{name}= must be a str")
        for name in ("app_id", "subdomain", "region", "base_url")
    ],
    *[
        (name, None, f"{name}= must be a str")
        for name in ("app_id", "subdomain", "region", "base_url")
    ],
    ("app_id", "", "app_id= must not be empty"),
    ("auth", None, "auth= must be"),
    ("subdomain", "acme.zendesk.com", "in front of"),
    ("region", "mars", '"us" or "eu"'),
    ("base_url", "http://example.org", "https"),
]


@pytest.mark.parametrize("row", [*COPIED, *COPIES_ONLY], ids=ids)
async def test_a_copy(row):
    name, value, words = row
    async with client(server(USER)) as sunco:
        with pytest.raises(ConfigurationError, match=words) as caught:
            sunco.with_options(**{name: value})
    assert "not-a-" not in str(caught.value)
    traceback = caught.value.__traceback__.tb_next  # the first frame is this test's
    while traceback is not None:
        assert "not-a-" not in repr(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next


async def test_two_hosts_for_a_copy_contradict():
    async with client(server(USER)) as sunco:
        with pytest.raises(ConfigurationError, match="contradict"):
            sunco.with_options(subdomain="acme", region="eu")


@pytest.mark.parametrize(
    "call",
    [
        lambda sunco, **option: sunco.users.get("u1", **option),
        lambda sunco, **option: sunco.messages.post("c1", "Hi", **option),
        lambda sunco, **option: sunco.messages.list("c1", **option),
        lambda sunco, **option: sunco.users.upsert("u1", **option),
        lambda sunco, **option: sunco.request("GET", "/v2/x", **option),
        lambda sunco, **option: sunco.raw(sunco.users.get, "u1", **option),
    ],
)
@pytest.mark.parametrize("row", SHARED, ids=ids)
async def test_the_options_of_a_call(row, call):
    name, value, words = row
    scripted = server(POSTED)
    async with client(scripted) as sunco:
        with pytest.raises(ConfigurationError, match=words) as caught:
            await call(sunco, **{name: value})
    assert scripted.count == 0
    assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 0)
    assert caught.value.operation is not None


@pytest.mark.parametrize(
    ("make", "name"),
    [
        *[(lambda value=value: RetryPolicy(max_attempts=value), "max_attempts")
          for value in ("3", 2.5, True, None)],
        *[(lambda value=value, name=name: RetryPolicy(**{name: value}), name)
          for name in ("base", "cap") for value in ("1", None, True, [1])],
        *[(lambda value=value: RetryPolicy(max_elapsed=value), "max_elapsed")
          for value in ("60", True, httpx.Timeout(5))],
        (lambda: RetryPolicy(retry_unavailable="no"), "retry_unavailable"),
        (lambda: RetryPolicy(jitter=None), "jitter"),
        (lambda: TokenBucket("50"), "rate"),
        (lambda: TokenBucket(None), "rate"),
        (lambda: TokenBucket(True), "rate"),
        (lambda: TokenBucket(50, burst="5"), "burst"),
        (lambda: TokenBucket(50, clock=5), "clock"),
        (lambda: AdaptiveTokenBucket(initial_rate="50"), "initial_rate"),
        (lambda: AdaptiveTokenBucket(min_rate=True), "min_rate"),
        (lambda: AdaptiveTokenBucket(max_rate="50"), "max_rate"),
        (lambda: AdaptiveTokenBucket(burst="5"), "burst"),
        (lambda: AdaptiveTokenBucket(clock="monotonic"), "clock"),
        (lambda: AdaptiveTokenBucket(random=5), "random"),
    ],
)  # fmt: skip
def test_policies_and_buckets(make, name):
    with pytest.raises(ConfigurationError, match=f"^{name} must be "):
        make()


@pytest.mark.parametrize("concurrency", ["10", 1.5, True, None])
async def test_the_bulk_sender(concurrency):
    async with client(server(USER)) as sunco:
        with pytest.raises(ConfigurationError, match=r"^concurrency must be an int"):
            BulkSender(sunco, concurrency=concurrency)
        with pytest.raises(ConfigurationError, match=r"^retry must be"):
            BulkSender(sunco, retry=3)


async def test_valid_options_are_accepted():
    """The checks refuse no value that the annotations promise."""

    class Duck:
        async def authorization(self, *, rejected=None):
            return "Basic not-a-secret"

    async with client(
        server(USER),
        auth=Duck(),
        retry=None,
        timeout=None,
        rate_limit="adaptive",
        middleware=(layer, Layer()),
        hooks=Metrics(),
        marketplace={"Name": "Bot"},
        max_connections=1,
    ) as sunco:
        assert (await sunco.users.get("u1", timeout=5, retry=RetryPolicy())).id == "u1"
        assert isinstance(sunco.rate_limit, AdaptiveTokenBucket)
        assert sunco.with_options(rate_limit=None, timeout=0.5).rate_limit is None
    assert isinstance(client(server(USER), http_client=None), AsyncSunco)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("ssl_context", True, "ssl_context must be an ssl.SSLContext"),
        ("ssl_context", "roots.pem", "ssl_context must be an ssl.SSLContext"),
        ("proxy", 3128, "proxy must be a str"),
        ("proxy", "socks5://127.0.0.1:1", "http_client=httpx.AsyncClient"),
    ],
)
def test_options_of_our_own_transport(name, value, problem):
    with pytest.raises(ConfigurationError, match=problem):
        client(server(USER), transport=None, **{name: value})


@pytest.mark.parametrize("name", ["ssl_context", "proxy"])
def test_options_of_our_own_transport_contradict_another_one(name):
    with pytest.raises(ConfigurationError, match=f"transport= contradicts {name}="):
        client(server(USER), **{name: "x"})
