"""A sandbox answers the requests that are addressed to it: no rebound name, no foreign web page."""

# ruff: noqa: S104 - addresses to compare, not to listen on

import json

import httpx
import pytest

from sunco_async import AsyncSunco
from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._http.host import IN_PROCESS, HostRule, host_rule, host_rule_of_server

PATHS = ("/v2/apps/a1/users/u1", "/sc/v2/apps/a1/users/u1", "/v2/apps", "/", "/nowhere", "/admin")


async def call(app, headers, *, method="GET", path="/nowhere", raw_path=None):
    """Call an ASGI application with exactly these headers; returns status and body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode() if raw_path is None else raw_path,
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])["errors"][0]


def served(sandbox, host="127.0.0.1", address="127.0.0.1"):
    return sandbox._served(host, address)


LOOPBACK = [
    b"localhost",
    b"localhost:8000",
    b"LOCALHOST",
    b"LocalHost:80",
    b"localhost.",
    b"localhost.:8000",
    b"localhost:",
    b"app.localhost",
    b"a.b.localhost:8000",
    b"127.0.0.1",
    b"127.0.0.1:65535",
    b"127.1.2.3",
    b"127.255.255.254:1",
    b"[::1]",
    b"[::1]:8000",
    b"[0:0:0:0:0:0:0:1]",
    b"[::ffff:127.0.0.1]:80",
    b" localhost ",
]

FOREIGN = [
    b"",
    b":8000",
    b"evil.example",
    b"evil.example:8000",
    b"localhost.evil.example",
    b"127.0.0.1.evil.example",
    b"127-0-0-1.evil.example",
    b"evillocalhost",
    b"evil-localhost.example",
    b"localhost-evil",
    b".localhost",
    b"a..localhost",
    b"localhost..",
    b"localhost:80@evil.example",
    b"localhost@evil.example",
    b"evil.example@localhost",
    b"user:pw@localhost",
    b"localhost:evil.example",
    b"localhost:80:80",
    b"localhost:-1",
    b"localhost:123456",
    b"localhost,evil.example",
    b"localhost, evil.example",
    b"localhost evil.example",
    b"localhost\tevil.example",
    b"localhost/evil.example",
    b"localhost#",
    b"localhost\\",
    b"http://localhost",
    b"//localhost",
    b"localhost%2eevil.example",
    b"localhost\0",
    b"\xe2\x84\x93ocalhost",
    b"localhost\xe3\x80\x82",
    b"10.0.0.5",
    b"192.168.1.5:8000",
    b"0.0.0.0",
    b"128.0.0.1",
    b"126.255.255.255",
    b"127.0.0.1.",
    b"127.1",
    b"127.0.0.256",
    b"0127.0.0.1",
    b"2130706433",
    b"0x7f000001",
    b"[127.0.0.1]",
    b"::1",
    b"[::1",
    b"::1]",
    b"[::]",
    b"[::2]:80",
    b"[fe80::1]",
    b"[::ffff:10.0.0.5]",
    b"[::1%25lo]",
    b"[]",
    b"169.254.169.254",
]


@pytest.mark.parametrize("host", [host for host in LOOPBACK if host != b"127.0.0.1."])
async def test_loopback_is_answered(host):
    for app in (Sandbox(), served(Sandbox())):
        status, error = await call(app, [(b"host", host)])
        assert (status, error["code"]) == (404, "not_found")


@pytest.mark.parametrize("host", [host for host in FOREIGN if host != b"127.0.0.1."])
async def test_anything_else_is_misdirected(host):
    status, error = await call(served(Sandbox()), [(b"host", host)])
    assert (status, error["code"]) == (421, "misdirected_request")
    assert "Sandbox(hosts=[...])" in error["title"]
    assert "--allow-host" in error["title"]
    assert error["title"].isascii()
    assert error["title"].isprintable()
    assert len(error["title"]) < 400


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "HEAD", "TRACE"])
async def test_every_path_and_method_is_guarded(path, method):
    sandbox = Sandbox()
    app = served(sandbox)
    assert (await call(app, [(b"host", b"evil.example")], method=method, path=path))[0] == 421
    assert sandbox.statistics().statuses == {421: 1}
    assert sandbox.statistics().operations == {}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([(b"host", b"localhost"), (b"host", b"localhost")], "several Host headers"),
        ([(b"host", b"localhost"), (b"host", b"evil.example")], "several Host headers"),
        ([(b"host", b"evil.example"), (b"Host", b"localhost")], "several Host headers"),
        (
            [(b"host", b"evil.example"), (b"x-forwarded-host", b"localhost")],
            "addressed to 'evil.example'",
        ),
        ([(b"host", b"evil.example"), (b"forwarded", b"host=localhost")], "evil.example"),
        ([(b"host", b"evil.example"), (b"x-original-host", b"localhost")], "evil.example"),
        ([(b"host", b"a" * 5000 + b".example")], "aaaa"),
        ([(b"host", b"\x1b[2J.example")], r"\x1b"),
    ],
    ids=repr,
)
async def test_host_is_the_one_header_that_counts(headers, words):
    for app in (Sandbox(), served(Sandbox())):
        status, error = await call(app, headers)
        assert status == 421
        assert words in error["title"]
        assert len(error["title"]) < 500


@pytest.mark.parametrize("headers", [[], [(b"x-forwarded-host", b"localhost")]])
async def test_a_request_without_a_host_is_answered_in_process_alone(headers):
    status, error = await call(served(Sandbox()), headers)
    assert (status, "has no Host header" in error["title"]) == (421, True)
    assert (await call(Sandbox(), headers))[0] == 404


async def test_a_forwarded_host_does_no_harm():
    headers = [(b"host", b"localhost"), (b"x-forwarded-host", b"evil.example")]
    assert (await call(served(Sandbox()), headers))[0] == 404


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"http://evil.example/v2/apps", 421),
        (b"http://localhost@evil.example/", 421),
        (b"HTTP://EVIL.EXAMPLE", 421),
        (b"http:///nowhere", 421),
        (b"http://localhost:8000/nowhere", 404),
        (b"http://[::1]/nowhere", 404),
    ],
)
async def test_a_whole_url_as_the_target_is_checked_too(target, status):
    headers = [(b"host", b"localhost")]
    assert (await call(served(Sandbox()), headers, raw_path=target))[0] == status


IN_PROCESS_HOSTS = [
    "test",
    "testserver",
    "sandbox",
    "x:8000",
    "sandbox.test",
    "acme.zendesk.com",
    "api.smooch.io",
    "api.eu-1.smooch.io",
]


@pytest.mark.parametrize("host", IN_PROCESS_HOSTS)
async def test_the_usual_hosts_of_tests_are_known_in_process_alone(host):
    headers = [(b"host", host.encode())]
    assert (await call(Sandbox(), headers))[0] == 404
    assert (await call(served(Sandbox()), headers))[0] == 421


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.5", "zendesk.com.evil.example", "5"])
async def test_other_hosts_are_misdirected_in_process(host):
    assert (await call(Sandbox(), [(b"host", host.encode())]))[0] == 421


@pytest.mark.parametrize(
    ("host", "address", "allowed", "refused"),
    [
        ("127.0.0.1", "127.0.0.1", ["localhost"], ["10.0.0.5", "dev"]),
        ("192.168.1.5", "192.168.1.5", ["192.168.1.5:80", "127.0.0.1"], ["192.168.1.6", "dev"]),
        (
            "dev.example.org",
            "10.0.0.5",
            ["DEV.example.org.", "10.0.0.5"],
            ["example.org", "10.0.0.6"],
        ),
        ("0.0.0.0", "0.0.0.0", ["10.0.0.5", "[fe80::1]", "0.0.0.0:80"], ["dev", "evil.example"]),
        ("", "0.0.0.0", ["10.0.0.5"], ["dev", ""]),
        ("::", "::", ["10.0.0.5", "[2001:db8::1]:80", "[::]"], ["dev", "evil.example"]),
        ("::1", "::1", ["[::1]", "localhost"], ["[::2]"]),
        ("fe80::1%lo", "fe80::1%lo", ["[fe80::1]"], ["[fe80::2]"]),
    ],
)
def test_the_host_that_is_served_is_known(host, address, allowed, refused):
    rule = host_rule_of_server(host, address)
    assert [name for name in allowed if not rule.allows(name.encode())] == []
    assert [name for name in refused if rule.allows(name.encode())] == []


@pytest.mark.parametrize(
    ("hosts", "allowed", "refused"),
    [
        (
            ["dev.example.org"],
            ["dev.example.org:80", "DEV.EXAMPLE.ORG"],
            ["example.org", "a.dev.example.org"],
        ),
        (["Dev.Example.Org."], ["dev.example.org"], ["example.org"]),
        (
            ["*.example.org"],
            ["a.example.org", "a.b.example.org"],
            ["example.org", "evilexample.org"],
        ),
        (["sandbox"], ["sandbox", "sandbox:8000", "sandbox."], ["sandbox.evil.example"]),
        (["10.0.0.5"], ["10.0.0.5:80"], ["10.0.0.6"]),
        (["2001:db8::1"], ["[2001:DB8:0::1]:80"], ["[2001:db8::2]"]),
        (["[2001:db8::1]"], ["[2001:db8::1]"], ["[2001:db8::2]"]),
        (["*"], ["evil.example", "10.0.0.5", "", "anything goes"], []),
        ([], ["localhost"], ["dev"]),
        (iter(["a", "b"]), ["a", "b"], ["c"]),
    ],
)
async def test_hosts_can_be_added(hosts, allowed, refused):
    sandbox = Sandbox(hosts=hosts)
    app = served(sandbox)
    for name in allowed:
        assert (await call(app, [(b"host", name.encode())]))[0] == 404
    for name in refused:
        assert (await call(app, [(b"host", name.encode())]))[0] == 421
    assert (await call(app, [(b"host", b"localhost")]))[0] == 404


@pytest.mark.parametrize(
    ("hosts", "failure", "words"),
    [
        ("localhost", TypeError, r"pass \['localhost'\]"),
        ([None], TypeError, "not NoneType"),
        ([b"localhost"], TypeError, "not bytes"),
        ([""], ValueError, "without a port"),
        (["dev:8000"], ValueError, "without a port"),
        (["http://dev"], ValueError, "without a port"),
        (["a b"], ValueError, "without a port"),
        (["dév"], ValueError, "without a port"),
        (["*dev"], ValueError, "without a port"),
        (["*."], ValueError, "without a port"),
        (["a..b"], ValueError, "without a port"),
    ],
    ids=repr,
)
def test_what_is_no_host_is_refused_at_once(hosts, failure, words):
    with pytest.raises(failure, match=words):
        Sandbox(hosts=hosts)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {"origin": "http://evil.example"}, 403),
        ("GET", {"origin": "https://evil.example:8000"}, 403),
        ("GET", {"origin": "null"}, 403),
        ("GET", {"origin": ""}, 403),
        ("OPTIONS", {"origin": "http://evil.example"}, 403),
        ("POST", {"origin": "http://localhost.evil.example"}, 403),
        ("POST", {"origin": "http://localhost@evil.example"}, 403),
        ("POST", {"origin": "chrome-extension://abcdef"}, 403),
        ("POST", {"origin": "http://localhost, http://evil.example"}, 403),
        ("POST", {"sec-fetch-site": "cross-site"}, 403),
        ("GET", {"sec-fetch-site": "cross-site"}, 404),
        ("POST", {"sec-fetch-site": "same-origin"}, 404),
        ("POST", {"sec-fetch-site": "none"}, 404),
        ("POST", {"origin": "http://localhost:3000"}, 404),
        ("POST", {"origin": "http://localhost:3000", "sec-fetch-site": "cross-site"}, 404),
        ("POST", {"origin": "https://app.localhost"}, 404),
        ("POST", {"origin": "http://[::1]:5173"}, 404),
        ("POST", {"origin": "http://127.0.0.1"}, 404),
        ("POST", {"origin": "http://dev.example.org"}, 404),
        ("POST", {}, 404),
    ],
    ids=repr,
)
async def test_a_foreign_web_page_is_refused(method, headers, status):
    app = served(Sandbox(hosts=["dev.example.org"]))
    raw = [(b"host", b"localhost"), *((k.encode(), v.encode()) for k, v in headers.items())]
    found, error = await call(app, raw, method=method)
    assert found == status
    assert (error["code"] == "cross_origin") is (status == 403)


def test_the_rules_are_plain_values():
    assert host_rule([], IN_PROCESS) == IN_PROCESS
    assert host_rule(["a"], HostRule()) == HostRule(names=frozenset({"a"}))


async def test_a_client_in_process_needs_no_setting():
    sandbox = Sandbox()
    for where in ({"subdomain": "acme"}, {"region": "eu"}, {"base_url": "http://localhost"}):
        async with AsyncSunco(
            app_id=sandbox.app_id,
            key_id=sandbox.key_id,
            secret=sandbox.secret,
            transport=httpx.ASGITransport(app=sandbox),
            **where,
        ) as sunco:
            await sunco.users.create()
    assert sandbox.statistics().users == 3


async def test_over_a_socket_a_rebound_name_reaches_nothing():
    sandbox = Sandbox(hosts=["dev.example.org"])
    async with sandbox.serve() as server, httpx.AsyncClient(base_url=server.url) as http:
        path = f"/v2/apps/{sandbox.app_id}/users"
        auth = (sandbox.key_id, sandbox.secret)
        for host in ("evil.example", f"evil.example:{server.port}", "acme.zendesk.com"):
            refused = await http.post(path, json={}, auth=auth, headers={"host": host})
            assert refused.status_code == 421
        for host in ("dev.example.org", f"localhost:{server.port}"):
            taken = await http.post(path, json={}, auth=auth, headers={"host": host})
            assert taken.status_code == 201
        page = {"origin": "http://evil.example"}
        assert (await http.post(path, json={}, auth=auth, headers=page)).status_code == 403
    assert sandbox.statistics().users == 2
