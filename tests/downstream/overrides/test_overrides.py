"""A sandbox with a limit, and a client that neither waits nor retries."""

import asyncio

import pytest

from sunco_async import RateLimited


def test_the_third_call_is_refused(sunco, sandbox, no_sockets):
    async def main():
        await sunco.users.create(external_id="a")
        await sunco.users.create(external_id="b")
        with pytest.raises(RateLimited):
            await sunco.users.create(external_id="c")

    asyncio.run(main())
    assert sandbox.statistics().throttled == 1


def test_the_fixture_for_the_url_serves_the_same_sandbox(sandbox, sandbox_url):
    assert sandbox_url.startswith("http://127.0.0.1:")
    assert sandbox.rate_limit.rate == 1
