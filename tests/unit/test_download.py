"""`attachments.download`: what it fetches from where, with which credentials, and what it refuses."""

import gzip

import httpx
import pytest
import respx
from fakes import BASE_URL, client, error, ok, server

from sunco_async import (
    AsyncSunco,
    AuthenticationFailed,
    BearerAuth,
    ConfigurationError,
    ConnectionFailed,
    NotFound,
    PermissionDenied,
    ResponseDecodeError,
    RetryPolicy,
    ServerError,
    TokenBucket,
    UnexpectedRedirect,
)

URL = "https://acme.zendesk.com/sc/attachments/v2/01JK/my%20file.jpeg?name=a%2Fb"
OTHER = "https://media.example.org/apps/1/photo.jpeg"
SIGNED = "https://storage.example.org/bucket/photo.jpeg?signature=not-a-secret&x=%2F"
PICTURE = bytes(range(256)) * 40
AT_ONCE = RetryPolicy(base=0, cap=0)


def picture(content=PICTURE, status=200, **headers):
    named = {"content-type": "image/jpeg", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return httpx.Response(status, content=content, headers=named)


def to(location, status=302):
    return httpx.Response(status, headers={"location": location})


def has_credentials(request):
    return "authorization" in request.headers


# The account's own host.


async def test_a_private_attachment_is_fetched_with_the_credentials():
    scripted = server(picture())
    async with client(scripted, marketplace={"Name": "bot"}) as sunco:
        content = await sunco.attachments.download(URL, extra_headers={"X-Mine": "1"})
    assert content == PICTURE
    request = scripted.last
    assert (request.method, str(request.url)) == ("GET", URL)
    assert request.headers["authorization"].startswith("Basic ")
    assert request.headers["x-zendesk-marketplace-name"] == "bot"
    assert request.headers["x-mine"] == "1"
    assert request.headers["accept"] == "*/*"
    assert request.headers.get_list("host") == ["acme.zendesk.com"]
    assert request.content == b""


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.zendesk.com/sc/attachments/v2/1/a.png",
        "https://acme.zendesk.com:443/sc/attachments/v2/1/a.png",
        "https://ACME.Zendesk.com/attachments/token/x/?name=a.png",
        "HTTPS://acme.zendesk.com",
        "https://acme.zendesk.com/sc/a.png#fragment",
    ],
)
async def test_the_own_host_is_compared_by_origin(url):
    scripted = server(picture())
    async with client(scripted) as sunco:
        assert await sunco.attachments.download(url) == PICTURE
    assert has_credentials(scripted.last)
    assert "#" not in str(scripted.last.url)


@pytest.mark.parametrize(
    "url",
    [
        OTHER,
        "https://evil.example/?https://acme.zendesk.com/",
        "https://acme.zendesk.com.evil.example/a.png",
        "https://evil-acme.zendesk.com/a.png",
        "https://other.zendesk.com/sc/attachments/v2/1/a.png",
        "https://zendesk.com/a.png",
        "https://acme.zendesk.com./a.png",
        "https://acme.zendesk.com:8443/a.png",
        "https://127.0.0.1/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.png",
    ],
)
async def test_another_host_is_refused_unless_it_is_allowed_and_gets_no_credentials(url):
    scripted = server(picture())
    headers = {"X-Secret-Default": "not-a-secret", "Authorization": "Bearer not-a-secret"}
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(scripted.handle),
        headers=headers,
        cookies={"session": "not-a-secret"},
        auth=("user", "not-a-secret"),
    )

    async def add_secret(call, call_next):
        call.request.headers["X-Gateway-Key"] = "not-a-secret"
        return await call_next(call)

    settings = {"http_client": http, "transport": None, "marketplace": {"Name": "not-a-secret"}}
    async with http, client(scripted, middleware=[add_secret], **settings) as sunco:
        with pytest.raises(ValueError, match="other_hosts=True"):
            await sunco.attachments.download(url)
        assert scripted.count == 0
        content = await sunco.attachments.download(
            url, other_hosts=True, extra_headers={"X-Mine": "not-a-secret"}
        )
        assert content == PICTURE
        assert "not-a-secret" not in str(scripted.last.headers.raw)
        assert not has_credentials(scripted.last)
        await sunco.attachments.download(URL)
        assert scripted.last.headers["x-gateway-key"] == "not-a-secret"


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com/sc/attachments/v2/1/a.png",
        "http://127.0.0.1/a.png",
        "ftp://acme.zendesk.com/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "//acme.zendesk.com/a.png",
        "/sc/attachments/v2/1/a.png",
        "a.png",
        "",
        "https://",
        "https:///a.png",
        "https://jane:not-a-secret@acme.zendesk.com/a.png",
        "https://acme.zendesk.com@evil.example/a.png",
        "https://acme.zendesk.com\\@evil.example/a.png",
        "https://evil.example\\.acme.zendesk.com/a.png",
        "https://acme.zendesk.com/a b.png",
        " https://acme.zendesk.com/a.png",
        "https://acme.zendesk.com/a.png\n",
        "https://acme.zendesk.com/\r\nX: 1",
        "https://acme.zendesk.com/é.png",
        "https://acme.zendes\u212a.com/a.png",
        "https://acme.zendesk.com:99999/a.png",
        "https://[::1/a.png",
    ],
)
@pytest.mark.parametrize("other_hosts", [False, True])
async def test_a_url_that_may_not_be_fetched_is_refused_before_sending(url, other_hosts, tmp_path):
    scripted = server(picture())
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match="media_url") as caught:
            await sunco.attachments.download(url, to=tmp_path / "a", other_hosts=other_hosts)
    assert "not-a-secret" not in str(caught.value)
    assert scripted.count == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", [None, 7, b"https://acme.zendesk.com/a.png"])
async def test_a_url_of_another_type_is_refused(url):
    async with client(server(picture())) as sunco:
        with pytest.raises(TypeError, match="media_url must be a str"):
            await sunco.attachments.download(url)


async def test_plain_http_is_for_a_base_url_on_loopback():
    scripted = server(picture())
    async with client(scripted, base_url="http://127.0.0.1:8080") as sunco:
        await sunco.attachments.download("http://127.0.0.1:8080/media/a.jpeg")
        assert has_credentials(scripted.last)
        await sunco.attachments.download("http://localhost:9/a.jpeg", other_hosts=True)
        assert not has_credentials(scripted.last)
        with pytest.raises(ValueError, match="https"):
            await sunco.attachments.download("http://example.org/a.jpeg", other_hosts=True)
    assert scripted.count == 2


async def test_a_copy_for_another_host_has_another_own_host():
    scripted = server(picture())
    async with client(scripted) as sunco:
        copy = sunco.with_options(subdomain="umbrella")
        with pytest.raises(ValueError, match=r"umbrella\.zendesk\.com"):
            await copy.attachments.download(URL)
        await copy.attachments.download(URL.replace("acme", "umbrella"))
    assert has_credentials(scripted.last)


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_storage_host_is_followed_without_credentials(status):
    scripted = server(to(SIGNED, status), picture())
    async with client(scripted, marketplace={"Name": "bot"}) as sunco:
        content = await sunco.attachments.download(URL, extra_headers={"X-Mine": "1"})
    assert content == PICTURE
    first, second = scripted.requests
    assert has_credentials(first)
    assert str(second.url) == SIGNED
    own = {"host", "accept", "accept-encoding", "user-agent"}
    assert set(second.headers) - {"content-length"} == own  # which the test's server adds


async def test_a_redirect_on_the_own_host_keeps_the_credentials_and_may_be_relative():
    scripted = server(to("../other%20file.jpeg?x=1"), picture())
    async with client(scripted) as sunco:
        await sunco.attachments.download(URL)
    assert scripted.last.url.raw_path == b"/sc/attachments/v2/other%20file.jpeg?x=1"
    assert has_credentials(scripted.last)


async def test_a_redirect_back_from_another_host_gets_no_credentials():
    scripted = server(to(SIGNED), to("https://acme.zendesk.com/sc/v2/apps/1/users"), picture())
    async with client(scripted) as sunco:
        await sunco.attachments.download(URL)
    assert [has_credentials(request) for request in scripted.requests] == [True, False, False]


@pytest.mark.parametrize("start", [URL, OTHER])
@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://storage.example.org/a.jpeg", "must be https"),
        ("http://127.0.0.1/a.jpeg", "must be https"),
        ("http://acme.zendesk.com/a.jpeg", "must be https"),
        ("ftp://storage.example.org/a", "must begin with https"),
        ("https://user:not-a-secret@storage.example.org/a", "user name"),
        ("https://[::1", "not a URL"),
        ("https://h:99999/", "port 99999"),
    ],
)
async def test_a_redirect_to_a_refused_url_is_an_error(start, location, why):
    scripted = server(to(location), picture())
    async with client(scripted) as sunco:
        with pytest.raises(UnexpectedRedirect, match=why) as caught:
            await sunco.attachments.download(start, other_hosts=True)
    assert scripted.count == 1
    assert caught.value.operation == "attachments.download"
    assert "not-a-secret" not in f"{caught.value} {caught.value.headers} {caught.value.location}"


@pytest.mark.parametrize(("hops", "fine"), [(3, True), (4, False)])
async def test_three_redirects_are_followed(hops, fine):
    steps = [to(f"https://h{number}.example.org/a?sig=not-a-secret") for number in range(hops)]
    scripted = server(*steps, picture())
    async with client(scripted) as sunco:
        if fine:
            assert await sunco.attachments.download(URL) == PICTURE
            return
        with pytest.raises(UnexpectedRedirect, match="after 3 redirects") as caught:
            await sunco.attachments.download(URL)
    assert scripted.count == 4
    failure = caught.value
    assert "not-a-secret" not in f"{failure} {failure.location} {failure.headers} {failure.path}"


@pytest.mark.parametrize("response", [httpx.Response(302), httpx.Response(304), to("/x", 300)])
async def test_a_redirect_that_leads_nowhere_is_an_error(response):
    async with client(server(response)) as sunco:
        with pytest.raises(UnexpectedRedirect):
            await sunco.attachments.download(URL)


# Responses.


@pytest.mark.parametrize(
    ("status", "failure"), [(404, NotFound), (403, PermissionDenied), (401, AuthenticationFailed)]
)
@pytest.mark.parametrize("on_storage", [False, True])
async def test_errors_are_those_of_every_operation(status, failure, on_storage, tmp_path):
    steps = [to(SIGNED)] if on_storage else []
    scripted = server(*steps, error(status, title="no such file"))
    async with client(scripted) as sunco:
        with pytest.raises(failure) as caught:
            await sunco.attachments.download(URL, to=tmp_path / "a.jpeg")
    raised = caught.value
    assert (raised.operation, raised.method) == ("attachments.download", "GET")
    assert raised.path == (
        "/bucket/photo.jpeg" if on_storage else "/sc/attachments/v2/01JK/my%20file.jpeg"
    )
    assert "not-a-secret" not in str(raised)
    if status == 401:
        host = "storage.example.org" if on_storage else "acme.zendesk.com"
        assert host in str(raised)
    else:
        assert "no such file" in str(raised)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, html="<form>Sign in</form>"),
        httpx.Response(200, content=b"x", headers={"content-type": "TEXT/HTML; charset=utf-8"}),
        httpx.Response(200, content=b"x", headers={"content-type": "application/xhtml+xml"}),
    ],
)
@pytest.mark.parametrize("redirected", [False, True])
async def test_a_sign_in_page_is_not_the_file(response, redirected, tmp_path):
    steps = [to("https://acme.zendesk.com/access/login.html")] if redirected else []
    async with client(server(*steps, response)) as sunco:
        with pytest.raises(ResponseDecodeError, match="HTML page"):
            await sunco.attachments.download(URL, to=tmp_path / "a.jpeg")
    assert list(tmp_path.iterdir()) == []


async def test_an_attachment_that_is_a_page_can_be_fetched():
    page = httpx.Response(200, html="<p>Invoice</p>")
    async with client(server(page)) as sunco:
        url = "https://acme.zendesk.com/sc/attachments/v2/1/invoice.HTML"
        assert await sunco.attachments.download(url) == b"<p>Invoice</p>"


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206])
async def test_another_2xx_is_not_the_whole_file(status, tmp_path):
    async with client(server(picture(status=status))) as sunco:
        with pytest.raises(ResponseDecodeError, match="status 200"):
            await sunco.attachments.download(URL, to=tmp_path / "a.jpeg")
    assert list(tmp_path.iterdir()) == []


async def test_an_empty_file_is_a_file(tmp_path):
    async with client(server(picture(b""))) as sunco:
        assert await sunco.attachments.download(URL) == b""
        await sunco.attachments.download(URL, to=tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate, gzip", "br"])
async def test_a_compressed_file_is_decompressed_or_an_error(encoding, tmp_path):
    async def handle(request):
        stream = httpx.ByteStream(gzip.compress(PICTURE))
        return httpx.Response(200, stream=stream, headers={"content-encoding": encoding})

    transport = httpx.MockTransport(handle)
    async with client(server(picture()), transport=transport, retry=None) as sunco:
        if encoding == "gzip":
            await sunco.attachments.download(URL, to=tmp_path / "a")
            assert (tmp_path / "a").read_bytes() == PICTURE
            return
        with pytest.raises(ResponseDecodeError, match="encoded as"):
            await sunco.attachments.download(URL, to=tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("in_memory", [False, True])
async def test_a_file_over_the_limit_is_an_error(compressed, in_memory, tmp_path):
    async def handle(request):
        if not compressed:
            return picture(bytes(100_001))
        stream = httpx.ByteStream(gzip.compress(bytes(100_001)))
        return httpx.Response(200, stream=stream, headers={"content-encoding": "gzip"})

    transport = httpx.MockTransport(handle)
    target = None if in_memory else tmp_path / "a"
    async with client(server(picture()), transport=transport, retry=None) as sunco:
        with pytest.raises(ResponseDecodeError, match="longer than 100000 bytes"):
            await sunco.attachments.download(URL, to=target, max_size=100_000)
        assert list(tmp_path.iterdir()) == []
        await sunco.attachments.download(URL, to=target, max_size=100_001)


async def test_in_memory_the_limit_of_the_client_applies_too(tmp_path):
    async with client(server(picture()), max_body_size=1000) as sunco:
        for size in (None, 10**6):
            with pytest.raises(ResponseDecodeError, match="longer than 1000 bytes"):
                await sunco.attachments.download(URL, max_size=size)
        await sunco.attachments.download(URL, to=tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == PICTURE


@pytest.mark.parametrize("size", [0, -1, 1.5, "10", True])
async def test_an_invalid_limit_is_refused(size):
    scripted = server(picture())
    async with client(scripted) as sunco:
        with pytest.raises(ConfigurationError, match="max_size"):
            await sunco.attachments.download(URL, max_size=size)
    assert scripted.count == 0


# Retries, limits and the rest of the way.


async def test_a_download_is_retried_from_the_start(tmp_path):
    scripted = server(
        httpx.ReadError("reset"), error(503), error(429), to(SIGNED), error(500),
        httpx.ReadTimeout("slow"), picture(),
    )  # fmt: skip
    async with client(scripted, retry=AT_ONCE) as sunco:
        await sunco.attachments.download(URL, to=tmp_path / "a")
    assert scripted.count == 7
    assert (tmp_path / "a").read_bytes() == PICTURE
    with pytest.raises(ServerError):
        async with client(server(error(503)), retry=AT_ONCE) as sunco:
            await sunco.attachments.download(URL, retry=None)


async def test_the_part_before_a_lost_connection_is_not_in_the_file(tmp_path):
    calls = []

    class Breaks(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"half of it"
            raise httpx.ReadError("reset")

    async def handle(request):
        calls.append(request)
        if len(calls) == 1:
            return httpx.Response(200, stream=Breaks())
        return picture()

    transport = httpx.MockTransport(handle)
    async with client(server(picture()), transport=transport, retry=AT_ONCE) as sunco:
        assert await sunco.attachments.download(URL) == PICTURE
        calls.clear()
        await sunco.attachments.download(URL, to=tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == PICTURE
        calls.clear()
        with pytest.raises(ConnectionFailed):
            await sunco.attachments.download(URL, to=tmp_path / "a", retry=None)
    assert (tmp_path / "a").read_bytes() == PICTURE
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


async def test_only_the_own_host_counts_for_the_rate_limit():
    limiter = TokenBucket(rate=1000, burst=10)
    scripted = server(to(SIGNED), error(429), picture())
    async with client(scripted, rate_limit=limiter, retry=AT_ONCE) as sunco:
        await sunco.attachments.download(URL)
        assert scripted.count == 3
        assert limiter.statistics().granted == 1
        assert limiter.statistics().throttled == 0
        assert sunco.statistics().in_flight == 0


async def test_a_token_that_has_expired_is_renewed():
    tokens = iter(["not-a-token-1", "not-a-token-2"])

    async def token():
        return next(tokens)

    scripted = server(error(401), picture())
    async with client(scripted, auth=BearerAuth(token)) as sunco:
        await sunco.attachments.download(URL)
    assert [request.headers["authorization"] for request in scripted.requests] == [
        "Bearer not-a-token-1",
        "Bearer not-a-token-2",
    ]


async def test_the_raw_response_has_the_headers_of_the_file():
    async with client(server(to(SIGNED), picture())) as sunco:
        raw = await sunco.raw(sunco.attachments.download, URL)
    assert (raw.parsed, raw.headers["content-type"]) == (PICTURE, "image/jpeg")


async def test_an_unknown_keyword_argument_is_named():
    async with client(server(picture())) as sunco:
        with pytest.raises(TypeError, match="max_size"):
            await sunco.attachments.download(URL, maxsize=1)


async def test_respx_mocks_a_download(tmp_path):
    settings = {"base_url": BASE_URL, "app_id": "a", "key_id": "app_x", "secret": "not-a-secret"}
    async with respx.mock() as mock, AsyncSunco(**settings) as sunco:
        mock.get(URL).mock(return_value=to(SIGNED))
        storage = mock.get(SIGNED).mock(return_value=picture())
        await sunco.attachments.download(URL, to=tmp_path / "a")
        assert not has_credentials(storage.calls.last.request)
    assert (tmp_path / "a").read_bytes() == PICTURE


async def test_an_event_hook_may_read_the_response(tmp_path):
    async def read(response):
        await response.aread()

    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: picture()),
        event_hooks={"request": [], "response": [read]},
    )
    async with http, client(server(ok({})), http_client=http, transport=None) as sunco:
        await sunco.attachments.download(URL, to=tmp_path / "a")
        with pytest.raises(ResponseDecodeError, match="longer"):
            await sunco.attachments.download(URL, max_size=10)
    assert (tmp_path / "a").read_bytes() == PICTURE
