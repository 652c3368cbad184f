"""Where to send and as whom: from arguments, else from the environment, checked at once.

An argument beats every variable of its kind: `subdomain=` given, `SUNCO_BASE_URL` is not looked at.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

import httpx

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth
from sunco_async._base.hidden import Concealed, Hidden, check_key_id, check_text, checked_secret
from sunco_async.errors import ConfigurationError

__all__ = [
    "OAUTH_URL",
    "Region",
    "Settings",
    "check_app_id",
    "check_auth",
    "check_base_url",
    "is_loopback",
    "resolve_host",
    "resolve_settings",
]

Region = Literal["us", "eu"]

_REGIONS = {"us": "https://api.smooch.io", "eu": "https://api.eu-1.smooch.io"}
OAUTH_URL = "https://oauth-bridge.zendesk.com/sc"
"""Where `/oauth/authorize`, `/oauth/token` and `/v2/tokenInfo` are, for every account."""

# Without ASCII, the Kelvin sign and the long s match as the letters k and s.
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
_VARIABLES = (
    "SUNCO_APP_ID",
    "SUNCO_KEY_ID",
    "SUNCO_KEY_SECRET",
    "SUNCO_SUBDOMAIN",
    "SUNCO_REGION",
    "SUNCO_BASE_URL",
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|[0-9a-f.:]+", re.IGNORECASE | re.ASCII)
_ACCOUNT_KEYS = ("act_", "svc_")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to, and as whom; `app_id` is empty for credentials that need none and were given none.

    `oauth_url` is where the OAuth operations go: Zendesk's bridge, or a `base_url` of one's own.
    """

    base_url: str
    oauth_url: str
    app_id: str
    auth: Auth


def resolve_settings(
    *,
    app_id: str | None,
    key_id: str | None,
    secret: str | None,
    subdomain: str | None,
    region: str | None,
    base_url: str | None,
    auth: Auth | None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settle the settings, or raise `ConfigurationError` naming the argument and the variable."""
    given_id = None if key_id is None else Concealed(key_id)
    given_secret = None if secret is None else Concealed(secret)
    given_auth = None if auth is None else Concealed(auth)
    del secret, key_id, auth  # the first two may have been swapped, and auth be a bare token
    variables = _variables(environ)
    places = {"subdomain": subdomain, "region": region, "base_url": base_url}
    host = _base_url(places, variables)
    credentials = _credentials(given_id, given_secret, given_auth, variables)
    if app_id is not None:
        app = check_app_id(app_id)
    elif "SUNCO_APP_ID" in variables:
        app = check_app_id(variables["SUNCO_APP_ID"], source="SUNCO_APP_ID")
    elif _knows_its_app(credentials):
        app = ""
    else:
        raise ConfigurationError("app_id is missing: pass app_id= or set SUNCO_APP_ID")
    return Settings(host, _oauth_url(host), app, credentials)


def resolve_host(given: Mapping[str, str]) -> tuple[str, str]:
    """Return the base URL and the OAuth URL of the host that `subdomain=` or another one names."""
    for name, value in given.items():
        check_text(value, f"{name}=", show=name != "base_url")
    host = _base_url(given, {})
    return host, _oauth_url(host)


def check_app_id(app_id: object, *, source: str = "app_id=") -> str:
    """Return an app id, or raise `ConfigurationError` for what cannot be one."""
    text = check_text(app_id, source)
    if " " in text:
        raise ConfigurationError(f"{source} must not contain a blank")
    return text


def check_auth(given: Concealed) -> Auth:
    """Return credentials, or raise `ConfigurationError` for an object that is none."""
    is_class = isinstance(given.value, type)
    if is_class or not callable(getattr(given.value, "authorization", None)):
        kind = f"the class {given.value.__name__}" if is_class else type(given.value).__name__
        raise ConfigurationError(
            "auth= must be a BasicAuth, JWTAuth, BearerAuth or an object with an async method "
            f"authorization(), not {kind}"
        )
    return cast("Auth", given.value)


def check_base_url(text: str, *, source: str = "base_url=") -> str:
    """Return the base URL without a slash at its end, or say what is wrong with it."""
    check_text(text, source, show=False)
    if not text.isascii() or " " in text:
        raise ConfigurationError(
            f"{source} must be ASCII without blanks: write another alphabet's host in its "
            "xn--… form"
        )
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ConfigurationError(f"{source} is not a URL") from None
    if url.userinfo or "@" in text:
        raise ConfigurationError(
            f"{source} must not hold credentials: pass key_id= and secret=, or auth="
        )
    host = url.raw_host.decode("ascii")
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(host) or len(host) > 253:
        raise ConfigurationError(
            f"{source} must be like https://acme.zendesk.com/sc, not {text[:80]!r}"
        )
    if url.port is not None and not 0 < url.port < 65_536:
        raise ConfigurationError(f"{source} must have a port between 1 and 65535, not {url.port}")
    if url.scheme == "http" and not is_loopback(url.host):
        raise ConfigurationError(
            f"{source} must be https: plain http, which shows the credentials, is for loopback only"
        )
    if url.query or url.fragment or "?" in text or "#" in text:
        raise ConfigurationError(f"{source} must not have a query or a fragment")
    return str(url).rstrip("/")


def _variables(environ: Mapping[str, str] | None) -> dict[str, str]:
    """Read our variables alone: the whole environment is not for the locals of a traceback."""
    source = os.environ if environ is None else environ
    return {
        name: Hidden(source[name]) if name.startswith("SUNCO_KEY") else source[name]
        for name in _VARIABLES
        if source.get(name)
    }


def _base_url(given: Mapping[str, str | None], environ: Mapping[str, str]) -> str:
    variables = {name: f"SUNCO_{name.upper()}" for name in given}
    named = {name: value for name, value in given.items() if value is not None}
    sources = {name: f"{name}=" for name in named}
    if not named:
        named = {name: environ[var] for name, var in variables.items() if var in environ}
        sources = {name: variables[name] for name in named}
    if not named:
        raise ConfigurationError(
            "the host is missing: pass subdomain=, region= or base_url=, "
            "or set SUNCO_SUBDOMAIN, SUNCO_REGION or SUNCO_BASE_URL"
        )
    if len(named) > 1:
        raise ConfigurationError(
            f"{' and '.join(sorted(sources.values()))} contradict each other: "
            "give one of subdomain, region and base_url"
        )
    [(name, value)] = named.items()
    source = sources[name]
    if name == "base_url":
        return check_base_url(value, source=source)
    check_text(value, source)
    if name == "region":
        if value not in _REGIONS:
            raise ConfigurationError(f'{source} must be "us" or "eu", not {value[:80]!r}')
        return _REGIONS[value]
    if not _SUBDOMAIN.fullmatch(value):
        raise ConfigurationError(
            f"{source} must be the part in front of .zendesk.com alone (at most 63 letters, "
            f"digits and hyphens), not {value[:80]!r}"
        )
    return f"https://{value.lower()}.zendesk.com/sc"


def _credentials(
    key_id: Concealed | None,
    secret: Concealed | None,
    auth: Concealed | None,
    environ: Mapping[str, str],
) -> Auth:
    if auth is not None:
        if key_id is not None or secret is not None:
            raise ConfigurationError("auth= contradicts key_id= and secret=: give one of the two")
        return check_auth(auth)
    secret_source, key_id_source = "secret=", "key_id="
    if key_id is None and "SUNCO_KEY_ID" in environ:
        key_id, key_id_source = Concealed(environ["SUNCO_KEY_ID"]), "SUNCO_KEY_ID"
    if secret is None and "SUNCO_KEY_SECRET" in environ:
        secret, secret_source = Concealed(environ["SUNCO_KEY_SECRET"]), "SUNCO_KEY_SECRET"
    if key_id is None:
        raise ConfigurationError("key_id is missing: pass key_id= (or auth=) or set SUNCO_KEY_ID")
    if secret is None:
        raise ConfigurationError(
            "secret is missing: pass secret= (or auth=) or set SUNCO_KEY_SECRET"
        )
    hidden = checked_secret(secret, secret_source)
    return BasicAuth(check_key_id(key_id, hidden, key_id_source), hidden)


def _knows_its_app(auth: Auth) -> bool:
    """Whether no app id is needed: an account's key is for all apps, a token has one of its own.

    `oauth.get_token_info` returns the app of a token.
    """
    return isinstance(auth, BearerAuth) or str(getattr(auth, "key_id", "")).startswith(
        _ACCOUNT_KEYS
    )


def _oauth_url(base_url: str) -> str:
    host = httpx.URL(base_url).host
    return OAUTH_URL if host.endswith((".zendesk.com", ".smooch.io")) else base_url


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
