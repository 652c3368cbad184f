"""OAuth: the consent page, codes, tokens, and revocation."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sandbox_api import sandbox_api

from sunco_async.oauth import OAuthFlow
from sunco_async.sandbox import Clock, Sandbox

CALLBACK = "https://example.org/callback"
QUERY = "response_type=code&client_id=partner"


@pytest.fixture
async def api():
    keys = {"app_test": "not-a-secret", "act_test": "not-a-secret", "int_test": "not-a-secret"}
    async with sandbox_api(keys=keys, clock=Clock(frozen_at=1_750_000_000)) as api:
        uris = [CALLBACK, "com.example:/cb?from=1"]
        api.sandbox.add_oauth_client("partner", "not-a-secret", uris)
        yield api


async def decide(api, query=QUERY, status=302, **form):
    """Open the page and decide; return the parameters that the browser takes back."""
    start = await api.http.get(f"/oauth/authorize?{query}")
    assert start.status_code == 302
    page = start.headers["location"]
    assert start.text == f"Found. Redirecting to {page}"
    assert (await api.http.get(page)).status_code == 200
    decided = await api.http.post(page, data=form)
    assert decided.status_code == status, decided.text
    if status != 302:
        return decided.json()["errors"][0]["title"]
    location = decided.headers["location"]
    return {key: value for key, [value] in parse_qs(urlsplit(location).query).items()}


async def code(api, **form):
    return (await decide(api, decision="approve", **form))["code"]


async def token(api, granted, status=200, **change):
    body = {
        "code": granted,
        "grant_type": "authorization_code",
        "client_id": "partner",
        "client_secret": "not-a-secret",
    }
    response = await api.http.post("/oauth/token", json=body | change)
    assert response.status_code == status, response.text
    return response.json()


async def test_the_whole_flow(api):
    given = await decide(api, f"{QUERY}&state=a%26b", decision="approve")
    assert given["state"] == "a&b"
    answer = await token(api, given["code"])
    assert set(answer) == {"access_token", "token_type"}
    assert answer["token_type"] == "Bearer"
    headers = {"authorization": f"Bearer {answer['access_token']}"}
    info = await api.http.get("/v2/tokenInfo", headers=headers)
    assert info.json()["app"]["id"] == api.sandbox.app_id
    app = f"/v2/apps/{api.sandbox.app_id}"
    assert (await api.http.post(f"{app}/users", json={}, headers=headers)).status_code == 201
    assert (await api.http.get(app, headers=headers)).status_code == 403
    webhook = {"target": "http://127.0.0.1:9/", "triggers": ["user:merge"]}
    url = f"{app}/integrations/me/webhooks"
    assert (await api.http.post(url, json=webhook, headers=headers)).status_code == 201
    [integration] = [
        each
        for each in (await api.call("GET", "/integrations"))["integrations"]
        if each["type"] == "partner"
    ]
    assert integration["status"] == "active"
    revoked = await api.http.delete("/oauth/authorization", headers=headers)
    assert (revoked.status_code, revoked.json()) == (200, {})
    assert (await api.http.get("/v2/tokenInfo", headers=headers)).status_code == 401
    assert api.sandbox._state.app(api.sandbox.app_id).data.webhooks == {}
    assert all(
        each["type"] != "partner"
        for each in (await api.call("GET", "/integrations"))["integrations"]
    )


async def test_two_tokens_share_one_integration_and_its_revocation(api):
    tokens = [(await token(api, await code(api)))["access_token"] for _ in range(2)]
    assert tokens[0] != tokens[1]
    first, second = ({"authorization": f"Bearer {each}"} for each in tokens)
    assert (await api.http.delete("/oauth/authorization", headers=first)).status_code == 200
    assert (await api.http.get("/v2/tokenInfo", headers=second)).status_code == 401
    # Access can be given again.
    assert await token(api, await code(api))


async def test_a_denial_gives_no_code(api):
    assert await decide(api, f"{QUERY}&state=s", decision="deny") == {
        "error": "access_denied",
        "state": "s",
    }


async def test_the_user_chooses_the_app(api):
    api.sandbox.add_app("other")
    page = await api.http.get(f"/oauth_bridge/start?{QUERY}")
    assert 'value="other"' in page.text
    answer = await token(api, await code(api, app_id="other"))
    headers = {"authorization": f"Bearer {answer['access_token']}"}
    info = await api.http.get("/v2/tokenInfo", headers=headers)
    assert info.json()["app"]["id"] == "other"
    await decide(api, status=404, decision="approve", app_id="none")


async def test_a_redirect_uri_keeps_its_query(api):
    uri = "com.example%3A%2Fcb%3Ffrom%3D1"
    given = await decide(api, f"{QUERY}&redirect_uri={uri}", decision="approve")
    assert given["from"] == "1"
    assert given["code"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Unknown client_id"),
        ("response_type=code&client_id=x", "Unknown client_id"),
        ("client_id=partner", "response_type must be code"),
        ("client_id=partner&response_type=token", "response_type must be code"),
        (
            f"{QUERY}&redirect_uri=https://evil.example/",
            "redirect_uri is not one of those of the integration",
        ),
        (f"{QUERY}&scope=x", "Unknown query parameter scope"),
    ],
)
async def test_a_wrong_request_never_redirects(api, query, title):
    for method, path in [
        ("GET", "/oauth/authorize"),
        ("GET", "/oauth_bridge/start"),
        ("POST", "/oauth_bridge/start"),
    ]:
        data = {"decision": "approve"} if method == "POST" else None
        response = await api.http.request(method, f"{path}?{query}", data=data)
        assert response.status_code == 400
        assert response.json()["errors"][0]["title"] == title


async def test_a_decision_is_one_of_two(api):
    title = "decision must be approve or deny"
    assert await decide(api, status=400) == title
    assert await decide(api, status=400, decision="x") == title


async def test_a_web_page_of_another_site_cannot_decide(api):
    response = await api.http.post(
        f"/oauth_bridge/start?{QUERY}",
        data={"decision": "approve"},
        headers={"origin": "https://evil.example"},
    )
    assert response.status_code == 403


async def test_the_page_shows_names_as_text(api):
    api.sandbox.add_oauth_client('<b>"x', "not-a-secret", [CALLBACK])
    await api.call("PATCH", "", 200, {"displayName": "<script>"})
    query = "response_type=code&client_id=%3Cb%3E%22x&state=%22%3E"
    page = await api.http.get(f"/oauth_bridge/start?{query}")
    assert "<script>" not in page.text
    assert "<b>" not in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"grant_type": "password"}, 400),
        ({"client_id": "x"}, 401),
        ({"client_secret": "wrong"}, 401),
        ({"client_secret": "ü"}, 401),
        ({"code": "x"}, 400),
        ({"code": None}, 400),
    ],
)
async def test_a_wrong_exchange_gives_no_token(api, change, status):
    await token(api, await code(api), status, **change)


async def test_a_code_works_once_for_its_client_and_ten_minutes(api):
    first = await code(api)
    await token(api, first)
    await token(api, first, 400)
    api.sandbox.add_oauth_client("other", "not-a-secret", [CALLBACK])
    await token(api, await code(api), 400, client_id="other")
    old = await code(api)
    api.sandbox.clock.advance(600)
    await token(api, old, 400)


async def test_token_info_of_keys(api):
    for key in ("app_test", "int_test"):
        response = await api.http.get("/v2/tokenInfo", auth=(key, "not-a-secret"))
        assert response.json()["app"]["id"] == api.sandbox.app_id
    response = await api.http.get("/v2/tokenInfo", auth=("act_test", "not-a-secret"))
    assert response.status_code == 400


async def test_revocation_is_for_integrations(api):
    for key in ("app_test", "act_test"):
        response = await api.http.delete("/oauth/authorization", auth=(key, "not-a-secret"))
        assert response.status_code == 403
    auth = ("int_test", "not-a-secret")
    assert (await api.http.delete("/oauth/authorization", auth=auth)).status_code == 200
    assert (await api.http.delete("/oauth/authorization", auth=auth)).status_code == 401


async def test_clients_and_tokens_are_saved(api, tmp_path):
    answer = await token(api, await code(api))
    api.sandbox.save(tmp_path / "state.json")
    api.sandbox = api.http._transport.app = Sandbox.load(tmp_path / "state.json")
    headers = {"authorization": f"Bearer {answer['access_token']}"}
    assert (await api.http.get("/v2/tokenInfo", headers=headers)).status_code == 200
    await token(api, await code(api))
    assert "not-a-secret" not in repr(api.sandbox._state.oauth_clients)


async def test_token_names_are_unique(api):
    state = api.sandbox._state
    one, two = (state.add_token(f"t{n}", api.sandbox.app_id) for n in range(2))
    del state.tokens["t0"]
    three = state.add_token("t2", api.sandbox.app_id)
    assert len({one.id, two.id, three.id}) == 3


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("", "not-a-secret", [CALLBACK]), ValueError),
        (("c", "", [CALLBACK]), ValueError),
        (("c", "not-a-secret", []), ValueError),
        (("c", "not-a-secret", CALLBACK), TypeError),
        (("c", "not-a-secret", ["/callback"]), ValueError),
        (("c", "not-a-secret", ["https://x.test/\r\nx: y"]), ValueError),
        (("c", "not-a-secret", ["https://x.test/#x"]), ValueError),
        (("partner", "not-a-secret", [CALLBACK]), ValueError),
    ],
)
def test_a_client_is_checked(arguments, error):
    sandbox = Sandbox()
    sandbox.add_oauth_client("partner", "not-a-secret", [CALLBACK])
    with pytest.raises(error):
        sandbox.add_oauth_client(*arguments)


async def test_the_flow_of_the_client(api):
    """`OAuthFlow` of the package against it, as an integration would use it."""
    transport = httpx.ASGITransport(app=api.sandbox)
    flow = OAuthFlow("partner", "not-a-secret", base_url="http://localhost/sc", transport=transport)
    request = flow.start()
    page = (await api.http.get(request.url)).headers["location"]
    assert page.startswith("http://localhost/sc/oauth_bridge/start?")
    decided = await api.http.post(page, data={"decision": "approve"})
    async with await flow.finish(decided.headers["location"], state=request.state) as sunco:
        assert sunco.app_id == api.sandbox.app_id
        await sunco.oauth.revoke_access()
