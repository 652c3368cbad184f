"""Sending many messages: each once, in order within a conversation, as fast as the API allows.

    sender = BulkSender(sunco)
    async for result in sender.send(outbox):
        ...

The outbox is any iterable or async iterable of `Outgoing`, of any length: what is in memory does
not grow with it. Each item comes out as one `Result`: `Sent`, `Failed` with an `outcome`, or
`Skipped`.
"""

from sunco_async.bulk._items import Failed, Outgoing, Result, Sent, Skipped
from sunco_async.bulk._sender import BulkSender
from sunco_async.bulk._statistics import BulkStatistics

__all__ = [
    "BulkSender",
    "BulkStatistics",
    "Failed",
    "Outgoing",
    "Result",
    "Sent",
    "Skipped",
]
