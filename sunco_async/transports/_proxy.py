"""Proxies: which one serves a host, by `proxy=` or the environment.

`proxy=` applies to every host, those of the environment to every host but loopback. The environment
is read as curl, Go and Python's tools read it, where they agree. Where they differ:

- An entry of NO_PROXY covers its subdomains, with or without a leading dot or `*.` (as in curl; for
  Go and requests, a leading dot excludes the host itself).
- An entry with a port applies to that port only (as in Go and requests).
- A network is written as in `10.0.0.0/8` (curl since 7.86, Go and requests know it too).
"""

import ipaddress
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote_to_bytes
from urllib.request import getproxies

import httpx

from sunco_async._base.hidden import Concealed
from sunco_async.errors import ConfigurationError
from sunco_async.transports._wire import Hidden, Origin

__all__ = ["Proxy", "find_proxy", "parse_proxy"]

_ENTRY = re.compile(
    r"(?: \[ (?P<bracketed> [^\]]* ) \] (?P<network> /\d+ )? | (?P<plain> [^:]* ) )"
    r"(?: : (?P<port> [0-9]{1,5} )? )?",
    re.VERBOSE,
)
"""An entry of NO_PROXY; an IPv6 address without brackets does not match."""

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, and the credentials for it."""

    origin: Origin
    authorization: Hidden | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The host and port, for error texts."""
        return f"{self.origin.host}:{self.origin.port}"

    def connect_request(self, host: str, port: int) -> Hidden:
        """Return the request that asks for a tunnel to a host."""
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n".encode("ascii")]
        if self.authorization is not None:
            lines += [b"Proxy-Authorization: ", self.authorization, b"\r\n"]
        return Hidden(b"".join([*lines, b"\r\n"]))


def parse_proxy(given: Concealed, source: str) -> Proxy:
    """Read the address of a proxy.

    Args:
        given: Such as `http://user:password@proxy.example:3128`; the scheme may be missing.
        source: The argument or the variable that it comes from, for the error.

    Returns:
        The proxy.

    Raises:
        ConfigurationError: It is no address of an HTTP proxy. Neither the text nor a local variable
            of the traceback shows it, because it may hold a password.
    """
    proxy = _read(given)
    if isinstance(proxy, str):
        raise ConfigurationError(f"{source} {proxy}")
    return proxy


def find_proxy(origin: Origin) -> Proxy | None:
    """Return the proxy that the environment names for an origin, or None.

    HTTPS_PROXY, HTTP_PROXY and ALL_PROXY are read, in lower case too, and NO_PROXY; on macOS and
    Windows the system's settings where there are no variables. Loopback is never proxied.

    Raises:
        ConfigurationError: The proxy is one that cannot be used, such as a SOCKS proxy.
    """
    found = _choose(origin)
    return None if found is None else parse_proxy(*found)


# The functions below see addresses with passwords, so none of them raises.


def _read(given: Concealed) -> Proxy | str:
    """Return a proxy, or what is wrong with its address."""
    address = given.value
    if not isinstance(address, str):
        return f"must be a str like 'http://proxy.example:3128', not {type(address).__name__}"
    address = address.strip()
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError):
        return (
            "is not the URL of a proxy, such as http://proxy.example:3128; special characters in "
            "its user name or password must be percent-encoded"
        )
    if url.scheme.startswith("socks"):
        return (
            "is a SOCKS proxy, which only httpx can use: install httpx[socks] and pass "
            "http_client=httpx.AsyncClient(proxy=...)"
        )
    if url.scheme not in ("http", "https") or not host or "%" in host:
        return "must be the URL of a proxy, such as http://proxy.example:3128"
    if url.port is not None and not 0 < url.port < 65536:
        return "must have a port between 1 and 65535"
    if url.raw_path != b"/" or url.fragment:
        return (
            "must be the URL of a proxy without a path, such as http://proxy.example:3128; "
            "special characters in its user name or password must be percent-encoded"
        )
    origin = Origin(url.scheme, host, url.port or (443 if url.scheme == "https" else 80))
    if not url.userinfo:
        return Proxy(origin)
    user, _, password = url.userinfo.partition(b":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return Proxy(origin, Hidden(b"Basic " + b64encode(pair)))


def _choose(origin: Origin) -> tuple[Concealed, str] | None:
    """Return the address of the environment's proxy, and the variable that it comes from."""
    if _is_loopback(origin.host):
        return None
    proxies = getproxies()
    for name in (origin.scheme, "all"):
        if address := proxies.get(name, "").strip():
            if _is_excluded(origin.host, origin.port, proxies.get("no", "")):
                return None
            return Concealed(address), f"{name.upper()}_PROXY"
    return None


def _is_excluded(host: str, port: int, no_proxy: str) -> bool:
    """Return whether NO_PROXY lists a host."""
    address = _address(host)
    plain = host.lower().rstrip(".")
    for entry in no_proxy.replace(",", " ").split():
        name = entry
        if (parts := _ENTRY.fullmatch(entry)) is not None:
            name = parts["plain"] or (parts["bracketed"] or "") + (parts["network"] or "")
            if parts["port"] and int(parts["port"]) != port:
                continue
        if name == "*":
            return True
        if address is not None:
            if _covers(name, address):
                return True
            continue
        suffix = name.lower().removeprefix("*").removeprefix(".").rstrip(".")
        if suffix and (plain == suffix or plain.endswith(f".{suffix}")):
            return True
    return False


def _covers(entry: str, address: _Address) -> bool:
    """Return whether an entry is a network that holds an address, or the address itself."""
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= 96:
        network = ipaddress.ip_network((mapped, network.prefixlen - 96))
    return address in network


def _address(host: str) -> _Address | None:
    """Return the address that a host is written as, or None for a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_loopback(host: str) -> bool:
    address = _address(host)
    if address is not None:
        return address.is_loopback
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")
