"""Send many messages: each once, in order within a conversation, as fast as the API allows.

    sender = BulkSender(sunco)
    async for result in sender.send(outbox):
        ...

The outbox is any iterable or async iterable of `Outgoing`. Its length does not matter, since it is
read while it is sent. Each item has one `Result`: `Sent`, `Failed` with an `outcome`, or `Skipped`.
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
