"""Where to send and as whom: from arguments, else from the environment, checked at once.

An argument beats every variable of its kind: `subdomain=` given, `SUNCO_BASE_URL` is not looked at.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from sunco_async._auth import Auth, BasicAuth, BearerAuth, Hidden
from sunco_async.errors import ConfigurationError

__all__ = ["OAUTH_URL", "Region", "Settings", "check_base_url", "resolve_settings"]

Region = Literal["us", "eu"]

_REGIONS = {"us": "https://api.smooch.io", "eu": "https://api.eu-1.smooch.io"}
OAUTH_URL = "https://oauth-bridge.zendesk.com/sc"
"""Where `/oauth/authorize`, `/oauth/token` and `/v2/tokenInfo` are, for every account."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
_VARIABLES = (
    "SUNCO_APP_ID",
    "SUNCO_KEY_ID",
    "SUNCO_KEY_SECRET",
    "SUNCO_SUBDOMAIN",
    "SUNCO_REGION",
    "SUNCO_BASE_URL",
)
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f.:]+", re.IGNORECASE)
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
    secret = None if secret is None else Hidden(secret)
    variables = _variables(environ)
    places = {"subdomain": subdomain, "region": region, "base_url": base_url}
    host = _base_url(places, variables)
    credentials = _credentials(key_id, secret, auth, variables)
    app = app_id or variables.get("SUNCO_APP_ID", "")
    if not app and not _knows_its_app(credentials):
        raise ConfigurationError("app_id is missing: pass app_id= or set SUNCO_APP_ID")
    return Settings(host, _oauth_url(host), app, credentials)


def check_base_url(text: str, *, source: str = "base_url") -> str:
    """Return the base URL without a slash at its end, or say what is wrong with it."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, AttributeError, TypeError):
        raise ConfigurationError(f"{source} is not a URL") from None
    if url.userinfo:
        raise ConfigurationError(
            f"{source} must not hold credentials: pass key_id= and secret=, or auth="
        )
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise ConfigurationError(f"{source} must be like https://acme.zendesk.com/sc, not {text!r}")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ConfigurationError(
            f"{source} must be https: plain http, which shows the credentials, is for loopback only"
        )
    if url.query or url.fragment:
        raise ConfigurationError(f"{source} must not have a query or a fragment")
    return str(url).rstrip("/")


def _variables(environ: Mapping[str, str] | None) -> dict[str, str]:
    """Read our variables alone: the whole environment is not for the locals of a traceback."""
    source = os.environ if environ is None else environ
    return {
        name: Hidden(source[name]) if name == "SUNCO_KEY_SECRET" else source[name]
        for name in _VARIABLES
        if source.get(name)
    }


def _base_url(given: Mapping[str, str | None], environ: Mapping[str, str]) -> str:
    variables = {name: f"SUNCO_{name.upper()}" for name in given}
    named = {name: value for name, value in given.items() if value}
    sources = {name: f"{name}=" for name in named}
    if not named:
        named = {name: environ[var] for name, var in variables.items() if environ.get(var)}
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
    if name == "base_url":
        return check_base_url(value, source=sources[name])
    if name == "region":
        if value not in _REGIONS:
            raise ConfigurationError(f'{sources[name]} must be "us" or "eu", not {value!r}')
        return _REGIONS[value]
    if not _SUBDOMAIN.fullmatch(value):
        raise ConfigurationError(
            f"{sources[name]} must be the part in front of .zendesk.com alone, not {value!r}"
        )
    return f"https://{value.lower()}.zendesk.com/sc"


def _credentials(
    key_id: str | None, secret: str | None, auth: Auth | None, environ: Mapping[str, str]
) -> Auth:
    if auth is not None:
        if key_id is not None or secret is not None:
            raise ConfigurationError("auth= contradicts key_id= and secret=: give one of the two")
        return auth
    key_id = key_id or environ.get("SUNCO_KEY_ID")
    secret = secret or environ.get("SUNCO_KEY_SECRET")
    if not key_id:
        raise ConfigurationError("key_id is missing: pass key_id= (or auth=) or set SUNCO_KEY_ID")
    if not secret:
        raise ConfigurationError(
            "secret is missing: pass secret= (or auth=) or set SUNCO_KEY_SECRET"
        )
    return BasicAuth(key_id, secret)


def _knows_its_app(auth: Auth) -> bool:
    """Whether no app id is needed: an account's key is for all apps, a token has one of its own.

    The app of a token is told by `oauth.get_token_info`.
    """
    return isinstance(auth, BearerAuth) or str(getattr(auth, "key_id", "")).startswith(
        _ACCOUNT_KEYS
    )


def _oauth_url(base_url: str) -> str:
    host = httpx.URL(base_url).host
    return OAUTH_URL if host.endswith((".zendesk.com", ".smooch.io")) else base_url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
