"""The options of the connection, and the client that is created from them.

The secret is not an option, since every user of the machine can read the arguments of a process. It
is read from `SUNCO_KEY_SECRET` or from a file.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sunco_async import AsyncSunco, ConfigurationError, TokenBucket
from sunco_async.cli._errors import UsageError

__all__ = ["Connection", "in_options", "not_negative", "open_client", "positive"]


def positive(_type: object, value: float | None) -> None:
    """Refuse an option that is 0, negative, infinite or not a number.

    Args:
        value: The value of the option.
    """
    if value is not None and not (value > 0 and math.isfinite(value)):
        raise ValueError("It must be above 0.")


def not_negative(_type: object, value: float | None) -> None:
    """Refuse an option that is negative, infinite or not a number.

    Args:
        value: The value of the option.
    """
    if value is not None and not (value >= 0 and math.isfinite(value)):
        raise ValueError("It must not be negative.")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Connection:
    """The options of the connection. Those that are not passed are read from the environment."""

    app_id: str | None = None
    """The id of the app. Default: SUNCO_APP_ID."""
    key_id: str | None = None
    """The id of the API key. Default: SUNCO_KEY_ID. Its secret is read from SUNCO_KEY_SECRET."""
    secret_file: Path | None = None
    """A file that holds the secret, instead of SUNCO_KEY_SECRET."""
    subdomain: str | None = None
    """The Zendesk account: acme for acme.zendesk.com. Default: SUNCO_SUBDOMAIN."""
    region: Literal["us", "eu"] | None = None
    """The region of an account that is not a Zendesk account. Default: SUNCO_REGION."""
    base_url: str | None = None
    """The URL of any other server. Default: SUNCO_BASE_URL."""
    timeout: Annotated[float, Parameter(validator=positive)] = 30.0
    """The time-out of each step of an attempt, in seconds."""


def open_client(
    connection: Connection, *, concurrency: int, rate_limit: float | None
) -> AsyncSunco:
    """Create the client.

    Args:
        connection: The options of the connection.
        concurrency: Connections at most.
        rate_limit: Requests per second, or None to find the limit.

    Returns:
        The client, not connected yet.

    Raises:
        UsageError: A setting is missing or cannot be used. It names the option.
    """
    try:
        return AsyncSunco(
            app_id=connection.app_id,
            key_id=connection.key_id,
            secret=_read_secret(connection.secret_file),
            subdomain=connection.subdomain,
            region=connection.region,
            base_url=connection.base_url,
            rate_limit="adaptive" if rate_limit is None else TokenBucket(rate_limit),
            timeout=connection.timeout,
            max_connections=concurrency,
        )
    except ConfigurationError as error:
        raise UsageError(in_options(str(error))) from None


def in_options(text: str) -> str:
    """Write the arguments in an error of the client as options: `key_id=` is `--key-id`.

    Args:
        text: The text of the error.
    """
    text = re.sub(r" \(or auth=\)|, or auth=", "", text)
    text = re.sub(r"\bsecret=", "--secret-file", text)
    return re.sub(r"\b([a-z_]+)=(?=\W|$)", lambda found: f"--{found[1].replace('_', '-')}", text)


def _read_secret(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        secret = path.read_text("utf-8").strip()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: the secret is not UTF-8 text") from None
    if not secret:
        raise UsageError(f"{path}: the file holds no secret")
    return secret
