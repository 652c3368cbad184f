"""Proxies: which one serves a host, by the environment or `proxy=`, and the tunnel through it.

Every request goes through a CONNECT tunnel, so a proxy never sees a credential or a message, and a
refused tunnel means that nothing was sent.
"""

import asyncio
import ipaddress
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import unquote_to_bytes
from urllib.request import getproxies

import httpx

from sunco_async.transports._parser import MAX_HEAD
from sunco_async.transports._wire import Hidden, Origin

__all__ = ["Proxy", "Tunnel", "TunnelRefused", "find_proxy", "parse_proxy"]


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, and the credentials for it."""

    origin: Origin
    authorization: Hidden | None = field(default=None, repr=False)

    def connect_request(self, host: str, port: int) -> Hidden:
        """Return the request that asks for a tunnel to a host."""
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n".encode("ascii")
        if self.authorization is not None:
            head += b"Proxy-Authorization: " + self.authorization + b"\r\n"
        return Hidden(head + b"\r\n")


def parse_proxy(address: str, source: str) -> Proxy:
    """Read the address of a proxy.

    Args:
        address: Such as `http://user:password@proxy.example:3128`; the scheme may be missing.
        source: The argument or the variable that it comes from, for the error.

    Raises:
        ValueError: It is no address of an HTTP proxy. The text does not show it, because it may
            hold a password.
    """
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
        port = url.port
    except httpx.InvalidURL:
        raise ValueError(f"{source} is not the URL of a proxy") from None
    if url.scheme.startswith("socks"):
        raise ValueError(
            f"{source} is a SOCKS proxy, which only httpx can use: install httpx[socks] and pass "
            "http_client=httpx.AsyncClient(proxy=...)"
        )
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{source} must be like http://proxy.example:3128")
    origin = Origin(
        url.scheme,
        url.raw_host.decode("ascii"),
        port or (443 if url.scheme == "https" else 80),
    )
    if not url.userinfo:
        return Proxy(origin)
    user, _, password = url.userinfo.partition(b":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return Proxy(origin, Hidden(b"Basic " + b64encode(pair)))


def find_proxy(origin: Origin, environ: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy that the environment names for an origin, or None.

    HTTPS_PROXY, HTTP_PROXY and ALL_PROXY are read, in lower case too, and NO_PROXY; on macOS and
    Windows the system's settings where there are no variables. Loopback is never proxied.

    Raises:
        ValueError: The proxy is one that cannot be used, such as a SOCKS proxy.
    """
    host, port = origin.host, origin.port
    if _is_loopback(host):
        return None
    proxies = getproxies() if environ is None else environ
    for name in (origin.scheme, "all"):
        if address := proxies.get(name):
            if _is_excluded(host, port, proxies.get("no", "")):
                return None
            return parse_proxy(address, f"{name.upper()}_PROXY")
    return None


class TunnelRefused(httpx.ProxyError):
    """There is no tunnel through the proxy, so nothing was sent.

    Attributes:
        status: The status of the proxy's response, None without a readable one.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Tunnel(asyncio.Protocol):
    """Reads a proxy's response to CONNECT, before the connection takes the transport over."""

    def __init__(self) -> None:
        self._head = b""
        self._opened = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the event loop has a transport for this tunnel."""
        return self._transport is not None

    def close(self) -> None:
        """Close the connection to the proxy at once."""
        if self._transport is not None:
            self._transport.abort()

    async def opened(self) -> None:
        """Wait for the tunnel; raises `TunnelRefused` without one."""
        await self._opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a part of the response."""
        if self._opened.done():  # nothing may come before the request through the tunnel
            self.close()
            return
        self._head += data
        head, end, surplus = self._head.partition(b"\r\n\r\n")
        if end:
            self._finish(head, surplus)
        elif len(self._head) > MAX_HEAD:
            self._fail("The proxy's response is too long.")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - same for every cause
        """Fail: the proxy hung up."""
        self._fail("The proxy closed the connection.")

    def _finish(self, head: bytes, surplus: bytes) -> None:
        parts = head.partition(b"\r\n")[0].split(b" ", 2)
        status = parts[1] if len(parts) > 1 and parts[0].startswith(b"HTTP/1.") else b""
        if len(status) != 3 or not status.isdigit():
            self._fail("The proxy does not speak HTTP/1.1.")
        elif not status.startswith(b"2"):
            reason = parts[2].decode("ascii", "replace")[:100] if len(parts) > 2 else ""
            text = f"The proxy refused the tunnel: {status.decode()} {reason}".rstrip()
            self._fail(text, int(status))
        elif surplus:
            self._fail("The proxy sent data behind its response.")
        else:
            self._opened.set_result(None)

    def _fail(self, text: str, status: int | None = None) -> None:
        if not self._opened.done():
            self._opened.set_exception(TunnelRefused(text, status))
            self._opened.exception()  # seen, even if the caller was cancelled


def _is_excluded(host: str, port: int, no_proxy: str) -> bool:
    """Return whether NO_PROXY lists a host, as curl, Go and Python's tools read it.

    An entry is `*`, a name (which covers its subdomains, with or without a leading dot or `*.`),
    an address or a network in CIDR notation, and may end with a port.
    """
    address = _address(host)
    for entry in no_proxy.replace(",", " ").split():
        name, for_port = _split_port(entry)
        if for_port is not None and for_port != port:
            continue
        if name == "*" or (address is not None and _covers(name, address)):
            return True
        suffix = name.lower().removeprefix("*").removeprefix(".").rstrip(".")
        plain = host.lower().rstrip(".")
        if address is None and suffix and (plain == suffix or plain.endswith(f".{suffix}")):
            return True
    return False


def _split_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, int(rest[1:]) if rest[1:].isdigit() else None
    name, colon, port = entry.rpartition(":")
    if colon and ":" not in name and port.isdigit():
        return name, int(port)
    return entry, None


def _covers(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    if address is not None:
        return address.is_loopback
    return host == "localhost" or host.endswith(".localhost")
