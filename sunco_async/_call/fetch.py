"""Fetching a file by its URL. Only the account's own host gets the credentials.

A message holds the URL of its attachment. A private one is on the account's own host
(`https://acme.zendesk.com/sc/attachments/…`), requires the credentials, and may redirect to a
signed URL of a storage host. The rules:

- Only requests to the origin of the base URL (the same scheme, host and port) have the credentials,
  the marketplace headers and `extra_headers`, and pass the user's middleware.
- A URL on any other host is refused unless the caller allows other hosts: it may come from an end
  user, and this process may reach hosts that the user cannot.
- At most three redirects are followed. After one to another origin, no further request has
  credentials, not even one that leads back.
- The scheme must be https. Plain http is allowed if the base URL is on loopback.
"""

import re
from pathlib import PurePosixPath
from typing import Any, Final

import httpx

from sunco_async._base.deadlines import shared_deadline
from sunco_async._base.download_target import Target as DownloadTarget
from sunco_async._base.operation import Operation
from sunco_async._base.settings import is_loopback
from sunco_async._call.options import RequestOptions
from sunco_async._call.pipeline import FileRequest, Pipeline
from sunco_async._call.request import USER_AGENT, RequestBuilder
from sunco_async._call.response import unreadable
from sunco_async._text import printable
from sunco_async.errors import AuthenticationFailed, UnexpectedRedirect
from sunco_async.middleware import Response
from sunco_async.transports import HeaderBlock, PreparedRequest, Target

__all__ = ["fetch_file"]

MAX_REDIRECTS: Final = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE_SUFFIXES = frozenset({".htm", ".html", ".xhtml"})

_OWN_HOST: Final[Operation[None]] = Operation(
    name="attachments.download", method="GET", path="", replay="always"
)
_OTHER_HOST: Final[Operation[None]] = Operation(
    name="attachments.download", method="GET", path="", replay="always", authenticated=False
)


async def fetch_file(
    pipeline: Pipeline,
    media_url: str,
    target: DownloadTarget,
    *,
    other_hosts: bool,
    options: RequestOptions,
) -> bytes | None:
    """Fetch a file into a target and return what the target's `commit` returns.

    Args:
        pipeline: Sends the requests.
        media_url: The URL of the file.
        target: Where the file is written.
        other_hosts: Whether a URL that is not on the account's own host may be fetched.
        options: The options of the call. `deadline` includes all redirects.

    Raises:
        TypeError: `media_url` is not a str.
        ValueError: `media_url` is not a URL that may be fetched.
        ResponseDecodeError: The response is not the file, or it is too large.
        UnexpectedRedirect: There were too many redirects, or one to a URL that may not be fetched.
    """
    base = httpx.URL(pipeline.options.host.base_url)
    url = _parse(media_url)
    problem = _problem_of(url, base)
    if problem is None and not other_hosts and not _same_origin(url, base):
        problem = (
            f"is not on the account's own host {base.host}: pass other_hosts=True to fetch it "
            "without credentials"
        )
    if problem is not None:
        raise ValueError(f"media_url {problem}")
    try:
        await target.prepare()
        with shared_deadline(options.get("deadline")):
            await _follow(pipeline, url, base, target, options)
        return await target.commit()
    finally:
        target.discard()


async def _follow(
    pipeline: Pipeline,
    url: httpx.URL,
    base: httpx.URL,
    target: DownloadTarget,
    options: RequestOptions,
) -> None:
    """Request a URL and follow its redirects until the file is read."""
    is_page = PurePosixPath(url.path).suffix.lower() in _PAGE_SUFFIXES
    own_host = _same_origin(url, base)
    for redirects in range(MAX_REDIRECTS + 1):
        try:
            await _request(pipeline, url, target, options, own_host=own_host, is_page=is_page)
        except UnexpectedRedirect as redirect:
            if redirect.status_code not in _REDIRECTS or not redirect.location:
                raise
            refused = redirect
        else:
            return
        following = _location(url, refused.location)
        if following is None:
            raise _not_followed(refused, "to something that is not a URL")
        problem = _problem_of(following, base)
        if problem is not None:
            raise _not_followed(refused, f"to a URL that {problem}")
        if redirects == MAX_REDIRECTS:
            raise _not_followed(refused, f"after {MAX_REDIRECTS} redirects")
        url = following
        own_host = own_host and _same_origin(url, base)


async def _request(
    pipeline: Pipeline,
    url: httpx.URL,
    target: DownloadTarget,
    options: RequestOptions,
    *,
    own_host: bool,
    is_page: bool,
) -> None:
    api_requests = pipeline.options.host.api_requests if own_host else None
    if not own_host:
        options = options.copy()
        options.pop("extra_headers", None)

    def check(response: Response) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code != 200:
            raise unreadable(response, "a file has status 200")
        if kind in _PAGES and not is_page:
            raise unreadable(
                response, "it is an HTML page, perhaps to sign in, instead of the file"
            )

    try:
        await pipeline.send(
            _OWN_HOST if own_host else _OTHER_HOST,
            url.raw_path.partition(b"?")[0].decode("ascii"),
            check,
            query={},
            file=FileRequest(_FileRequests(url, api_requests), target, own_host),
            options=options,
        )
    except AuthenticationFailed as error:
        if not own_host:
            host = printable(url.host, 100)
            error.args = (
                f"401 {host} requires credentials: only the account's own host gets them",
            )
        raise


class _FileRequests(RequestBuilder):
    """Builds the request to the URL of a file.

    Args:
        url: The URL of the file.
        api_requests: The builder of the API's requests, whose headers are sent too; None for
            another host.
    """

    def __init__(self, url: httpx.URL, api_requests: RequestBuilder | None) -> None:
        self._target = Target(str(url.copy_with(raw_path=b"/", fragment=None)))
        self.host = self._target.origin.host
        self._path = url.raw_path.decode("ascii")
        kept = [(b"User-Agent", USER_AGENT.encode()), (b"Accept-Encoding", b"gzip, deflate")]
        if api_requests is not None:
            own = (b"host", b"accept")
            kept = [pair for pair in api_requests.default_headers if pair[0].lower() not in own]
        pairs = [(b"Host", self._target.netloc), (b"Accept", b"*/*"), *kept]
        self._headers = self._json_headers = HeaderBlock(pairs)

    def build(
        self,
        method: str,
        path: str,  # noqa: ARG002 - the target is known
        **given: Any,
    ) -> PreparedRequest | httpx.Request:
        """Build the request. `path`, which has no query, is only used in the texts of errors."""
        return super().build(method, self._path, **given)


def _parse(media_url: str) -> httpx.URL:
    if not isinstance(media_url, str):
        raise TypeError(f"media_url must be a str, not {type(media_url).__name__}")
    # httpx parses some URLs that another parser would read differently.
    if not media_url.isascii() or re.search(r"[\x00-\x20\x7f\\]", media_url):
        raise ValueError(
            "media_url must be ASCII without blanks: percent-encode other characters, "
            f"unlike {printable(media_url, 80)!r}"
        )
    try:
        return httpx.URL(media_url)
    except httpx.InvalidURL:
        raise ValueError(f"media_url is not a URL: {printable(media_url, 80)!r}") from None


def _location(url: httpx.URL, location: str) -> httpx.URL | None:
    try:
        return url.join(location)
    except (httpx.InvalidURL, ValueError):
        return None


def _problem_of(url: httpx.URL, base: httpx.URL) -> str | None:
    """Return why a URL must not be fetched, whatever its host, or None."""
    if url.userinfo:
        return "must not have a user name or password"
    if url.scheme not in ("http", "https") or not url.host:
        return "must begin with https:// and a host"
    if url.scheme == "http" and not (base.scheme == "http" and is_loopback(url.host)):
        return "must be https"
    if url.port is not None and not 0 < url.port < 65536:
        return f"must not have the port {url.port}"
    return None


def _same_origin(url: httpx.URL, base: httpx.URL) -> bool:
    return (url.scheme, url.raw_host, _port(url)) == (base.scheme, base.raw_host, _port(base))


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)


def _not_followed(redirect: UnexpectedRedirect, why: str) -> UnexpectedRedirect:
    """Return the error for a redirect without the secrets that its URL may hold."""
    location = re.sub("//[^/]*@", "//", redirect.location.partition("?")[0])
    headers = httpx.Headers(redirect.headers)
    headers["location"] = location
    error = UnexpectedRedirect(
        f"{redirect.status_code} redirects {why}, and is not followed: {printable(location, 200)}",
        operation=redirect.operation,
        method=redirect.method,
        path=redirect.path,
        attempts=redirect.attempts,
        outcome="rejected",
        status_code=redirect.status_code,
        headers=headers,
        body=redirect.body,
    )
    error.location = location
    return error
