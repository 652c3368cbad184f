import uuid
from datetime import timedelta

import httpx
import pytest
from fakes import client, error, ok, server
from joserfc import jwt
from joserfc.jwk import OctKey

from sunco_async import AsyncSunco, BearerAuth, ConfigurationError, SuncoError
from sunco_async.oauth import OAuthFlow, sign_end_user_token

SECRET = "not-a-secret-but-long-enough-to-sign"
TOKEN = ok({"access_token": "not-a-token", "token_type": "Bearer"})
INFO = ok({"app": {"id": "a1", "subdomain": "acme"}})


def flow(scripted, **settings):
    return OAuthFlow(
        "client-1",
        SECRET,
        redirect_uri="https://example.org/cb?x=1",
        transport=httpx.MockTransport(scripted.handle),
        **settings,
    )


def test_start_returns_the_consent_url_with_a_new_state():
    first, second = flow(server(TOKEN)).start(), flow(server(TOKEN)).start()
    url = httpx.URL(first.url)
    assert (url.host, url.path) == ("oauth-bridge.zendesk.com", "/sc/oauth/authorize")
    assert dict(url.params) == {
        "response_type": "code",
        "client_id": "client-1",
        "redirect_uri": "https://example.org/cb?x=1",
        "state": first.state,
    }
    assert first.state != second.state
    assert len(first.state) >= 43


async def test_finish_returns_a_client_for_the_subdomain_of_the_app():
    scripted = server(TOKEN, INFO, ok({"user": {"id": "u1"}}))
    callback = "https://example.org/cb?code=c%2F1&state=kept"
    async with await flow(scripted).finish(callback, state="kept") as sunco:
        assert (sunco.base_url, sunco.app_id) == ("https://acme.zendesk.com/sc", "a1")
        await sunco.users.get("u1")
    exchange, info, get = scripted.requests
    assert str(exchange.url) == "https://oauth-bridge.zendesk.com/sc/oauth/token"
    assert "authorization" not in exchange.headers
    assert scripted.sent(0) == {
        "code": "c/1",
        "grant_type": "authorization_code",
        "client_id": "client-1",
        "client_secret": SECRET,
    }
    assert str(info.url) == "https://oauth-bridge.zendesk.com/sc/v2/tokenInfo"
    assert info.headers["authorization"] == get.headers["authorization"] == "Bearer not-a-token"
    assert get.url.host == "acme.zendesk.com"


async def test_a_code_is_exchanged_only_once():
    scripted = server(httpx.ReadError("reset"), TOKEN)
    with pytest.raises(SuncoError) as caught:
        await flow(scripted).finish("https://e/cb?code=c&state=s", state="s")
    assert (scripted.count, caught.value.outcome) == (1, "unknown")
    assert SECRET not in repr(caught.value)


@pytest.mark.parametrize(
    ("callback", "state", "failure", "words"),
    [
        ("https://e/cb?code=c&state=other", "kept", ValueError, "state"),
        ("https://e/cb?code=c", "kept", ValueError, "state"),
        ("https://e/cb?code=c&state=", "", ValueError, "state"),
        ("https://e/cb?state=kept", "kept", ValueError, "no code"),
        ("https://e/cb?error=access_denied&state=kept", "kept", SuncoError, "access_denied"),
    ],
)
async def test_an_invalid_callback_is_refused(callback, state, failure, words):
    scripted = server(TOKEN)
    with pytest.raises(failure, match=words):
        await flow(scripted).finish(callback, state=state)
    assert scripted.count == 0


async def test_an_app_without_a_subdomain_is_an_error_that_says_what_to_do():
    scripted = server(TOKEN, ok({"app": {"id": "a1"}}))
    with pytest.raises(ConfigurationError, match="region"):
        await flow(scripted).finish("https://e/cb?code=c&state=s", state="s")


async def test_base_url_replaces_the_oauth_host():
    scripted = server(TOKEN, INFO)
    sunco = await flow(scripted, base_url="http://127.0.0.1:9").finish(
        "https://e/cb?code=c&state=s", state="s"
    )
    assert sunco.base_url == "http://127.0.0.1:9"
    await sunco.aclose()


async def test_access_is_revoked_at_the_host_of_the_app():
    scripted = server(ok({}))
    async with client(scripted, auth=BearerAuth("not-a-token")) as sunco:
        await sunco.oauth.revoke_access()
    assert scripted.last.method == "DELETE"
    assert str(scripted.last.url) == "https://acme.zendesk.com/sc/oauth/authorization"


async def test_a_token_needs_no_app_id():
    async with AsyncSunco(subdomain="acme", auth=BearerAuth("not-a-token")) as sunco:
        with pytest.raises(ConfigurationError, match="app_id"):
            await sunco.users.get("u1")


def decode(token):
    return jwt.decode(token, OctKey.import_key(SECRET.encode()))


def test_an_end_user_token_has_the_documented_claims():
    token = decode(sign_end_user_token("app_test", SECRET, "jane"))
    assert token.header == {"alg": "HS256", "typ": "JWT", "kid": "app_test"}
    assert token.claims == {"scope": "user", "external_id": "jane"}
    full = decode(
        sign_end_user_token(
            "app_test",
            SECRET,
            "jane",
            name="Jane",
            email="jane@example.org",
            email_verified=False,
            lifetime=60,
        )
    ).claims
    assert full.pop("exp") > 1_700_000_000
    assert full == {
        "scope": "user",
        "external_id": "jane",
        "name": "Jane",
        "email": "jane@example.org",
        "email_verified": False,
    }


BLANKS = ["", " ", "\t\n", "\u00a0", "\u200b", "\ufeff", "\u3000 \u200e"]


@pytest.mark.parametrize("argument", ["external_id", "name", "email"])
@pytest.mark.parametrize(
    ("value", "failure", "words"),
    [
        *((blank, ValueError, "must not be blank") for blank in BLANKS),
        (5, TypeError, "must be a str, not int: pass str"),
        (0, TypeError, "must be a str, not int"),
        (5.0, TypeError, "must be a str, not float"),
        (True, TypeError, "must be a str, not bool"),
        (b"jane@example.org", TypeError, "must be a str, not bytes"),
        (["jane@example.org"], TypeError, "must be a str, not list"),
        (uuid.UUID(int=1), TypeError, "must be a str, not UUID"),
        ("jane@example.org\ud83d", ValueError, "lone surrogate"),
    ],
    ids=repr,
)
def test_text_arguments_of_an_end_user_token_are_checked(argument, value, failure, words):
    arguments = {"external_id": "jane", argument: value}
    with pytest.raises(failure, match=f"^{argument} .*{words}"):
        sign_end_user_token("app_test", SECRET, **arguments)


@pytest.mark.parametrize(
    ("given", "failure", "words"),
    [
        ({"email_verified": "true"}, TypeError, "email_verified must be a bool, not str"),
        ({"email_verified": 1}, TypeError, "email_verified must be a bool, not int"),
        ({"external_id": None}, TypeError, "external_id must be a str, not NoneType$"),
        ({"email": "jane"}, ValueError, "one e-mail address"),
        ({"email": "jane@example.org, joe@example.org"}, ValueError, "one e-mail address"),
        ({"email": "jane@example.org\n"}, ValueError, "one e-mail address"),
        ({"lifetime": 0}, ValueError, "lifetime must be between"),
        ({"lifetime": -5}, ValueError, "lifetime must be between"),
        ({"lifetime": float("nan")}, ValueError, "lifetime must be between"),
        ({"lifetime": float("inf")}, ValueError, "lifetime must be between"),
        ({"lifetime": 10**400}, ValueError, "lifetime must be between"),
        ({"lifetime": 1_750_000_000}, ValueError, "not a point in time"),
        ({"lifetime": True}, TypeError, "lifetime must be a number of seconds, not bool"),
        ({"lifetime": "60"}, TypeError, "lifetime must be a number of seconds, not str"),
        ({"lifetime": timedelta(hours=1)}, TypeError, "not timedelta, or None"),
        ({"secret": ""}, ConfigurationError, "secret"),
        ({"secret": None}, ConfigurationError, "secret"),
        ({"secret": b"bytes"}, ConfigurationError, "secret"),
        ({"key_id": ""}, ValueError, "key_id must not be blank"),
        ({"key_id": "  "}, ValueError, "key_id must not be blank"),
        ({"key_id": None}, TypeError, "key_id must be a str, not NoneType"),
        ({"key_id": 5}, TypeError, "key_id must be a str, not int"),
        ({"key_id": "int_1"}, ValueError, "id of a key that signs end-user tokens"),
        ({"key_id": "svc_1"}, ValueError, "id of a key that signs end-user tokens"),
        ({"key_id": "app_1\n"}, ValueError, "id of a key that signs end-user tokens"),
        ({"key_id": " app_1"}, ValueError, "id of a key that signs end-user tokens"),
    ],
    ids=repr,
)
def test_invalid_arguments_of_an_end_user_token_are_refused(given, failure, words):
    arguments = {"key_id": "app_test", "secret": SECRET, "external_id": "jane", **given}
    with pytest.raises(failure, match=words) as caught:
        sign_end_user_token(**arguments)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("external_id", ["a/b?c", "+15145555555", "0", "ジェーン", "jane doe"])
@pytest.mark.parametrize("key_id", ["app_1", "act_1", "new-kind-1"])
def test_an_external_id_can_be_any_text(key_id, external_id):
    token = decode(sign_end_user_token(key_id, SECRET, external_id, lifetime=1.5))
    assert (token.header["kid"], token.claims["external_id"]) == (key_id, external_id)


async def test_upsert_creates_or_updates_a_user():
    scripted = server(ok({"user": {"id": "u1"}}, 201))
    async with client(scripted) as sunco:
        assert (await sunco.users.upsert("jane", profile={"givenName": "Jane"})).id == "u1"
    assert scripted.sent() == {"externalId": "jane", "profile": {"givenName": "Jane"}}

    scripted = server(error(409, "conflict"), ok({"user": {"id": "u2"}}))
    async with client(scripted) as sunco:
        user = await sunco.users.upsert("a/b", brand_id="7", metadata={"a": 1})
    assert user.id == "u2"
    assert scripted.last.method == "PATCH"
    assert scripted.last.url.raw_path.endswith(b"/users/a%2Fb?brandId=7")
    assert scripted.sent() == {"metadata": {"a": 1}}


async def test_upsert_recovers_from_a_lost_creation():
    scripted = server(httpx.ReadError("reset"), ok({"user": {"id": "u1"}}))
    async with client(scripted) as sunco:
        assert (await sunco.users.upsert("jane")).id == "u1"

    scripted = server(httpx.ReadError("reset"), error(404))
    async with client(scripted) as sunco:
        with pytest.raises(SuncoError, match="reset") as caught:
            await sunco.users.upsert("jane")
    assert caught.value.outcome == "unknown"


async def test_a_notification_is_sent_in_the_format_of_version_1_1():
    scripted = server(ok({"notification": {"_id": "n1"}}, 201))
    async with client(scripted) as sunco:
        notification = await sunco.notifications.post(
            destination={"integrationId": "i1", "destinationId": "+15145555555"},
            message={"type": "text", "text": "Hello"},
        )
    assert notification.id == "n1"
    assert scripted.last.url.path.startswith("/sc/v1.1/apps/")
    assert scripted.sent() == {
        "destination": {"integrationId": "i1", "destinationId": "+15145555555"},
        "author": {"role": "appMaker"},
        "message": {"type": "text", "text": "Hello"},
    }


async def test_the_raw_response_is_available():
    body = b'{"user": {"id": "u1", "brandNew": 1}}'
    response = httpx.Response(200, content=body, headers={"x-request-id": "r1"})
    page = ok({"messages": [{"id": "m1"}]})
    async with client(server(response, page)) as sunco:
        raw = await sunco.raw(sunco.users.get, "jane", brand_id="7")
        assert (raw.status_code, raw.body, raw.request_id) == (200, body, "r1")
        assert raw.parsed.id == "u1"
        assert (await sunco.raw(sunco.messages.list, "c1")).parsed.items[0].id == "m1"

        async def nothing():
            return 1

        with pytest.raises(TypeError, match="sent no request"):
            await sunco.raw(nothing)
