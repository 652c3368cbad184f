"""httpx's objects, made of parts that are ready.

httpx parses and normalises a URL, builds the headers of a request three times over, and decodes,
indexes and copies those of an answer: 90 µs together, where a client written by hand needs some 150
for the whole exchange. Here the base URL is parsed once for a client, what changes is added to it
already quoted, and headers are the pairs that go out or came in. To httpx, its transports, event
hooks and mocks, all are what they always are; what is rarely asked for is made when it is.
"""

from collections.abc import Iterable
from typing import Any

import httpx

__all__ = ["BaseURL", "TargetURL", "WireHeaders", "WireRequest", "WireResponse"]


class BaseURL:
    """A parsed URL, its parts at hand: what the targets under it have in common."""

    def __init__(self, url: httpx.URL) -> None:
        self.scheme = url.scheme
        self.raw_scheme = url.raw_scheme
        self.host = url.host
        self.raw_host = url.raw_host
        self.port = url.port
        self.netloc = url.netloc
        self.origin = f"{self.scheme}://{self.netloc.decode('ascii')}"
        self.path = url.raw_path.decode("ascii").rstrip("/")


class TargetURL(httpx.URL):
    """A URL under a base that has been parsed; `target` is added to the base's path, quoted."""

    def __init__(self, base: BaseURL, target: str) -> None:
        self._base = base
        self._target = base.path + target

    def __getattr__(self, name: str) -> Any:
        """Become an ordinary URL, when something is asked for that only a parsed one has."""
        if name.startswith("__") or "_base" not in self.__dict__:
            raise AttributeError(name)
        self.__dict__.update(vars(httpx.URL(str(self))))
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def scheme(self) -> str:
        return self._base.scheme

    @property
    def raw_scheme(self) -> bytes:
        return self._base.raw_scheme

    @property
    def userinfo(self) -> bytes:
        return b""

    @property
    def username(self) -> str:
        return ""

    @property
    def password(self) -> str:
        return ""

    @property
    def host(self) -> str:
        return self._base.host

    @property
    def raw_host(self) -> bytes:
        return self._base.raw_host

    @property
    def port(self) -> int | None:
        return self._base.port

    @property
    def netloc(self) -> bytes:
        return self._base.netloc

    @property
    def raw_path(self) -> bytes:
        return self._target.encode("ascii")

    def __str__(self) -> str:
        return self._base.origin + self._target

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"

    def __hash__(self) -> int:
        return hash(str(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, httpx.URL | str) and str(self) == str(other)


class WireHeaders(httpx.Headers):
    """Headers as pairs of bytes: `raw` and setting one are cheap, the rest makes them httpx's."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._pairs = list(pairs)

    def __getattr__(self, name: str) -> Any:
        """Become ordinary headers, when something is asked for that only they have."""
        if name.startswith("__") or "_pairs" not in self.__dict__:
            raise AttributeError(name)
        super().__init__(self.__dict__.pop("_pairs"))
        return getattr(self, name)

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        """Names and values as they stand on the wire, in their order."""
        pairs: list[tuple[bytes, bytes]] | None = self.__dict__.get("_pairs")
        return super().raw if pairs is None else pairs

    def __setitem__(self, key: str, value: str) -> None:
        pairs: list[tuple[bytes, bytes]] | None = self.__dict__.get("_pairs")
        if pairs is None or not (key.isascii() and value.isascii()):
            super().__setitem__(key, value)
            return
        name = key.encode("ascii")
        for known, _ in pairs:
            if len(known) == len(name) and known.lower() == name.lower():
                super().__setitem__(key, value)
                return
        pairs.append((name, value.encode("ascii")))


class WireRequest(httpx.Request):
    """A request with its URL, its complete headers and its body as they go out."""

    def __init__(
        self,
        method: str,
        url: httpx.URL,
        *,
        headers: httpx.Headers,
        body: bytes | httpx.AsyncByteStream,
        extensions: dict[str, Any],
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.extensions = extensions
        self.stream = httpx.ByteStream(body) if isinstance(body, bytes) else body
        if isinstance(body, bytes):
            # As httpx does it: `content` raises RequestNotRead until a stream has been read, and
            # `aread` (of MockTransport, respx, an event hook) puts the bytes in its place.
            self._content = body


class WireResponse(httpx.Response):
    """A response by status, headers and stream; all of httpx's at the first other question."""

    def __init__(
        self,
        request: httpx.Request,
        status_code: int,
        headers: Iterable[tuple[bytes, bytes]],
        stream: httpx.AsyncByteStream,
        extensions: dict[str, Any],
    ) -> None:
        self._sent = request
        self.status_code = status_code
        self.headers = WireHeaders(headers)
        self.stream = stream
        self.extensions = extensions

    def __getattr__(self, name: str) -> Any:
        """Become an ordinary response, when something is asked for that only that has."""
        if name.startswith("__") or "_sent" not in self.__dict__:
            raise AttributeError(name)
        whole = httpx.Response(
            self.status_code,
            headers=self.headers,
            stream=self.stream,
            extensions=self.extensions,
            request=self.__dict__.pop("_sent"),
        )
        for attribute, value in vars(whole).items():
            self.__dict__.setdefault(attribute, value)  # what was set meanwhile stays
        return getattr(self, name)
