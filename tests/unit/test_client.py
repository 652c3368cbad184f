import httpx
import pytest
from fakes import APP, BASE_URL, KEY_ID, MESSAGE, POSTED, SECRET, USER, client, error, ok, server

import sunco_async
from sunco_async import (
    AsyncSunco,
    BasicAuth,
    BearerAuth,
    ConfigurationError,
    RequestTooLarge,
    ResponseDecodeError,
    ServerError,
    TokenBucket,
    UnexpectedRedirect,
)
from sunco_async.models import Author, ImageMessage, Profile, User


async def test_a_request_is_sent_as_documented():
    scripted = server(POSTED)
    async with client(scripted) as sunco:
        [message] = await sunco.messages.post("c1", "Hello Jane!")
    request = scripted.last
    assert request.method == "POST"
    assert str(request.url) == f"{BASE_URL}/v2/apps/{APP}/conversations/c1/messages"
    assert scripted.sent() == {
        "author": {"type": "business"},
        "content": {"type": "text", "text": "Hello Jane!"},
    }
    headers = dict(request.headers)
    assert headers.pop("authorization") == await BasicAuth(KEY_ID, SECRET).authorization()
    assert headers.pop("user-agent").startswith(f"sunco-async/{sunco_async.__version__} ")
    assert headers == {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "connection": "keep-alive",
        "content-type": "application/json",
        "content-length": str(len(request.content)),
        "host": "acme.zendesk.com",
    }
    assert message.id == "m1"
    assert message.received is not None
    assert message.received.utcoffset() is not None


async def test_structs_and_plain_dicts_are_encoded_alike():
    scripted = server(POSTED)
    async with client(scripted) as sunco:
        await sunco.messages.post(
            "c1",
            content=ImageMessage(media_url="https://example.org/a.png"),
            author=Author(type="business", display_name="Steve"),
            metadata={"order": 7},
        )
        await sunco.messages.post(
            "c1",
            {"type": "image", "mediaUrl": "https://example.org/a.png"},
            author={"type": "business", "displayName": "Steve"},
            metadata={"order": 7},
        )
    assert scripted.sent(0) == scripted.sent(1)
    assert scripted.sent(0)["content"] == {
        "type": "image",
        "mediaUrl": "https://example.org/a.png",
    }


async def test_unset_and_none_differ():
    scripted = server(USER)
    async with client(scripted) as sunco:
        await sunco.users.update("u1", profile=Profile(surname=None), metadata=None)
        await sunco.users.update("u1", to_be_retained=False)
    assert scripted.sent(0) == {"profile": {"surname": None}, "metadata": None}
    assert scripted.sent(1) == {"toBeRetained": False}


async def test_an_optional_body_is_omitted():
    scripted = server(USER)
    async with client(scripted) as sunco:
        await sunco.users.sync("35436")
        await sunco.users.sync("35436", surviving_zendesk_id="7")
    assert scripted.requests[0].content == b""
    assert "content-type" not in scripted.requests[0].headers
    assert scripted.sent(1) == {"survivingZendeskId": "7"}


@pytest.mark.parametrize(
    ("metadata", "failure", "words"),
    [
        ({"a": {"b": 1}}, TypeError, "metadata"),
        ({"a": [1]}, TypeError, "flat"),
        ({1: "a"}, TypeError, "keys"),
        ("a", TypeError, "mapping"),
        ({"a": "x" * 4096}, RequestTooLarge, "4096"),
        ({"a": 10**4200}, RequestTooLarge, "4096"),
        ({"a": float("nan")}, ValueError, "nan"),
    ],
)
async def test_metadata_that_the_api_would_refuse_is_not_sent(metadata, failure, words):
    scripted = server(POSTED)
    async with client(scripted) as sunco:
        with pytest.raises(failure, match=words):
            await sunco.messages.post("c1", "Hello", metadata=metadata)
    assert scripted.count == 0


async def test_a_body_over_100_kb_is_not_sent():
    scripted = server(POSTED)
    async with client(scripted) as sunco:
        with pytest.raises(RequestTooLarge, match="102400") as caught:
            await sunco.messages.post("c1", "x" * 102_400)
    assert scripted.count == 0
    assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 0)
    assert (caught.value.operation, caught.value.method) == ("messages.post", "POST")


@pytest.mark.parametrize("value", ["", ".."])
async def test_a_path_value_that_changes_the_path_is_not_sent(value):
    scripted = server(USER)
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match="user_id_or_external_id"):
            await sunco.users.get(value)
    assert scripted.count == 0


async def test_options_of_one_call():
    scripted = server(USER)
    async with client(scripted, timeout=30) as sunco:
        await sunco.users.get("u1", timeout=5, extra_headers={"X-Trace": "t1"})
        with pytest.raises(ValueError, match="auth="):
            await sunco.users.get("u1", extra_headers={"authorization": "Bearer x"})
    assert scripted.count == 1
    assert scripted.last.headers["x-trace"] == "t1"
    assert scripted.last.extensions["timeout"]["read"] == 5


async def test_marketplace_headers_are_on_every_request():
    scripted = server(USER)
    marketplace = {"Name": "Bot", "Organization-Id": "1", "App-Id": "2"}
    async with client(scripted, marketplace=marketplace) as sunco:
        await sunco.users.get("u1")
    assert scripted.last.headers["x-zendesk-marketplace-organization-id"] == "1"


async def test_a_copy_for_another_tenant_shares_the_connections():
    scripted = server(USER)
    async with client(scripted) as sunco:
        other = sunco.with_options(app_id="other", auth=BearerAuth("not-a-token"), timeout=3)
        await other.users.get("u1")
        assert "/apps/other/" in str(scripted.last.url)
        assert scripted.last.headers["authorization"] == "Bearer not-a-token"
        assert scripted.last.extensions["timeout"]["connect"] == 3
        await other.aclose()
        await sunco.users.get("u1")
        assert f"/apps/{APP}/" in str(scripted.last.url)
        assert other.rate_limit is sunco.rate_limit
        limiter = TokenBucket(rate=5)
        assert sunco.with_options(rate_limit=limiter).rate_limit is limiter
    with pytest.raises(RuntimeError, match="closed"):
        await other.users.get("u1")


async def test_use_after_close_raises():
    sunco = client(server(USER))
    await sunco.users.get("u1")
    await sunco.aclose()
    await sunco.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await sunco.users.get("u1")
    with pytest.raises(RuntimeError, match="closed"):
        async with sunco:
            pass


async def test_a_client_that_was_passed_in_stays_open_and_keeps_its_hooks():
    scripted = server(USER)
    seen = []

    async def hook(request):
        seen.append(request.url.path)

    async def reading_hook(response):
        await response.aread()

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(scripted.handle),
        headers={"x-mine": "1", "authorization": "Bearer other"},
        cookies={"session": "other"},
        event_hooks={"request": [hook], "response": [reading_hook]},
    ) as http:
        async with client(scripted, http_client=http, transport=None) as sunco:
            assert (await sunco.users.get("u1")).id == "u1"
        assert not http.is_closed
    assert seen == [f"/sc/v2/apps/{APP}/users/u1"]
    assert scripted.last.headers["x-mine"] == "1"
    assert scripted.last.headers["authorization"].startswith("Basic ")
    assert "cookie" not in scripted.last.headers


async def test_http_client_and_transport_contradict():
    async with httpx.AsyncClient() as http:
        with pytest.raises(ConfigurationError, match="contradicts"):
            client(
                server(USER), http_client=http, transport=httpx.MockTransport(server(USER).handle)
            )


async def test_cookies_of_the_server_are_not_sent_back():
    scripted = server(
        httpx.Response(200, json={"user": {"id": "u1"}}, headers={"set-cookie": "a=b"})
    )
    async with client(scripted) as sunco:
        await sunco.users.get("u1")
        await sunco.users.get("u1")
    assert "cookie" not in scripted.last.headers


async def test_middleware_wraps_the_whole_call_the_first_outermost():
    log = []

    def layer(name):
        async def middleware(call, call_next):
            log.append(f"{name} in {call.operation}")
            response = await call_next(call)
            log.append(f"{name} out {response.status_code} after {call.attempts}")
            return response

        return middleware

    scripted = server(error(429, retry_after="0"), USER)
    policy = sunco_async.RetryPolicy(base=0, cap=0)
    async with client(scripted, middleware=[layer("a"), layer("b")], retry=policy) as sunco:
        await sunco.users.get("u1")
    assert log == ["a in users.get", "b in users.get", "b out 200 after 2", "a out 200 after 2"]


async def test_a_middleware_that_raises_fails_only_its_call():
    async def broken(call, call_next):
        if call.attempts == 0 and call.path.endswith("/bad"):
            raise LookupError("mine")
        return await call_next(call)

    limiter = TokenBucket(rate=1000)
    async with client(server(USER), middleware=[broken], rate_limit=limiter) as sunco:
        with pytest.raises(LookupError, match="mine"):
            await sunco.users.get("bad")
        await sunco.users.get("u1")
    assert limiter.statistics().waiting == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status):
    scripted = server(httpx.Response(status, headers={"location": "https://evil.example/x"}), USER)
    async with client(scripted) as sunco:
        with pytest.raises(UnexpectedRedirect, match=r"evil\.example") as caught:
            await sunco.users.get("u1")
    assert scripted.count == 1
    assert caught.value.location == "https://evil.example/x"
    assert caught.value.outcome == ("unknown" if status in (302, 303) else "rejected")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>hello</html>", "text/html"),
        (b"", "application/json"),
        (b'{"user": {"id": "u', "application/json"),
        (b"[" * 200_000, "application/json"),
        (b"[]", "application/json"),
        (b'"user"', "application/json"),
        (b"{}", "application/json"),
        (b'{"user": null}', "application/json"),
        (b"\xff\xfe", "application/json"),
    ],
)
async def test_a_2xx_without_the_documented_body_is_an_error(body, kind):
    scripted = server(httpx.Response(200, content=body, headers={"content-type": kind}))
    async with client(scripted) as sunco:
        with pytest.raises(ResponseDecodeError) as caught:
            await sunco.users.get("u1")
    assert caught.value.outcome == "unknown"
    assert caught.value.status_code == 200
    assert caught.value.operation == "users.get"
    assert kind in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("body", [b"", b"{}", b'{"new": 1}'])
async def test_an_empty_response_is_none_whatever_json_it_holds(body):
    async with client(server(httpx.Response(200, content=body))) as sunco:
        assert await sunco.conversations.delete("c1") is None


async def test_an_error_has_all_its_attributes():
    body = {"errors": [{"code": "a", "title": "One"}, {"code": "b", "title": "Two"}, "junk"]}
    response = httpx.Response(400, json=body, headers={"x-request-id": "r1"})
    async with client(server(response)) as sunco:
        with pytest.raises(sunco_async.BadRequest, match="a: One; b: Two") as caught:
            await sunco.users.get("a/b")
    failure = caught.value
    assert failure.operation == "users.get"
    assert failure.method == "GET"
    assert failure.path == f"/v2/apps/{APP}/users/a%2Fb"
    assert failure.attempts == 1
    assert failure.status_code == 400
    assert [entry.code for entry in failure.errors] == ["a", "b"]
    assert failure.headers["x-request-id"] == "r1"
    assert b"Two" in failure.body


async def test_the_page_of_a_proxy_is_an_error_of_its_status_with_an_excerpt():
    page = b"<html>" + b"x" * 2_000_000
    response = httpx.Response(502, content=page, headers={"content-type": "text/html"})
    async with client(server(response), retry=None) as sunco:
        with pytest.raises(ServerError) as caught:
            await sunco.messages.post("c1", "Hello")
    assert caught.value.errors == ()
    assert len(str(caught.value)) < 700


async def test_request_sends_any_request_to_the_host():
    scripted = server(ok({"notification": {"_id": "n1"}}, 201), httpx.Response(204), USER)
    async with client(scripted) as sunco:
        response = await sunco.request(
            "post", f"/v1.1/apps/{APP}/notifications", json={"a": None}, params={"q[x]": "1 2"}
        )
        assert response == {"notification": {"_id": "n1"}}
        assert scripted.last.url.raw_path.decode().endswith("/notifications?q[x]=1%202")
        assert await sunco.request("DELETE", "/v2/x") is None
        user = await sunco.request("GET", "/v2/x", response_type=dict[str, User])
        assert user["user"].external_id == "jane"


async def test_request_sends_files():
    scripted = server(ok({"attachment": {"mediaUrl": "https://example.org/a"}}, 201))
    async with client(scripted) as sunco:
        await sunco.request("POST", "/v2/x", files={"source": ("a.txt", b"hello", "text/plain")})
    assert scripted.last.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="source"; filename="a.txt"' in scripted.last.content


@pytest.mark.parametrize("path", ["https://evil.example/x", "//evil.example", "/v2/../x"])
async def test_request_refuses_other_hosts(path):
    scripted = server(USER)
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match="path"):
            await sunco.request("GET", path)
    assert scripted.count == 0


async def test_request_retries_a_get_and_not_a_post():
    policy = sunco_async.RetryPolicy(base=0, cap=0)
    for method, idempotent, count in [("GET", False, 2), ("POST", False, 1), ("POST", True, 2)]:
        scripted = server(error(502), ok({}))
        async with client(scripted, retry=policy) as sunco:
            try:
                await sunco.request(method, "/v2/x", idempotent=idempotent)
            except ServerError:
                assert count == 1
        assert scripted.count == count


def test_the_repr_of_a_client_has_its_host_and_no_secret():
    assert repr(client(server(USER))) == f"AsyncSunco(base_url={BASE_URL!r}, app_id={APP!r})"


def test_making_a_client_needs_no_loop():
    assert AsyncSunco(region="us", app_id="a", key_id="app_x", secret="no").base_url.endswith(".io")


async def test_activities_and_participants_send_what_is_documented():
    scripted = server(ok({}), ok({"participant": {"id": "p1", "userId": "u1"}}, 201), ok({}))
    async with client(scripted) as sunco:
        await sunco.activities.post("c1", type="typing:start", author={"type": "business"})
        joined = await sunco.participants.join(
            "c1", user_external_id="jane", subscribe_sdk_client=True
        )
        await sunco.participants.leave("c1", participant_id=joined.id)
        with pytest.raises(TypeError, match="exactly one"):
            await sunco.participants.leave("c1")
    assert scripted.sent(0) == {"author": {"type": "business"}, "type": "typing:start"}
    assert scripted.sent(1) == {"userExternalId": "jane", "subscribeSDKClient": True}
    assert scripted.sent(2) == {"participantId": "p1"}
    assert [request.url.path.rpartition("/")[2] for request in scripted.requests] == [
        "activity",
        "join",
        "leave",
    ]


async def test_a_response_of_a_later_version_is_read():
    future = {
        **MESSAGE,
        "content": {"type": "hologram", "depth": 3},
        "author": {"type": "android", "subtypes": ["oracle"], "mood": "good"},
        "received": "2026-01-02",
        "brandNew": {"a": 1},
    }
    async with client(server(ok({"messages": [future]}, 201))) as sunco:
        [message] = await sunco.messages.post("c1", "Hello")
    assert message.content is not None
    assert message.content.type == "hologram"
    assert message.author is not None
    assert message.author.subtypes == ["oracle"]
