"""Which proxy the environment names for a host."""

import httpx
import pytest

from sunco_async.transports import ShardedTransport, build_transport
from sunco_async.transports._proxies import environment_proxy

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in (*NAMES, *(name.upper() for name in NAMES), "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "expected"),
    [
        ({}, "https://acme.zendesk.com/sc", None),
        ({"HTTPS_PROXY": "http://p:3128"}, "https://acme.zendesk.com/sc", "http://p:3128"),
        ({"https_proxy": "http://p:3128"}, "https://acme.zendesk.com/sc", "http://p:3128"),
        ({"HTTPS_PROXY": "p:3128"}, "https://acme.zendesk.com/sc", "http://p:3128"),
        ({"HTTP_PROXY": "http://p:3128"}, "https://acme.zendesk.com/sc", None),
        ({"HTTP_PROXY": "http://p:3128"}, "http://api.test", "http://p:3128"),
        ({"ALL_PROXY": "http://p:3128"}, "https://acme.zendesk.com/sc", "http://p:3128"),
        (
            {"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://p:3128"},
            "https://acme.zendesk.com/sc",
            "http://p:3128",
        ),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "zendesk.com"}, "https://a.zendesk.com", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".zendesk.com"}, "https://a.zendesk.com", None),
        (
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "desk.com"},
            "https://a.zendesk.com",
            "http://p:1",
        ),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://a.zendesk.com", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "x.test, *"}, "https://a.zendesk.com", None),
        (
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.zendesk.com:443"},
            "https://a.zendesk.com",
            None,
        ),
        ({"HTTPS_PROXY": ""}, "https://a.zendesk.com", None),
        ({"ALL_PROXY": "http://p:1"}, "http://127.0.0.1:8000", None),
        ({"ALL_PROXY": "http://p:1"}, "http://127.8.8.8:8000", None),
        ({"ALL_PROXY": "http://p:1"}, "http://[::1]:8000", None),
        ({"ALL_PROXY": "http://p:1"}, "http://localhost:8000", None),
        ({"ALL_PROXY": "http://p:1"}, "http://api.localhost:8000", None),
        ({"ALL_PROXY": "http://p:1"}, "http://localhost.test", "http://p:1"),
    ],
)
def test_the_environment_decides(monkeypatch, environment, url, expected):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = environment_proxy(httpx.URL(url))
    assert (None if proxy is None else str(proxy.url)) == expected


def test_credentials_are_kept_apart_from_the_address(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://jane:p%40ss@p:3128")
    proxy = environment_proxy(httpx.URL("https://acme.zendesk.com"))
    assert proxy is not None
    assert proxy.auth == ("jane", "p@ss")
    assert "p@ss" not in repr(proxy.url)


@pytest.mark.parametrize("kind", ["auto", "httpx"])
def test_a_socks_proxy_is_left_to_httpx(monkeypatch, kind):
    monkeypatch.setenv("ALL_PROXY", "socks5://p:1080")
    monkeypatch.setattr("sunco_async.transports.find_spec", lambda name: object())
    transport = build_transport(kind, max_connections=1, url="https://acme.zendesk.com")
    assert isinstance(transport, ShardedTransport)


def test_a_socks_proxy_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://p:1080")
    monkeypatch.setattr("sunco_async.transports.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"httpx\[socks\]"):
        build_transport("httpx", max_connections=1, url="https://acme.zendesk.com")


@pytest.mark.parametrize("kind", ["aiohttp"])
def test_aiohttp_with_a_socks_proxy_is_refused(monkeypatch, kind):
    monkeypatch.setenv("ALL_PROXY", "socks5://p:1080")
    with pytest.raises(ValueError, match="SOCKS"):
        build_transport(kind, max_connections=1, url="https://acme.zendesk.com")


@pytest.mark.parametrize(
    ("kind", "installed", "proxy", "expected"),
    [
        ("httpx", {"aiohttp", "httptools"}, "", "DirectTransport HttptoolsEngine"),
        ("httpx", {"aiohttp"}, "", "DirectTransport H11Engine"),
        ("httpx", {"aiohttp", "httptools"}, "p:3128", "ShardedTransport"),
        ("aiohttp", {"aiohttp", "httptools"}, "", "AiohttpTransport"),
        ("auto", {"aiohttp", "httptools"}, "", "DirectTransport HttptoolsEngine"),
        ("auto", {"aiohttp"}, "", "AiohttpTransport"),
        ("auto", {"httptools"}, "", "DirectTransport HttptoolsEngine"),
        ("auto", set(), "", "DirectTransport H11Engine"),
        ("auto", {"aiohttp", "httptools"}, "p:3128", "AiohttpTransport"),
        ("auto", {"httptools"}, "p:3128", "ShardedTransport"),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else None,
)
def test_what_is_installed_and_the_proxy_decide(monkeypatch, kind, installed, proxy, expected):
    for name in installed:
        pytest.importorskip(name)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    for module in ("sunco_async.transports", "sunco_async.transports._engine"):
        monkeypatch.setattr(f"{module}.find_spec", lambda name: name in installed or None)
    transport = build_transport(kind, max_connections=1, url="https://acme.zendesk.com")
    name, *engine = expected.split()
    assert type(transport).__name__ == name
    assert not engine or [transport._engine.__name__] == engine
    assert transport.needs_guard is (name == "ShardedTransport")


def test_aiohttp_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr("sunco_async.transports.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r'pip install "sunco-async\[aiohttp\]"'):
        build_transport("aiohttp", max_connections=1, url="https://acme.zendesk.com")
