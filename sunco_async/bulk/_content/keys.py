"""The key of a row's message.

A ledger recognises a message by its key. The number of a line is none, since it shifts as soon as a
line is added further up.
"""

from hashlib import blake2b
from typing import Final

from sunco_async.bulk._content.targets import required
from sunco_async.bulk._items import Target
from sunco_async.bulk._sources.row import Row

__all__ = ["KEY_COLUMN", "KEY_LIMIT", "digest_key", "row_key"]

KEY_COLUMN: Final = "key"
"""The column that holds the key, unless another one is chosen."""

KEY_LIMIT: Final = 256
"""Characters of a key at most. It is sent in the metadata of the message."""


def row_key(row: Row, column: str) -> str:
    """Return the key in a column.

    Args:
        row: The row.
        column: The name of the column.

    Raises:
        InputError: The row has no key, or one that is too long.
    """
    key = required(row, column)
    if len(key) > KEY_LIMIT:
        raise row.error(f"{column} has {len(key):,} characters; a key has at most {KEY_LIMIT}")
    return key


def digest_key(target: Target, body: bytes) -> str:
    """Return a key that is the same for the same message to the same target.

    Args:
        target: The target.
        body: The request body of the message, without a key.
    """
    digest = blake2b(f"{target.kind}:{target.id}\0".encode(), digest_size=16)
    digest.update(body)
    return digest.hexdigest()
