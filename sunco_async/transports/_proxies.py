"""The proxy that the environment names for one host.

httpx reads the environment only when it makes its own transport, so a transport of ours has to.
"""

import ipaddress
from urllib.request import getproxies, proxy_bypass

import httpx

__all__ = ["environment_proxy", "is_socks"]


def environment_proxy(url: httpx.URL) -> httpx.Proxy | None:
    """Give the proxy for `url` from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.

    Loopback is never proxied. Raises `ValueError` for a proxy scheme that httpx does not know.
    """
    if _is_loopback(url.host):
        return None
    proxies = getproxies()
    address = proxies.get(url.scheme) or proxies.get("all")
    if not address or _is_bypassed(url, proxies.get("no", "")):
        return None
    return httpx.Proxy(address if "://" in address else f"http://{address}")


def is_socks(proxy: httpx.Proxy) -> bool:
    """Tell whether the proxy speaks SOCKS rather than HTTP."""
    return proxy.url.scheme.startswith("socks")


def _is_bypassed(url: httpx.URL, exceptions: str) -> bool:
    # The standard library takes "*" only when it stands alone; curl and httpx also in a list.
    if "*" in (name.strip() for name in exceptions.split(",")):
        return True
    # Without a port, "host:443" in NO_PROXY would not match.
    port = url.port or (443 if url.scheme == "https" else 80)
    return bool(proxy_bypass(f"{url.host}:{port}"))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
