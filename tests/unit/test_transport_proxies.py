"""Which proxy serves a host, by the environment or `proxy=`, and how its address is read."""

import base64
import sys
import traceback

import pytest

from sunco_async import AsyncSunco, ConfigurationError
from sunco_async._base.hidden import Concealed
from sunco_async.transports import DirectTransport, parse_proxy
from sunco_async.transports._proxy import find_proxy
from sunco_async.transports._wire import Origin

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CANARY = "canary-not-a-secret"
API = Origin("https", "acme.zendesk.com", 443)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in (*NAMES, *(name.upper() for name in NAMES), "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)


def set_environment(monkeypatch, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def address_of(proxy):
    return None if proxy is None else (proxy.origin.scheme, proxy.origin.host, proxy.origin.port)


PLAIN = Origin("http", "api.test", 80)
P = ("http", "p", 3128)


@pytest.mark.parametrize(
    ("environment", "origin", "expected"),
    [
        ({}, API, None),
        ({"HTTPS_PROXY": "http://p:3128"}, API, P),
        ({"https_proxy": "http://p:3128"}, API, P),
        ({"HTTPS_PROXY": "p:3128"}, API, P),
        ({"HTTPS_PROXY": " http://p:3128/ "}, API, P),
        ({"HTTPS_PROXY": "http://other:1", "https_proxy": "http://p:3128"}, API, P),
        ({"HTTPS_PROXY": "http://other:1", "https_proxy": ""}, API, None),
        ({"HTTPS_PROXY": ""}, API, None),
        ({"HTTPS_PROXY": "  "}, API, None),
        ({"HTTP_PROXY": "http://p:3128"}, API, None),
        ({"HTTPS_PROXY": "http://p:3128"}, PLAIN, None),
        ({"HTTP_PROXY": "http://p:3128"}, PLAIN, P),
        ({"http_proxy": "http://p:3128"}, PLAIN, P),
        # Of a CGI script, HTTP_PROXY is a header of its client.
        ({"HTTP_PROXY": "http://p:3128", "REQUEST_METHOD": "GET"}, PLAIN, None),
        ({"http_proxy": "http://p:3128", "REQUEST_METHOD": "GET"}, PLAIN, P),
        ({"ALL_PROXY": "http://p:3128"}, API, P),
        ({"all_proxy": "http://p:3128"}, PLAIN, P),
        ({"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://p:3128"}, API, P),
        ({"ALL_PROXY": "http://p:3128", "HTTPS_PROXY": ""}, API, P),
        ({"ALL_PROXY": "http://p:3128", "NO_PROXY": "acme.zendesk.com"}, API, None),
        ({"ALL_PROXY": "http://p:3128", "no_proxy": "acme.zendesk.com"}, API, None),
        ({"ALL_PROXY": "http://p:3128", "NO_PROXY": "*", "no_proxy": "x.test"}, API, P),
        # A proxy that is not used may be any.
        ({"ALL_PROXY": "socks5://p:1080", "NO_PROXY": "zendesk.com"}, API, None),
        ({"ALL_PROXY": "socks5://p:1080", "HTTPS_PROXY": "http://p:3128"}, API, P),
    ],
)
def test_the_environment_names_a_proxy(monkeypatch, environment, origin, expected):
    set_environment(monkeypatch, environment)
    assert address_of(find_proxy(origin)) == expected


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("host", "proxied"),
    [
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("localhost", False),
        ("localhost.", False),
        ("api.localhost", False),
        ("localhost.test", True),
        ("notlocalhost", True),
        ("128.0.0.1", True),
        ("::2", True),
    ],
)
def test_the_environment_never_proxies_loopback(monkeypatch, scheme, host, proxied):
    set_environment(monkeypatch, {"ALL_PROXY": "http://p:3128", "HTTPS_PROXY": "http://p:3128"})
    assert (find_proxy(Origin(scheme, host, 8000)) is not None) is proxied


NAME, V4, V6, MAPPED = "a.zendesk.com", "10.1.2.3", "2001:db8::17", "::ffff:10.1.2.3"


@pytest.mark.parametrize(
    ("no_proxy", "host", "excluded"),
    [
        # Everything.
        ("*", NAME, True),
        ("*", V4, True),
        ("*", V6, True),
        ("x.test, *", NAME, True),
        ("*:443", NAME, True),
        ("*:80", NAME, False),
        # Names.
        ("a.zendesk.com", NAME, True),
        ("zendesk.com", NAME, True),
        (".zendesk.com", NAME, True),
        ("*.zendesk.com", NAME, True),
        (".a.zendesk.com", NAME, True),
        ("com", NAME, True),
        ("desk.com", NAME, False),
        ("*desk.com", NAME, False),
        ("b.a.zendesk.com", NAME, False),
        ("zendesk", NAME, False),
        ("a", NAME, False),
        ("A.ZenDesk.COM", NAME, True),
        ("zendesk.com", "A.ZENDESK.COM", True),
        ("zendesk.com.", NAME, True),
        ("zendesk.com", "a.zendesk.com.", True),
        ("xzendesk.com", NAME, False),
        # Lists.
        ("x.test,zendesk.com", NAME, True),
        ("x.test zendesk.com", NAME, True),
        (" x.test ,\tzendesk.com ", NAME, True),
        (",,zendesk.com,,", NAME, True),
        ("x.test,y.test", NAME, False),
        ("", NAME, False),
        (",", NAME, False),
        (". .. *.", NAME, False),
        # Ports.
        ("zendesk.com:443", NAME, True),
        (".zendesk.com:443", NAME, True),
        ("zendesk.com:8443", NAME, False),
        ("zendesk.com:8443,zendesk.com:443", NAME, True),
        ("zendesk.com:", NAME, True),
        ("zendesk.com:https", NAME, False),
        ("zendesk.com:²", NAME, False),
        ("zendesk.com:999999999999", NAME, False),
        (":443", NAME, False),
        # IPv4.
        ("10.1.2.3", V4, True),
        ("10.1.2.3:443", V4, True),
        ("10.1.2.3:80", V4, False),
        ("10.1.2.4", V4, False),
        ("2.3", V4, False),
        (".2.3", V4, False),
        ("10.0.0.0/8", V4, True),
        ("10.1.2.3/8", V4, True),
        ("10.0.0.0/8:443", V4, True),
        ("10.0.0.0/8:80", V4, False),
        ("10.1.2.0/255.255.255.0", V4, True),
        ("10.2.0.0/16", V4, False),
        ("10.0.0.0/40", V4, False),
        ("0.0.0.0/0", V4, True),
        ("0.0.0.0/0", V6, False),
        ("10.0.0.0/8", NAME, False),
        # IPv6.
        ("2001:db8::17", V6, True),
        ("[2001:db8::17]", V6, True),
        ("[2001:db8::17]:443", V6, True),
        ("[2001:db8::17]:80", V6, False),
        ("2001:DB8:0::17", V6, True),
        ("2001:db8::18", V6, False),
        ("2001:db8::/32", V6, True),
        ("[2001:db8::/32]", V6, True),
        ("[2001:db8::]/32", V6, True),
        ("[2001:db8::]/32:80", V6, False),
        ("2001:db9::/32", V6, False),
        ("::/0", V6, True),
        ("[2001:db8::17", V6, False),
        ("[]", V6, False),
        ("[", V6, False),
        # IPv4 in IPv6.
        ("10.1.2.3", MAPPED, True),
        ("10.0.0.0/8", MAPPED, True),
        ("11.0.0.0/8", MAPPED, False),
        ("::ffff:10.1.2.3", V4, True),
        ("::ffff:10.0.0.0/104", V4, True),
        ("::ffff:10.1.2.3", MAPPED, True),
    ],
)
def test_no_proxy_excludes_a_host(monkeypatch, no_proxy, host, excluded):
    set_environment(monkeypatch, {"ALL_PROXY": "http://p:3128", "NO_PROXY": no_proxy})
    assert (find_proxy(Origin("https", host, 443)) is None) is excluded


def basic(user, password):
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


@pytest.mark.parametrize(
    ("given", "expected", "authorization"),
    [
        ("http://p:3128", P, None),
        ("HTTP://P:3128", P, None),
        ("p:3128", P, None),
        ("p", ("http", "p", 80), None),
        ("http://p", ("http", "p", 80), None),
        ("http://p/", ("http", "p", 80), None),
        ("http://p:", ("http", "p", 80), None),
        ("https://p", ("https", "p", 443), None),
        ("https://p:3129", ("https", "p", 3129), None),
        (" p:3128\n", P, None),
        ("http://10.0.0.1:3128", ("http", "10.0.0.1", 3128), None),
        ("http://[2001:db8::1]:3128", ("http", "2001:db8::1", 3128), None),
        ("[2001:db8::1]:3128", ("http", "2001:db8::1", 3128), None),
        ("http://[::1]", ("http", "::1", 80), None),
        ("http://bücher.example:1", ("http", "xn--bcher-kva.example", 1), None),
        ("http://jane:secret@p:3128", P, basic("jane", "secret")),
        ("jane:secret@p:3128", P, basic("jane", "secret")),
        ("http://jane@p:3128", P, basic("jane", "")),
        ("http://jane:@p:3128", P, basic("jane", "")),
        ("http://:secret@p:3128", P, basic("", "secret")),
        ("http://jane:p%40%3A%2F%23%25@p:3128", P, basic("jane", "p@:/#%")),
        ("http://a%5Cjane:s@p:3128", P, basic("a\\jane", "s")),
        ("http://jane:a:b@p:3128", P, basic("jane", "a:b")),
        ("http://jane:p@ss@p:3128", P, basic("jane", "p@ss")),
        ("http://jane:100%@p:3128", P, basic("jane", "100%")),
        ("http://jäne:sécret@p:3128", P, basic("jäne", "sécret")),
        ("http://j%C3%A4ne:s@p:3128", P, basic("jäne", "s")),
        ("http://jane:a%0D%0AX-Evil:1@p:3128", P, basic("jane", "a\r\nX-Evil:1")),
    ],
)
def test_an_address_is_read(given, expected, authorization):
    proxy = parse_proxy(Concealed(given), "proxy")
    assert address_of(proxy) == expected
    assert proxy.authorization == authorization


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("", "must be the URL of a proxy"),
        ("http://", "must be the URL of a proxy"),
        ("ftp://p:3128", "must be the URL of a proxy"),
        ("://p:3128", "URL of a proxy"),
        ("http://a b:3128", "must be the URL of a proxy"),
        ("http://p:0", "port between 1 and 65535"),
        ("http://p:65536", "port between 1 and 65535"),
        ("http://p:-1", "port between 1 and 65535"),
        ("http://p:abc", "is not the URL of a proxy"),
        ("http://::1:3128", "is not the URL of a proxy"),
        ("http://p\r\n:1", "is not the URL of a proxy"),
        ("http://p:3128/path", "without a path"),
        ("http://p:3128?x=1", "without a path"),
        (f"http://jane:{CANARY}#2@p:3128", "percent-encoded"),
        (f"http://jane:{CANARY}/2@p:3128", "percent-encoded"),
        (f"http://jane#{CANARY}@p:3128", "percent-encoded"),
        (f"socks5://jane:{CANARY}@p:1080", r"http_client=httpx\.AsyncClient\(proxy="),
        ("socks5h://p:1080", "SOCKS"),
        ("socks4://p:1080", "SOCKS"),
        (3128, "must be a str"),
        (b"http://p:3128", "must be a str"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(monkeypatch, given, problem):
    def refused(make, source):
        with pytest.raises(ConfigurationError, match=problem) as caught:
            make()
        error = caught.value
        assert str(error).startswith(f"{source} ")
        error.__traceback__ = error.__traceback__.tb_next.tb_next  # the test's own frames
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert CANARY not in "".join(whole.format())
        assert error.__context__ is None

    refused(lambda: parse_proxy(Concealed(given), "proxy"), "proxy")
    arguments = {"app_id": "a1", "key_id": "app_test", "secret": CANARY, "subdomain": "acme"}
    refused(lambda: AsyncSunco(proxy=given, **arguments), "proxy")
    if isinstance(given, str) and given and "\r" not in given:
        monkeypatch.setenv("HTTPS_PROXY", given)
        refused(lambda: find_proxy(API), "HTTPS_PROXY")
        monkeypatch.delenv("HTTPS_PROXY")
        monkeypatch.setenv("all_proxy", given)
        refused(lambda: find_proxy(API), "ALL_PROXY")


async def test_a_socks_proxy_of_the_environment_fails_the_call_at_once(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", f"socks5://jane:{CANARY}@127.0.0.1:1080")
    sunco = AsyncSunco(subdomain="acme", app_id="a1", key_id="app_test", secret="not-a-secret")
    async with sunco:
        with pytest.raises(ConfigurationError, match="ALL_PROXY is a SOCKS proxy") as caught:
            await sunco.users.get("u1")
        assert sunco.statistics().retries == 0
        assert sunco.statistics().in_flight == 0
    error = caught.value
    error.__traceback__ = error.__traceback__.tb_next
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert CANARY not in "".join(whole.format())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "api.test"])
def test_an_argument_beats_the_environment_for_every_host(monkeypatch, host):
    monkeypatch.setenv("ALL_PROXY", "http://other:1")
    monkeypatch.setenv("NO_PROXY", "*")
    proxy = parse_proxy(Concealed("p:3128"), "proxy")
    transport = DirectTransport(max_connections=1, proxy=proxy)
    assert transport._proxy_for(Origin("https", host, 443)) is proxy


def test_a_password_is_in_no_repr():
    proxy = parse_proxy(Concealed(f"http://jane:{CANARY}@p:3128"), "proxy")
    encoded = basic("jane", CANARY).decode().partition(" ")[2]
    transport = DirectTransport(max_connections=1, proxy=proxy)
    request = proxy.connect_request("api.test", 443)
    shown = repr(proxy) + repr(proxy.authorization) + repr(request) + repr(vars(transport))
    assert CANARY not in shown
    assert encoded not in shown
    assert encoded.encode() in request


@pytest.mark.parametrize(
    ("host", "port", "target"),
    [("api.test", 443, "api.test:443"), ("10.0.0.1", 80, "10.0.0.1:80"), ("::1", 8, "[::1]:8")],
)
def test_the_request_for_a_tunnel(host, port, target):
    request = parse_proxy(Concealed("p"), "proxy").connect_request(host, port)
    assert request == f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()
    request = parse_proxy(Concealed("jane:s@p"), "proxy").connect_request(host, port)
    assert request.endswith(b"\r\nProxy-Authorization: " + basic("jane", "s") + b"\r\n\r\n")


@pytest.mark.skipif(sys.platform == "win32", reason="variables have no case there")
def test_an_entry_of_no_proxy_without_a_proxy_is_nothing(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "zendesk.com")
    assert find_proxy(API) is None
