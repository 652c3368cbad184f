"""Attachments: uploads, media served back, private files, and removal."""

import httpx
import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import Sandbox


@pytest.fixture
async def api():
    async with sandbox_api() as api:
        yield api


async def send(api, query="access=public", **request):
    """Upload with other arguments of httpx than usual; return the response."""
    sandbox = api.sandbox
    request = request or {"files": {"source": ("a.png", b"picture", "image/png")}}
    return await api.http.post(
        f"/v2/apps/{sandbox.app_id}/attachments?{query}",
        auth=(sandbox.key_id, sandbox.secret),
        **request,
    )


async def upload(api, name="a.png", content=b"picture", type="image/png", **query):
    """Upload a file; return its URL."""
    text = "&".join(["access=public", *(f"{key}={value}" for key, value in query.items())])
    response = await send(api, text, files={"source": (name, content, type)})
    assert response.status_code == 201, response.text
    return response.json()["attachment"]["mediaUrl"]


async def is_there(api, url):
    status = (await api.http.get(url)).status_code
    assert status in (200, 404)
    return status == 200


async def test_an_uploaded_file_is_served_back(api):
    content = bytes(range(256)) * 1000 + b"\r\n--x\r\n\r\n--"
    response = await send(api, files={"source": ("a b?.png", content, "image/png")})
    assert response.status_code == 201
    attachment = response.json()["attachment"]
    assert attachment["mediaType"] == "image/png"
    url = attachment["mediaUrl"]
    assert url.startswith("http://sandbox.test/attachments/v2/")
    assert url.endswith("/a%20b%3F.png")
    served = await api.http.get(url)
    assert served.content == content
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"].endswith("sandbox")


async def test_the_url_is_below_the_base_url(api):
    path = f"/sc/v2/apps/{api.sandbox.app_id}/attachments?access=public"
    response = await api.http.post(
        path,
        files={"source": b"text"},
        auth=(api.sandbox.key_id, api.sandbox.secret),
    )
    url = response.json()["attachment"]["mediaUrl"]
    assert url.startswith("http://sandbox.test/sc/attachments/v2/")
    assert (await api.http.get(url)).content == b"text"
    await api.call("POST", "/attachments/remove", 200, {"mediaUrl": url})
    assert not await is_there(api, url)


@pytest.mark.parametrize(
    ("name", "given", "shown", "type"),
    [
        ("a.pdf", None, "a.pdf", "application/pdf"),
        ("a.png", "image/webp", "a.png", "image/webp"),
        ("none", "", "none", "application/octet-stream"),
        ("../../etc/passwd", None, "passwd", "application/octet-stream"),
        ("..", None, "file", "application/octet-stream"),
        ('a"b.txt', None, "a%22b.txt", "text/plain"),
        ("ü.png", None, "%C3%BC.png", "image/png"),
    ],
)
async def test_names_and_types(api, name, given, shown, type):
    part = (name, b"x") if given is None else (name, b"x", given)
    attachment = (await send(api, files={"source": part})).json()["attachment"]
    assert attachment["mediaUrl"].rsplit("/", 1)[1] == shown
    assert attachment["mediaType"] == type
    assert (await api.http.get(attachment["mediaUrl"])).content == b"x"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "access is required, and public is the only access level available"),
        ("access=private", "access is required, and public is the only access level available"),
        ("access=public&for=user", "for must be message"),
        ("access=public&x=1", "Unknown query parameter x"),
    ],
)
async def test_query_parameters_are_checked(api, query, title):
    response = await send(api, query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["title"] == title


async def test_the_conversation_must_exist(api):
    assert (await send(api, "access=public&conversationId=x")).status_code == 404


FORM = {"content-type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(
    ("headers", "content", "title"),
    [
        ({}, b"x", "Content-Type must be multipart/form-data"),
        ({"content-type": "multipart/form-data"}, b"x", "Content-Type has no boundary"),
        (FORM, b"", "Request body is not valid multipart/form-data"),
        (FORM, b"--b", "Request body is not valid multipart/form-data"),
        (FORM, b"--b\r\n\r\n\r\n", "Request body is not valid multipart/form-data"),
        (FORM, b"--b\r\n\r\nx\r\n--b--", "A part of the form has no name"),
        (FORM, b"--b--", "source is required"),
        (
            FORM,
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--',
            "source is required",
        ),
        (
            FORM,
            b'--b\r\nContent-Disposition: form-data; name="source"\r\n\r\nx',
            "Request body is not valid multipart/form-data",
        ),
    ],
)
async def test_other_bodies_are_refused(api, headers, content, title):
    response = await send(api, headers=headers, content=content)
    assert response.status_code == 400
    assert response.json()["errors"][0]["title"] == title


async def test_unusual_forms_are_read(api):
    body = (
        b"a preamble\r\n--b  \r\nContent-Disposition: form-data; name=other\r\n\r\n1\r\n--b\r\n"
        b"content-disposition: form-data; NAME=source; filename*=UTF-8''%C3%BC.txt\r\n\r\n"
        b"\r\n--b--\r\nan epilogue"
    )
    response = await send(api, headers=FORM, content=body)
    assert response.status_code == 201
    url = response.json()["attachment"]["mediaUrl"]
    assert url.endswith("/%C3%BC.txt")
    assert (await api.http.get(url)).content == b""


async def test_the_size_limit():
    async with sandbox_api(attachment_limit=1000) as api:
        await upload(api, content=b"x" * 1000)
        response = await send(api, files={"source": b"x" * 1001})
        assert response.status_code == 413
        assert response.json()["errors"][0]["code"] == "payload_too_large"
        # This one is refused before it is read.
        assert (await send(api, files={"source": b"x" * 100_000})).status_code == 413
    with pytest.raises(ValueError, match="attachment_limit must be at least 1"):
        Sandbox(attachment_limit=0)


async def test_fifty_megabytes_are_taken_and_the_log_keeps_their_beginning(api):
    content = bytes(50 * 1024 * 1024)
    url = await upload(api, content=content)
    assert (await api.http.get(url)).content == content
    sent, served = api.sandbox.requests
    assert (len(sent.body), len(served.response_body)) == (100 * 1024, 100 * 1024)
    assert sent.response_json()["attachment"]["mediaUrl"] == url


async def test_private_files_need_credentials():
    keys = {"app_test": "not-a-secret", "app_wrong": "not-a-secret"}
    settings = {"private_attachments": True, "bearer_tokens": ["opaque"]}
    async with sandbox_api(keys=keys, **settings) as api:
        sandbox = api.sandbox
        sandbox.add_app("other", {"app_other": "not-a-secret"})
        url = await upload(api)
        for auth, status in [
            (None, 401),
            (("app_test", "wrong"), 401),
            (("app_other", "not-a-secret"), 403),
            (("app_test", "not-a-secret"), 200),
        ]:
            assert (await api.http.get(url, auth=auth)).status_code == status
        bearer = {"authorization": "Bearer opaque"}
        assert (await api.http.get(url, headers=bearer)).content == b"picture"


async def test_a_public_file_needs_none_and_costs_no_request_of_the_limit():
    async with sandbox_api() as api:
        url = await upload(api)
        wrong = {"authorization": "Bearer wrong"}
        assert (await api.http.get(url, headers=wrong)).status_code == 200
        assert (await api.http.get(url.replace("v2/", "v2/0"))).status_code == 404


async def test_removal(api):
    url, other = await upload(api), await upload(api)
    await api.call("POST", "/attachments/remove", 200, {"mediaUrl": url})
    assert not await is_there(api, url)
    assert await is_there(api, other)
    gone = await api.call("POST", "/attachments/remove", 404, {"mediaUrl": url})
    assert gone["errors"] == [{"code": "not_found", "title": "Attachment not found"}]
    for foreign in (
        "https://badhost.com/image.png",
        other.replace("sandbox.test", "x.test"),
        "[",
        "",
    ):
        refused = await api.call("POST", "/attachments/remove", 400, {"mediaUrl": foreign})
        title = f"Unsupported media URL for attachment deletion: {foreign}"
        assert refused["errors"] == [{"code": "bad_request", "title": title}]
    await api.call("POST", "/attachments/remove", 400, {})
    assert await is_there(api, other)


async def test_another_app_cannot_remove_it(api):
    api.sandbox.add_app("other", {"app_other": "not-a-secret"})
    url = await upload(api)
    body = {"mediaUrl": url}
    await api.call("POST", "/attachments/remove", 404, body, key="app_other", app="other")
    assert await is_there(api, url)


async def test_a_message_shows_type_and_size_of_its_file(api):
    own = await api.conversation(await api.user())
    url = await upload(api, "x", b"12345", "image/webp")
    [message] = await api.post(own, {"type": "image", "mediaUrl": url})
    assert message["content"]["mediaType"] == "image/webp"
    assert message["content"]["mediaSize"] == 5


async def test_files_for_messages_go_with_their_message(api):
    own = await api.conversation(await api.user())
    sent = await upload(api, **{"for": "message"})
    kept = await upload(api)
    card = await upload(api, **{"for": "message"})
    mentioned = await upload(api, **{"for": "message"})
    action = {"type": "link", "text": "L", "uri": "https://x.test"}
    item = {"title": "T", "mediaUrl": card, "actions": [action]}
    ids = [
        (await api.post(own, content))[0]["id"]
        for content in (
            {"type": "file", "mediaUrl": sent},
            {"type": "file", "mediaUrl": kept},
            {"type": "carousel", "items": [item]},
            f"see {mentioned}",
        )
    ]
    await api.call("DELETE", f"/conversations/{own}/messages/{ids[0]}")
    assert not await is_there(api, sent)
    assert await is_there(api, card)
    await api.call("DELETE", f"/conversations/{own}/messages")
    assert [await is_there(api, url) for url in (kept, card, mentioned)] == [True, False, True]


async def test_files_of_a_conversation_go_with_it_and_with_its_user(api):
    jane = await api.user()
    first, second = await api.conversation(jane), await api.conversation(jane)
    one, two = await upload(api, conversationId=first), await upload(api, conversationId=second)
    await api.call("DELETE", f"/conversations/{second}")
    assert [await is_there(api, url) for url in (one, two)] == [True, False]
    await api.call("DELETE", f"/users/{jane}")
    assert not await is_there(api, one)


async def test_files_and_their_settings_are_saved(api, tmp_path):
    url = await upload(api)
    api.sandbox.save(tmp_path / "public.json")
    loaded = Sandbox.load(tmp_path / "public.json")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=loaded)) as http:
        assert (await http.get(url)).content == b"picture"
    async with sandbox_api(private_attachments=True, attachment_limit=10) as private:
        url = await upload(private)
        private.sandbox.save(tmp_path / "private.json")
        private.sandbox = Sandbox.load(tmp_path / "private.json")
        private.http._transport.app = private.sandbox
        assert (await private.http.get(url)).status_code == 401
        assert (await send(private, files={"source": b"x" * 11})).status_code == 413
    assert b"picture" not in repr(loaded._state.app(loaded.app_id).data.attachments).encode()
