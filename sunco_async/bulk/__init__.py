"""Send many messages: each once, in order within a conversation, as fast as the API allows.

    sender = BulkSender(sunco)
    async for result in sender.send(outbox):
        ...

The outbox is any iterable or async iterable of `Outgoing`. Its length does not matter, since it is
read while it is sent. Each item has one `Result`: `Sent`, `Failed` with an `outcome`, or `Skipped`.
"""

from sunco_async._public import publish as _publish
from sunco_async.bulk._errors import TooManyFailures as TooManyFailures
from sunco_async.bulk._items import Failed as Failed
from sunco_async.bulk._items import Outgoing as Outgoing
from sunco_async.bulk._items import OutgoingNotification as OutgoingNotification
from sunco_async.bulk._items import Result as Result
from sunco_async.bulk._items import Sent as Sent
from sunco_async.bulk._items import Skipped as Skipped
from sunco_async.bulk._ledger.activity import LedgerActivity as LedgerActivity
from sunco_async.bulk._ledger.protocol import *
from sunco_async.bulk._ledger.records import *
from sunco_async.bulk._ledger.sqlite_ledger import *
from sunco_async.bulk._ledger.states import ItemState as ItemState
from sunco_async.bulk._sender import *
from sunco_async.bulk._statistics import BulkProgress as BulkProgress
from sunco_async.bulk._statistics import BulkStatistics as BulkStatistics

_publish(__name__)
