"""The default retry rule of a bulk run outlasts a server that counts in windows of a minute."""

import asyncio

import httpx
import pytest
import virtual_time
from fakes import client, error
from limit_servers import WindowServer

from sunco_async import TokenBucket
from sunco_async.bulk import BulkSender, Outgoing, Sent

ITEMS = 400


class WindowApi:
    """100 requests in each window of 60 s."""

    def __init__(self, *, retry_after):
        self.limit = WindowServer(100 / 60, 60)
        self.retry_after = retry_after
        self.delivered = []

    async def handle(self, request):
        wait = self.limit.admit(asyncio.get_running_loop().time())
        if wait is not None:
            return error(429, **({"retry_after": f"{wait:.0f}"} if self.retry_after else {}))
        self.delivered.append(request.url.path.split("/")[-2])
        return httpx.Response(201, json={"messages": [{"id": "m1"}]})


@pytest.mark.parametrize("retry_after", [True, False])
@pytest.mark.parametrize("rate", [None, 20])
def test_everything_is_delivered_once_at_an_unknown_limit(retry_after, rate):
    async def main():
        api = WindowApi(retry_after=retry_after)
        limiter = None if rate is None else TokenBucket(rate, burst=1)
        async with client(api, rate_limit=limiter) as sunco:
            outbox = (Outgoing(str(n), "Hello", conversation_id=str(n)) for n in range(ITEMS))
            results = [result async for result in BulkSender(sunco).send(outbox)]
        return api, results, asyncio.get_running_loop().time()

    api, results, seconds = virtual_time.run(main)
    assert all(isinstance(result, Sent) for result in results)
    assert sorted(map(int, api.delivered)) == list(range(ITEMS))
    assert 180 <= seconds < 300  # four windows, the first of them at 0 s


def test_a_server_that_is_away_for_ten_minutes_costs_no_message():
    async def main():
        delivered = []

        async def handle(request):
            if 5 < asyncio.get_running_loop().time() < 605:
                raise httpx.ConnectError("refused")
            await asyncio.sleep(0.5)
            delivered.append(request.url.path.split("/")[-2])
            return httpx.Response(201, json={"messages": [{"id": "m1"}]})

        api = WindowApi(retry_after=False)
        api.handle = handle
        async with client(api) as sunco:
            outbox = (Outgoing(str(n), "Hello", conversation_id=str(n)) for n in range(ITEMS))
            sender = BulkSender(sunco, concurrency=10)
            results = [result async for result in sender.send(outbox)]
        return delivered, results

    delivered, results = virtual_time.run(main)
    assert all(isinstance(result, Sent) for result in results)
    assert sorted(map(int, delivered)) == list(range(ITEMS))
