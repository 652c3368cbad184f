"""The certificates that a server is verified against, and what is wrong with them.

They come from `SSL_CERT_FILE` or `SSL_CERT_DIR` if one of these is set, as in httpx, otherwise from
certifi. A path that cannot be used is a wrong setting, which no retry cures: OpenSSL names neither
the variable nor the path, and it ignores a directory that is missing.
"""

import os
import re
import ssl
from pathlib import Path

import httpx

from sunco_async._base.tracebacks import chain_of
from sunco_async.errors import ConfigurationError

__all__ = ["certificate_advice", "load_tls_context"]

_HASHED = re.compile(r"[0-9a-f]{8}\.\d+", re.IGNORECASE)
"""The names under which OpenSSL looks for certificates in a directory."""


_UNKNOWN_ISSUER = frozenset({18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose issuer is not among the trusted ones."""


def certificate_advice(error: BaseException) -> str:
    """Return advice for an error of a certificate whose issuer is not trusted.

    Args:
        error: The error of an exchange.

    Returns:
        What to add to the text of the error, or an empty string.
    """
    for link in chain_of(error):
        if isinstance(link, ssl.SSLCertVerificationError) and (
            getattr(link, "verify_code", None) in _UNKNOWN_ISSUER  # set by OpenSSL alone
        ):
            return "; to trust another certificate authority, set SSL_CERT_FILE"
    return ""


def load_tls_context() -> ssl.SSLContext:
    """Return a context with the certificates of the environment.

    Raises:
        ConfigurationError: The file or directory that the environment names cannot be used.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    source = f"SSL_CERT_FILE={file}" if file else f"SSL_CERT_DIR={folder}"
    try:
        if file:
            Path(file).open("rb").close()
        elif folder:
            _check_folders(folder)
        return httpx.create_ssl_context()
    except ssl.SSLError as error:
        problem = f"{error.reason or error}: it must hold certificates in PEM format"
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
    if not file and not folder:
        raise ConfigurationError(f"the certificates of certifi cannot be loaded: {problem}")
    raise ConfigurationError(f"{source} cannot be used: {problem}")


def _check_folders(folders: str) -> None:
    """Raise `OSError` if no folder holds a certificate that OpenSSL would find there."""
    failure: OSError | None = None
    for folder in filter(None, folders.split(os.pathsep)):
        try:
            if any(_HASHED.fullmatch(entry.name) for entry in Path(folder).iterdir()):
                return
        except OSError as error:
            failure = error
    raise failure or ValueError("no certificate with a hashed name in it: run `openssl rehash`")
