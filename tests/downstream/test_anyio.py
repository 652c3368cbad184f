"""Tests for the plugin of anyio."""

import anyio
import pytest
from greeter import greet, texts

pytestmark = pytest.mark.anyio


@pytest.fixture
async def conversation(sunco):
    return await greet(sunco, "jane")


async def test_a_customer_is_greeted(sunco, sandbox, conversation):
    assert await texts(sunco, conversation) == ["Hello Jane!"]
    assert sandbox.statistics().messages == 1


async def test_tasks_share_the_client(sunco, sandbox, no_sockets):
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(greet, sunco, f"user-{number}")
    assert sandbox.statistics().users == 20
