"""Hooks, layers and logs of the user's own, over real sockets: what raises, and what must not show."""

import base64
import logging
import pickle
import traceback

import pytest
from fault_clients import KINDS, api, leftovers, open_client, probe

from sunco_async import BasicAuth, BearerAuth, JWTAuth, RetryPolicy, SuncoError, TokenBucket
from sunco_async.hooks import Hooks

CANARY = "canary-not-a-secret-0123456789abcdef"
AUTHS = {
    "basic": lambda: BasicAuth("app_test", CANARY),
    "jwt": lambda: JWTAuth("app_test", CANARY),
    "bearer": lambda: BearerAuth(CANARY),
}


class Failing(Hooks):
    """Raises in one of its methods as long as it is told to."""

    def __init__(self, method):
        self.armed = True

        def fail(event):
            if self.armed:
                raise LookupError(f"the hook's own {method}")

        setattr(self, method, fail)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "fault"),
    [("on_attempt", "ok"), ("on_attempt", "fin"), ("on_retry", "fin"), ("on_pause", "429")],
)
async def test_a_hook_that_raises_fails_only_that_call(kind, method, fault):
    hooks = Failing(method)
    limiter = TokenBucket(1_000, 10)

    async def throttle(exchange):
        await exchange.respond(b"{}", "429 Too Many", ["Retry-After: 0.01"])

    async with (
        api(throttle if fault == "429" else fault) as server,
        open_client(kind, server.url, hooks=hooks, rate_limit=limiter) as sunco,
    ):
        with pytest.raises(LookupError, match="the hook's own"):
            await sunco.users.get("u1")
        hooks.armed = False
        assert len(server.received) == sunco.statistics().attempts == 1
        await probe(sunco, server)
        numbers = limiter.statistics()
        assert numbers.granted - numbers.refunded == sunco.statistics().attempts
        assert not await leftovers(server)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_layer_that_raises_fails_only_that_call(kind, when):
    armed = True

    async def layer(call, call_next):
        if armed and when == "before":
            raise LookupError("the layer's own")
        response = await call_next(call)
        if armed:
            raise LookupError("the layer's own")
        return response

    async with api() as server, open_client(kind, server.url, middleware=[layer]) as sunco:
        with pytest.raises(LookupError, match="the layer's own"):
            await sunco.users.get("u1")
        assert len(server.received) == (1 if when == "after" else 0)
        armed = False
        await probe(sunco, server)


@pytest.mark.parametrize("kind", KINDS)
async def test_credentials_that_raise_fail_only_that_call(kind):
    locked = True

    async def token():
        if locked:
            raise LookupError("no token today")
        return "not-a-secret"

    async with (
        api() as server,
        open_client(kind, server.url, auth=BearerAuth(token)) as sunco,
    ):
        with pytest.raises(LookupError, match="no token today"):
            await sunco.users.get("u1")
        assert (server.received, sunco.statistics().attempts) == ([], 0)
        locked = False
        await probe(sunco, server)


class Listening(Hooks):
    def __init__(self):
        self.heard = []

    def on_attempt(self, event):
        self.heard.append(event)

    on_retry = on_pause = on_rate_change = on_attempt


def shown(error):
    """Everything that a reporter of errors could show of it."""
    error.__traceback__ = error.__traceback__.tb_next  # the test's own frame is not ours to hide
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines) + repr(error) + repr(vars(error)) + repr(pickle.dumps(error))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("auth", AUTHS)
async def test_the_secret_is_in_no_log_line_event_repr_traceback_or_pickle(kind, auth, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("asyncio", "httpx", "httpcore", "aiohttp", "hpack", "sunco_async"):
        caplog.set_level(logging.DEBUG, logger=name)
    faults = ["fin", "rst_in_body", "garbage", "html", "redirect", "401", "503"]
    hooks = Listening()
    text = []
    async with (
        api() as server,
        open_client(
            kind,
            server.url,
            auth=AUTHS[auth](),
            hooks=hooks,
            rate_limit=TokenBucket(1_000),
            retry=RetryPolicy(max_attempts=2, base=0.001),
        ) as sunco,
    ):
        for fault in faults:
            server.default = fault
            with pytest.raises(SuncoError) as caught:
                await sunco.users.get("u1")
            text.append(shown(caught.value))
            again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
            assert (again.outcome, again.attempts) == (
                caught.value.outcome,
                caught.value.attempts,
            )
        text.append(repr(sunco) + repr(vars(sunco)) + repr(sunco.statistics()))
    sent = {request.header("authorization").decode().split(" ")[1] for request in server.received}
    basic = base64.b64encode(f"app_test:{CANARY}".encode()).decode()
    assert caplog.text
    assert hooks.heard
    whole = "\n".join([*text, caplog.text, repr(hooks.heard)])
    for secret in {CANARY, basic} | sent:
        assert secret not in whole
