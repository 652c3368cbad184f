import asyncio
import base64
import pickle
from datetime import timedelta

import pytest
from fakes import USER, client, error, server
from joserfc import jwt
from joserfc.jwk import OctKey

from sunco_async import AuthenticationFailed, BasicAuth, BearerAuth, ConfigurationError, JWTAuth

KEY = "not-a-secret-but-long-enough-to-sign"


class WallClock:
    def __init__(self, now=1_750_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


def decode(header, key=KEY):
    scheme, _, token = header.partition(" ")
    assert scheme == "Bearer"
    return jwt.decode(token, OctKey.import_key(key.encode()))


async def test_basic_auth_is_the_id_and_the_secret():
    auth = BasicAuth("app_test", "sécret:with colon")
    scheme, _, value = (await auth.authorization()).partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(value).decode() == "app_test:sécret:with colon"


async def test_a_jwt_has_the_documented_header_and_claims():
    clock = WallClock()
    token = decode(await JWTAuth("app_test", KEY, lifetime=600, wall_clock=clock).authorization())
    assert token.header == {"alg": "HS256", "typ": "JWT", "kid": "app_test"}
    assert token.claims == {"scope": "app", "exp": int(clock.now) + 600}


async def test_the_secret_signs_as_its_utf8_bytes_never_base64_decoded():
    secret = base64.b64encode(b"something that decodes").decode()
    token = decode(await JWTAuth("app_test", secret).authorization(), key=secret)
    assert token.claims["scope"] == "app"


async def test_a_jwt_is_kept_and_renewed_before_it_expires():
    clock = WallClock()
    auth = JWTAuth("app_test", KEY, lifetime=1000, wall_clock=clock)
    first = await auth.authorization()
    clock.now += 899
    assert await auth.authorization() == first
    clock.now += 2
    second = await auth.authorization()
    assert second != first
    assert decode(second).claims["exp"] == int(clock.now) + 1000


async def test_a_wall_clock_set_back_signs_anew():
    clock = WallClock()
    auth = JWTAuth("app_test", KEY, lifetime=1000, wall_clock=clock)
    await auth.authorization()
    clock.now -= 3600
    assert decode(await auth.authorization()).claims["exp"] == int(clock.now) + 1000


async def test_an_expired_jwt_is_signed_again_once():
    clock = WallClock()
    auth = JWTAuth("app_test", KEY, wall_clock=clock)

    def refuse(request):
        clock.now += 10
        return error(401)

    scripted = server(refuse, USER)
    async with client(scripted, auth=auth) as sunco:
        assert (await sunco.users.get("u1")).id == "u1"
    tokens = [request.headers["authorization"] for request in scripted.requests]
    assert len(set(tokens)) == 2

    scripted = server(refuse)
    async with client(scripted, auth=auth) as sunco:
        with pytest.raises(AuthenticationFailed) as caught:
            await sunco.users.get("u1")
    assert scripted.count == caught.value.attempts == 2


async def test_a_hundred_refusals_at_once_sign_once():
    clock = WallClock()
    auth = JWTAuth("app_test", KEY, wall_clock=clock)
    old = await auth.authorization()
    clock.now += 10
    everybody = asyncio.Event()
    refused = 0

    async def respond(request):
        nonlocal refused
        if request.headers["authorization"] == old:
            refused += 1
            if refused == 100:
                everybody.set()
            await everybody.wait()
            return error(401)
        return USER

    import httpx

    async with client(server(USER), auth=auth, transport=httpx.MockTransport(respond)) as sunco:
        users = await asyncio.gather(*(sunco.users.get("u1") for _ in range(100)))
    assert len(users) == refused == 100


async def test_a_refused_key_is_not_tried_again_and_the_host_is_named():
    scripted = server(error(401, "unauthorized", "Authorization is required"))
    async with client(scripted) as sunco:
        with pytest.raises(AuthenticationFailed, match=r"acme\.zendesk\.com") as caught:
            await sunco.users.get("u1")
    assert scripted.count == 1
    assert caught.value.errors[0].code == "unauthorized"
    assert caught.value.outcome == "rejected"


async def test_a_bearer_token_may_come_from_an_async_callable():
    tokens = iter(["first", "second"])
    asked = 0

    async def token():
        nonlocal asked
        asked += 1
        return next(tokens)

    scripted = server(USER, USER, error(401), USER)
    async with client(scripted, auth=BearerAuth(token)) as sunco:
        await asyncio.gather(sunco.users.get("u1"), sunco.users.get("u1"))
        assert asked == 1
        await sunco.users.get("u1")
    assert asked == 2
    sent = [request.headers["authorization"] for request in scripted.requests]
    assert sent == ["Bearer first"] * 3 + ["Bearer second"]


async def test_a_constant_bearer_token_is_not_tried_again():
    scripted = server(error(401))
    async with client(scripted, auth=BearerAuth("not-a-token")) as sunco:
        with pytest.raises(AuthenticationFailed):
            await sunco.users.get("u1")
    assert scripted.count == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: BasicAuth("", "no"),
        lambda: BasicAuth("app_x", ""),
        lambda: BasicAuth("app:x", "no"),
        lambda: JWTAuth("app_x", "no", scope="user"),
        lambda: JWTAuth("app_x", "no", lifetime=0),
        lambda: BearerAuth(""),
    ],
)
def test_credentials_that_cannot_be_used(make):
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert "no" not in str(caught.value).split()[:1]


@pytest.mark.parametrize(
    ("key_id", "scope"),
    [
        ("app_1", "account"),
        ("app_1", "integration"),
        ("act_1", "app"),
        ("act_1", "integration"),
        ("svc_1", "app"),
        ("svc_1", "integration"),
        ("int_1", "app"),
        ("int_1", "account"),
        ("app_", "account"),
    ],
)
def test_a_scope_that_contradicts_the_key_is_refused(key_id, scope):
    with pytest.raises(ConfigurationError, match=f"starts with {key_id[:4]} has the scope"):
        JWTAuth(key_id, KEY, scope=scope)


@pytest.mark.parametrize(
    ("key_id", "scope"),
    [
        ("app_1", "app"),
        ("act_1", "account"),
        ("svc_1", "account"),
        ("int_1", "integration"),
        ("new_1", "account"),
        ("APP_1", "account"),
        ("app", "integration"),
        ("x", "app"),
    ],
)
def test_a_scope_that_fits_the_key_is_accepted(key_id, scope):
    assert JWTAuth(key_id, KEY, scope=scope).scope == scope


def test_the_default_scope_is_checked_too():
    with pytest.raises(ConfigurationError, match="pass scope='account'"):
        JWTAuth("act_1", KEY)


LIFETIMES = [
    0,
    -1,
    0.5,
    True,
    False,
    float("nan"),
    float("inf"),
    -float("inf"),
    10**400,
    1_750_000_000,
    "3600",
    None,
    timedelta(hours=1),
]


@pytest.mark.parametrize("lifetime", LIFETIMES, ids=lambda value: repr(value)[:20])
def test_a_lifetime_that_is_no_duration_is_refused(lifetime):
    with pytest.raises(ConfigurationError, match="lifetime must be"):
        JWTAuth("app_1", KEY, lifetime=lifetime)


@pytest.mark.parametrize(
    "auth",
    [BasicAuth("app_x", KEY), JWTAuth("app_x", KEY), BearerAuth(KEY)],
    ids=lambda auth: type(auth).__name__,
)
def test_credentials_are_not_pickled(auth):
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(auth)
    assert KEY not in repr(auth)
