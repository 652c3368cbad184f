"""Tests as pytest-asyncio takes them in auto mode: without any mark."""

import pytest
from greeter import greet, texts


@pytest.fixture
async def conversation(sunco):
    return await greet(sunco, "jane")


async def test_a_customer_is_greeted(sunco, sandbox, conversation):
    assert await texts(sunco, conversation) == ["Hello Jane!"]
    assert sandbox.statistics().messages == 1


class TestTheGreeter:
    async def test_a_method(self, sunco, no_sockets):
        assert await texts(sunco, await greet(sunco, "joe")) == ["Hello Joe!"]
