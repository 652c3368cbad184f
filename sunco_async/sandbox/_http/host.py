"""Which requests a sandbox answers: those that were addressed to it.

A web page can point a name of its own at 127.0.0.1 (DNS rebinding). For the browser, a server there
then belongs to the page, which may read and change all that it holds. Such a request still names
the page's host in `Host`, so only known names are answered. A page that sends to the sandbox
without rebinding names itself in `Origin`, and is refused for that.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from starlette.types import Scope

from sunco_async.sandbox._errors import cross_origin, misdirected

__all__ = ["IN_PROCESS", "HostRule", "check_request", "host_rule", "host_rule_of_server"]

# A name or an address, then a port; no user info, no blanks, nothing but ASCII.
_HOST = re.compile(
    rb"(?P<name>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.?(?::\d{0,5})?"
    rb"|\[(?P<address>[0-9A-Fa-f:.]+)\](?::\d{0,5})?"
)
_ORIGIN = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>[^/?#]*)")


@dataclass(frozen=True, slots=True)
class HostRule:
    """The hosts that are answered, besides loopback.

    `names` are exact names and addresses, `suffixes` end a name, as in `.example.org`. With
    `single_labels` a name without a dot is answered, which no public name server has. With
    `addresses` every IP address is, since a rebound name is a name. With `no_header` a request
    without a `Host` is answered, which no browser sends.
    """

    names: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    single_labels: bool = False
    addresses: bool = False
    no_header: bool = False
    everything: bool = False

    def allows(self, host: bytes) -> bool:
        """Tell whether a `Host` header, or the host of a URL, is one of these."""
        if self.everything:
            return True
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = (found["name"] or found["address"]).decode().lower()
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            is_name = found["name"] is not None and not name.rsplit(".", 1)[-1].isdigit()
            return is_name and self._allows_name(name)
        if (found["address"] is None) is (address.version == 6):
            return False
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        is_loopback = (mapped or address).is_loopback
        return is_loopback or self.addresses or str(address) in self.names

    def _allows_name(self, name: str) -> bool:
        return (
            name == "localhost"
            or name.endswith((".localhost", *self.suffixes))
            or name in self.names
            or (self.single_labels and "." not in name)
        )


IN_PROCESS = HostRule(
    # No name server of the public answers for `.test`; the others are the hosts of the API.
    names=frozenset({"api.smooch.io", "api.eu-1.smooch.io"}),
    suffixes=(".test", ".zendesk.com"),
    single_labels=True,
    no_header=True,
)
"""The rule for a sandbox that is called as an ASGI application, as with `httpx.ASGITransport`."""


def host_rule(hosts: Iterable[str], base: HostRule) -> HostRule:
    """Return a rule that allows more hosts: names, addresses, `*.example.org`, or `*` for any.

    Raises:
        TypeError: `hosts` is one str, or holds something else than strs.
        ValueError: One of them is not a host, or has a port.
    """
    if isinstance(hosts, str):
        raise TypeError(f"hosts is a list of host names, not one str: pass [{hosts!r}]")
    names, suffixes, everything = set(base.names), list(base.suffixes), base.everything
    for host in hosts:
        if not isinstance(host, str):
            raise TypeError(f"a host is a str, not {type(host).__name__}")
        if host == "*":
            everything = True
        elif name := _plain_name(host.removeprefix("*.")):
            if host.startswith("*."):
                suffixes.append(f".{name}")
            else:
                names.add(name)
        else:
            raise ValueError(
                "hosts takes names and addresses without a port, such as 'sandbox.example.org', "
                f"not {host!r}"
            )
    return replace(base, names=frozenset(names), suffixes=tuple(suffixes), everything=everything)


def _plain_name(host: str) -> str | None:
    """Return a name or an address in its one form, or None for anything else."""
    try:
        return str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        found = _HOST.fullmatch(host.encode("ascii", "replace"))
    return found["name"].decode().lower() if found and found["name"] and ":" not in host else None


def host_rule_of_server(host: str, address: str) -> HostRule:
    """Return the rule for a server that listens on `address` because `host` was passed.

    One that listens on every address is meant to be reached from other machines, by address.
    """
    bound = ipaddress.ip_address(address.partition("%")[0])
    names = {str(bound), host.lower().rstrip(".")} - {""}
    return HostRule(names=frozenset(names), addresses=bound.is_unspecified)


def check_request(scope: Scope, rule: HostRule) -> None:
    """Raise an `ApiError` for a request that is not addressed to the sandbox.

    `X-Forwarded-Host` and its like are not looked at: anybody can send them.
    """
    hosts: list[bytes] = []
    origins: list[bytes] = []
    cross_site = False
    for name, value in scope["headers"]:
        plain = name.lower()
        if plain == b"host":
            hosts.append(value.strip())
        elif plain == b"origin":
            origins.append(value.strip())
        elif plain == b"sec-fetch-site":
            cross_site = value.strip() == b"cross-site"
    if len(hosts) > 1:
        raise misdirected("has several Host headers")
    if hosts:
        _check_host(hosts[0], rule)
    elif not rule.no_header:
        raise misdirected("has no Host header")
    # In a target such as `GET http://example.org/ HTTP/1.1`, the URL outweighs the header.
    target: bytes = scope.get("raw_path") or b"/"
    if not target.startswith(b"/") and (absolute := _ORIGIN.match(target)):
        _check_host(absolute["host"], rule)
    for origin in origins:
        found = _ORIGIN.fullmatch(origin)
        if found is None or not _is_allowed(rule, found["host"]):
            raise cross_origin(f"was sent by a web page of {_shown(origin)}")
    # A page may show what a GET returns, such as a picture, but cannot read it.
    if cross_site and not origins and scope["method"] not in ("GET", "HEAD"):
        raise cross_origin("was sent by a web page of another site")


@lru_cache(maxsize=256)
def _is_allowed(rule: HostRule, host: bytes) -> bool:
    return rule.allows(host)


def _check_host(host: bytes, rule: HostRule) -> None:
    if not _is_allowed(rule, host):
        raise misdirected(f"is addressed to {_shown(host)}")


def _shown(host: bytes) -> str:
    """Return a host for an error text: short, and printable."""
    return repr(host[:80].decode("ascii", "backslashreplace"))
