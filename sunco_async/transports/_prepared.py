"""A request of the client before its credentials: the parts of its bytes, ready to be joined.

httpx builds a URL, headers and a request in 90 µs, and most of that is the same for every request
of a client. Here the common headers are encoded once, so a request is one join of bytes. A true
`httpx.Request` is built only if other code sees the request.
"""

from collections.abc import AsyncIterable
from typing import cast

import httpx

from sunco_async.transports._adapter import encode_headers, origin_of
from sunco_async.transports._wire import Hidden, Origin, Timeouts, WireRequest

__all__ = ["HeaderBlock", "PreparedRequest", "Target"]


class Target:
    """A base URL, parsed once for all requests to it.

    Args:
        base_url: The URL, with a scheme and a host.
    """

    __slots__ = ("netloc", "origin", "prefix", "root")

    def __init__(self, base_url: str) -> None:
        url = httpx.URL(base_url)
        self.origin: Origin = origin_of(url)
        self.netloc: bytes = url.netloc
        self.root: str = f"{url.scheme}://{url.netloc.decode('ascii')}"
        self.prefix: str = url.raw_path.decode("ascii").rstrip("/")


class HeaderBlock:
    """Headers that many requests have in common, and the same as bytes.

    Args:
        pairs: The names and values.
    """

    __slots__ = ("encoded", "pairs")

    def __init__(self, pairs: list[tuple[bytes, bytes]]) -> None:
        self.pairs: list[tuple[bytes, bytes]] = pairs
        self.encoded: Hidden = encode_headers(pairs)


class PreparedRequest:
    """One request to a base URL.

    Args:
        method: The HTTP method.
        target: The base URL.
        path: The quoted path and query, added to the base URL's path.
        headers: All headers but Authorization and Content-Length.
        body: The body; a stream has its framing in `headers`.
        length: The Content-Length: of a body of bytes, its length, or None for a method without a
            body; of a stream, None if it goes out in chunks.
        timeouts: Seconds for each step.
    """

    __slots__ = ("body", "headers", "length", "method", "path", "target", "timeouts")

    def __init__(  # noqa: PLR0917 - built once for every call: keywords cost 0.3 µs
        self,
        method: str,
        target: Target,
        path: str,
        headers: HeaderBlock,
        body: bytes | AsyncIterable[bytes],
        length: int | None,
        timeouts: Timeouts,
    ) -> None:
        self.method: str = method
        self.target: Target = target
        self.path: str = path
        self.headers: HeaderBlock = headers
        self.body: bytes | AsyncIterable[bytes] = body
        self.length: int | None = length
        self.timeouts: Timeouts = timeouts

    def wire(self, authorization: str | None) -> WireRequest:
        """Return the request as bytes.

        Args:
            authorization: The value of the Authorization header, None for none.

        Returns:
            The request line, the headers and the body.
        """
        line = f"{self.method} {self.target.prefix}{self.path} HTTP/1.1\r\n"
        rest = "" if self.length is None else f"Content-Length: {self.length}\r\n"
        if authorization is None:
            head = b"%b%b%b\r\n" % (
                line.encode("ascii"),
                self.headers.encoded,
                rest.encode("ascii"),
            )
            return WireRequest(self.method, Hidden(head), self.body, self.length)
        head = Hidden(
            b"%b%bAuthorization: %b\r\n%b\r\n"
            % (
                line.encode("ascii"),
                self.headers.encoded,
                authorization.encode("ascii"),
                rest.encode("ascii"),
            )
        )
        return WireRequest(self.method, head, self.body, self.length)

    def httpx_request(self, authorization: str | None) -> httpx.Request:
        """Return the request as httpx's object, for hooks, middleware, tracers and mocks.

        Args:
            authorization: The value of the Authorization header, None for none.

        Returns:
            The request.
        """
        headers = list(self.headers.pairs)
        if authorization is not None:
            headers.append((b"Authorization", authorization.encode("ascii")))
        if self.length is not None:
            headers.append((b"Content-Length", b"%d" % self.length))
        url = httpx.URL(f"{self.target.root}{self.target.prefix}{self.path}")
        extensions = {"timeout": self.timeouts._asdict()}
        if isinstance(self.body, bytes):
            return httpx.Request(
                self.method, url, headers=headers, content=self.body, extensions=extensions
            )
        stream = cast("httpx.AsyncByteStream", self.body)
        return httpx.Request(
            self.method, url, headers=headers, stream=stream, extensions=extensions
        )
