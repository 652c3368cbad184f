"""What all fault tests share."""

import functools

import httpx
import pytest


@pytest.fixture(autouse=True)
def one_ssl_context(monkeypatch):
    """Load the certificates once for all clients: 33 ms each, for sockets that are plain http."""
    monkeypatch.setattr(httpx, "create_ssl_context", _context)


_context = functools.cache(httpx.create_ssl_context)
