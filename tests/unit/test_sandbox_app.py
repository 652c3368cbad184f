"""The sandbox at its edges: routing, credentials, sizes, limits, failures."""

import base64
import logging
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, MutableMapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.routing import Mount

from sunco_async import sandbox as sandbox_module
from sunco_async.sandbox import RateLimit, Sandbox

SECRET = "not-a-secret-not-a-secret"
KEYS = {"app_test": SECRET, "act_test": SECRET, "int_test": SECRET}
NOW = 1_750_000_000.0


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def client(sandbox: Sandbox, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox.test", headers=headers
    )


def basic(key_id: str = "app_test", secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{key_id}:{secret}".encode()).decode()


def token(claims: dict, *, kid: str | None = "app_test", secret: str = SECRET, alg="HS256") -> str:
    header = {"alg": alg} if kid is None else {"alg": alg, "kid": kid}
    key = OctKey(secret.encode(), secret.encode())
    return "Bearer " + jwt.encode(header, claims, key, algorithms=[alg])


def users_url(sandbox: Sandbox) -> str:
    return f"/v2/apps/{sandbox.app_id}/users"


def error_of(response: httpx.Response) -> tuple[int, str, str]:
    assert response.headers["content-type"].startswith("application/json")
    [error] = response.json()["errors"]
    return response.status_code, error["code"], error["title"]


UNAUTHORIZED = (401, "unauthorized", "Authorization is required")


def test_defaults_are_usable_and_obviously_fake() -> None:
    sandbox = Sandbox()
    assert len(sandbox.app_id) == 24
    assert (sandbox.key_id, sandbox.secret) == ("app_sandbox", "sandbox-secret")
    assert sandbox.rate_limit is None
    assert "sandbox-secret" not in repr(sandbox)


@pytest.mark.parametrize(
    "settings",
    [
        {"app_id": ""},
        {"keys": {}},
        {"keys": {"app_test": ""}},
        {"keys": {"": "not-a-secret"}},
        {"bearer_tokens": [""]},
        {"message_limit": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        Sandbox(**settings)


def test_every_public_name_is_listed_and_sorted() -> None:
    assert sandbox_module.__all__ == sorted(sandbox_module.__all__)
    assert all(hasattr(sandbox_module, name) for name in sandbox_module.__all__)


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
@pytest.mark.slow
def test_importing_it_without_the_extra_names_the_extra(missing: str) -> None:
    code = f"""
        import sys
        sys.modules["{missing}"] = None
        try:
            import sunco_async.sandbox
        except ImportError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert 'pip install "sunco-async[sandbox]"' in done.stdout


@pytest.mark.slow
def test_importing_it_loads_no_web_server() -> None:
    code = "import sys, sunco_async.sandbox; print('uvicorn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("prefix", ["", "/sc"])
async def test_both_base_paths_lead_to_the_same_place(prefix: str) -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox, authorization=basic()) as http:
        created = await http.post(prefix + users_url(sandbox), json={"externalId": "jane"})
        assert created.status_code == 201
        assert (await http.get(f"{users_url(sandbox)}/jane")).json() == created.json()


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", (404, "not_found", "Resource not found")),
        ("GET", "/v2", (404, "not_found", "Resource not found")),
        ("GET", "/v2/apps/{app}/nothing", (404, "not_found", "Resource not found")),
        ("GET", "/v2/apps/{app}/users/", (404, "not_found", "Resource not found")),
        ("GET", "/v2/apps/{app}/users/a/b", (404, "not_found", "Resource not found")),
        ("GET", "/sc", (404, "not_found", "Resource not found")),
        ("GET", "/sc/v2/apps/{app}/users/", (404, "not_found", "Resource not found")),
        ("GET", "/sc/sc/v2/apps/{app}/users", (404, "not_found", "Resource not found")),
        ("PUT", "/v2/apps/{app}/users", (405, "method_not_allowed", "Method not allowed")),
        ("PUT", "/sc/v2/apps/{app}/users", (405, "method_not_allowed", "Method not allowed")),
        ("GET", "/v2/apps/{app}/users/%FF", (400, "bad_request", "Invalid path parameters")),
    ],
)
async def test_what_is_not_there_answers_json(method: str, path: str, expected: tuple) -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox, authorization=basic()) as http:
        response = await http.request(method, path.replace("{app}", sandbox.app_id))
    assert error_of(response) == expected
    if response.status_code == 405:
        assert response.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("external_id", ["a/b?c", "100%", "%2F", "a b+c", "..", "jané@例え", "🦊"])
async def test_a_path_parameter_is_decoded_once(external_id: str) -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox, authorization=basic()) as http:
        created = await http.post(users_url(sandbox), json={"externalId": external_id})
        quoted = quote(external_id, safe="").replace(".", "%2E")
        found = await http.get(f"{users_url(sandbox)}/{quoted}")
    assert found.json() == created.json()


async def test_a_server_that_passes_no_raw_path_is_understood() -> None:
    sandbox = Sandbox(keys=KEYS)
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async with client(sandbox, authorization=basic()) as http:
        await http.post(users_url(sandbox), json={"externalId": "jané doe"})
    scope = scope_for(sandbox) | {"method": "GET", "path": f"{users_url(sandbox)}/jané doe"}
    del scope["raw_path"]
    await sandbox(scope, receive, send)
    assert sent[0]["status"] == 200


@pytest.mark.parametrize("key_id", list(KEYS))
async def test_basic_credentials_of_every_kind_of_key_are_accepted(key_id: str) -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox, authorization=basic(key_id)) as http:
        assert (await http.post(users_url(sandbox), json={})).status_code == 201


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"app_test").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        basic(secret="wrong"),
        basic(secret=""),
        basic(key_id="app_other"),
        basic(key_id="app_other", secret="\0"),
        "Bearer",
        "Bearer nonsense",
        "Bearer a.b.c",
        "Digest something",
        token({"scope": "app"}, secret="another-secret-entirely"),
        token({"scope": "app"}, kid=None),
        token({"scope": "app"}, kid="app_other"),
        token({"scope": "app", "exp": NOW - 1}),
        token({"scope": "app", "exp": NOW}),
        token({"scope": "app", "exp": "tomorrow"}),
        token({"scope": "app", "nbf": NOW + 60}),
        token({"scope": "user", "external_id": "jane"}),
        token({"scope": "account"}),
        token({}),
        token({"scope": "app"}, alg="HS512"),
    ],
)
async def test_missing_or_wrong_credentials_are_a_401(authorization: str | None) -> None:
    sandbox = Sandbox(keys=KEYS, clock=Clock())
    headers = {} if authorization is None else {"authorization": authorization}
    async with client(sandbox, **headers) as http:
        response = await http.post(users_url(sandbox), json={})
    assert error_of(response) == UNAUTHORIZED
    assert sandbox.statistics().users == 0


@pytest.mark.parametrize(
    ("key_id", "scope"),
    [("app_test", "app"), ("act_test", "account"), ("int_test", "integration")],
)
async def test_a_jwt_is_accepted_until_it_expires(key_id: str, scope: str) -> None:
    clock = Clock()
    sandbox = Sandbox(keys=KEYS, clock=clock)
    authorization = token({"scope": scope, "exp": NOW + 60}, kid=key_id)
    async with client(sandbox, authorization=authorization) as http:
        for offset in (0, 30, 59):
            clock.now = NOW + offset
            assert (await http.post(users_url(sandbox), json={})).status_code == 201
        clock.now = NOW + 60
        assert error_of(await http.post(users_url(sandbox), json={})) == UNAUTHORIZED


async def test_a_secret_signs_as_raw_utf8() -> None:
    secret = "c2VjcmV0LWluLWJhc2U2NA=="
    sandbox = Sandbox(keys={"app_test": secret})
    authorization = token({"scope": "app"}, secret=secret)
    async with client(sandbox, authorization=authorization) as http:
        assert (await http.post(users_url(sandbox), json={})).status_code == 201


async def test_an_opaque_token_is_accepted() -> None:
    sandbox = Sandbox(keys=KEYS, bearer_tokens=["opaque-one", "opaque.two.dots"])
    async with client(sandbox) as http:
        for opaque, status in (("opaque-one", 201), ("opaque.two.dots", 201), ("other", 401)):
            headers = {"authorization": f"Bearer {opaque}"}
            answer = await http.post(users_url(sandbox), json={}, headers=headers)
            assert answer.status_code == status


async def test_another_app_is_not_found() -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox, authorization=basic()) as http:
        response = await http.post(f"/v2/apps/{'f' * 24}/users", json={})
    assert error_of(response) == (404, "app_not_found", "App not found")


async def test_a_key_without_the_scope_of_an_operation_is_forbidden() -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox) as http:

        async def ask(key_id: str) -> httpx.Response:
            headers = {"authorization": basic(key_id)}
            return await http.get(f"/v2/apps/{sandbox.app_id}/keys", headers=headers)

        assert (await ask("act_test")).status_code == 200
        assert error_of(await ask("app_test")) == (403, "forbidden", "Forbidden")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff", "application/json"),
        (b'{"externalId": "\xff"}', "application/json"),
        (b'{"externalId": "\\ud800"}', "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'{"metadata": ' + b"[" * 50_000, "application/json"),
        (b"{}", "text/plain"),
        (b"{}", ""),
        (b"{}", "application/json-patch+json"),
        (b"externalId=jane", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_is_no_json_object_is_a_400(body: bytes, content_type: str) -> None:
    sandbox = Sandbox(keys=KEYS)
    headers = {"content-type": content_type}
    async with client(sandbox, authorization=basic()) as http:
        response = await http.post(users_url(sandbox), content=body, headers=headers)
    assert error_of(response)[:2] == (400, "bad_request")
    assert sandbox.statistics().users == 0


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_may_be_declared_in_any_way(content_type: str) -> None:
    sandbox = Sandbox(keys=KEYS)
    headers = {"content-type": content_type}
    async with client(sandbox, authorization=basic()) as http:
        answer = await http.post(users_url(sandbox), content=b"{}", headers=headers)
    assert answer.status_code == 201


async def test_a_body_may_come_in_pieces() -> None:
    sandbox = Sandbox(keys=KEYS)

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'{"externalId"', b"", b': "ja', b'ne"}'):
            yield piece

    headers = {"content-type": "application/json"}
    async with client(sandbox, authorization=basic()) as http:
        answer = await http.post(users_url(sandbox), content=pieces(), headers=headers)
    assert answer.json()["user"]["externalId"] == "jane"


async def test_a_body_of_just_the_limit_passes_and_one_byte_more_does_not() -> None:
    sandbox = Sandbox(keys=KEYS)
    headers = {"content-type": "application/json"}
    async with client(sandbox, authorization=basic()) as http:
        fits = b"{}".ljust(100 * 1024)
        answer = await http.post(users_url(sandbox), content=fits, headers=headers)
        assert answer.status_code == 201
        answer = await http.post(users_url(sandbox), content=fits + b" ", headers=headers)
        assert error_of(answer)[:2] == (413, "payload_too_large")
    assert sandbox.statistics().users == 1


async def test_an_endless_body_is_refused_while_it_is_read() -> None:
    sandbox = Sandbox(keys=KEYS)
    sent: list[MutableMapping[str, Any]] = []
    chunks = 0

    async def receive() -> dict:
        nonlocal chunks
        chunks += 1
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await sandbox(scope_for(sandbox), receive, send)
    assert sent[0]["status"] == 413
    assert chunks == 11


async def test_a_declared_size_over_the_limit_is_refused_unread() -> None:
    sandbox = Sandbox(keys=KEYS)
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict:
        raise AssertionError("the body was read")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = scope_for(sandbox)
    scope["headers"].append((b"content-length", b"102401"))
    await sandbox(scope, receive, send)
    assert sent[0]["status"] == 413


async def test_a_client_that_hangs_up_gets_no_answer_and_no_effect() -> None:
    sandbox = Sandbox(keys=KEYS)

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        raise AssertionError(message)

    await sandbox(scope_for(sandbox), receive, send)
    assert sandbox.statistics().users == 0


def scope_for(sandbox: Sandbox) -> dict:
    path = users_url(sandbox)
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (b"authorization", basic().encode()),
            (b"content-type", b"application/json"),
        ],
    }


async def test_a_mounted_sandbox_finds_its_paths_and_links() -> None:
    sandbox = Sandbox(keys=KEYS)
    transport = httpx.ASGITransport(app=sandbox, root_path="/mock")
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x/mock", headers={"authorization": basic()}
    ) as http:
        user = (await http.post(users_url(sandbox), json={})).json()["user"]
        url = f"/v2/apps/{sandbox.app_id}/conversations"
        body = {"type": "personal", "participants": [{"userId": user["id"]}]}
        for _ in range(2):
            await http.post(url, json=body)
        params = {"filter[userId]": user["id"], "page[size]": "1"}
        page = (await http.get(url, params=params)).json()
        following = await http.get(page["links"]["next"])
    assert page["links"]["next"].startswith(f"http://x/mock{url}?")
    assert len(following.json()["conversations"]) == 1


async def test_a_sandbox_inside_another_application_keeps_its_own_ways() -> None:
    sandbox = Sandbox(keys=KEYS)
    outer = Starlette(routes=[Mount("/{tenant}/mock", app=sandbox)])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=outer),
        base_url="http://x/%25FF/mock",
        headers={"authorization": basic()},
    ) as http:
        created = await http.post(users_url(sandbox), json={"externalId": "a/b?c"})
        found = await http.get(f"{users_url(sandbox)}/a%2Fb%3Fc")
        nothing = await http.get("/v2/nothing")
    assert created.status_code == 201
    assert found.json() == created.json()
    assert error_of(nothing) == (404, "not_found", "Resource not found")


async def test_a_bug_is_a_500_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = Sandbox(keys=KEYS)
    monkeypatch.setattr("sunco_async.sandbox._operations.users.add_user", None)
    async with client(sandbox, authorization=basic()) as http:
        with caplog.at_level(logging.ERROR, "sunco_async.sandbox"):
            response = await http.post(users_url(sandbox), json={})
    assert error_of(response)[:2] == (500, "internal_server_error")
    assert "NoneType" in caplog.text


async def test_requests_over_the_limit_are_429s_for_each_key_on_its_own() -> None:
    clock = Clock(0.0)
    limit = RateLimit(rate=0.5, burst=2, clock=clock)
    sandbox = Sandbox(keys=KEYS, rate_limit=limit)
    async with client(sandbox) as http:

        async def ask(key_id: str = "app_test") -> httpx.Response:
            headers = {"authorization": basic(key_id)}
            return await http.post(users_url(sandbox), json={}, headers=headers)

        assert [(await ask()).status_code for _ in range(2)] == [201, 201]
        refused = await ask()
        assert error_of(refused) == (429, "too_many_requests", "Too Many Requests")
        assert refused.headers["retry-after"] == "2"
        assert (await ask("act_test")).status_code == 201
        clock.now += 2
        assert (await ask()).status_code == 201
        assert (await ask()).status_code == 429
        sandbox.rate_limit = None
        assert (await ask()).status_code == 201
        sandbox.rate_limit = limit
        assert sandbox.rate_limit is limit
    statistics = sandbox.statistics()
    assert statistics.users == 5
    assert statistics.throttled == statistics.statuses[429] == 2


async def test_statistics_count_what_came_and_what_is_there() -> None:
    sandbox = Sandbox(keys=KEYS)
    async with client(sandbox, authorization=basic()) as http:
        user = (await http.post(users_url(sandbox), json={})).json()["user"]
        await http.get(f"{users_url(sandbox)}/{user['id']}")
        await http.get(f"{users_url(sandbox)}/nobody")
        await http.get("/nowhere")
    statistics = sandbox.statistics()
    assert statistics.requests == 4
    assert statistics.operations == {"users.create": 1, "users.get": 2}
    assert statistics.statuses == {201: 1, 200: 1, 404: 2}
    assert (statistics.users, statistics.conversations, statistics.messages) == (1, 0, 0)


async def test_latency_lies_between_the_effect_and_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox = Sandbox(keys=KEYS, latency=0.25)
    slept: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        slept.append((seconds, sandbox.statistics().users))

    monkeypatch.setattr("sunco_async.sandbox._http.app.anyio.sleep", sleep)
    async with client(sandbox, authorization=basic()) as http:
        await http.post(users_url(sandbox), json={})
    assert slept == [(0.25, 1)]


async def test_lifespan_and_websockets_are_answered() -> None:
    sandbox = Sandbox()
    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict:
        return next(asked)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await sandbox({"type": "lifespan"}, receive, send)
    assert [each["type"] for each in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    asked = iter([{"type": "websocket.connect"}])
    await sandbox({"type": "websocket", "path": "/", "headers": []}, receive, send)
    assert sent[-1]["type"] == "websocket.close"


async def test_a_seed_makes_the_same_ids_again() -> None:
    async def ids(seed: int) -> list[str]:
        sandbox = Sandbox(keys=KEYS, seed=seed)
        async with client(sandbox, authorization=basic()) as http:
            answers = [await http.post(users_url(sandbox), json={}) for _ in range(3)]
        return [answer.json()["user"]["id"] for answer in answers]

    first = await ids(1)
    assert first == await ids(1) == sorted(set(first))
    assert first != await ids(2)
    assert all(len(each) == 24 and int(each, 16) for each in first)


async def test_ids_grow_when_the_clock_steps_back() -> None:
    clock = Clock()
    sandbox = Sandbox(keys=KEYS, clock=clock)
    seen = []
    async with client(sandbox, authorization=basic()) as http:
        for step in (0, 5, -3600, 0, 7200):
            clock.now += step
            seen.append((await http.post(users_url(sandbox), json={})).json()["user"]["id"])
    assert seen == sorted(set(seen))
