"""Fixtures of the application in the place of those of sunco-async, under the same names."""

import pytest

from sunco_async.sandbox import RateLimit, Sandbox
from sunco_async.testing import client


@pytest.fixture
def sandbox():
    return Sandbox(seed=1, rate_limit=RateLimit(rate=1, burst=2))


@pytest.fixture
def sunco(sandbox):
    return client(sandbox, retry=None, rate_limit=None)
