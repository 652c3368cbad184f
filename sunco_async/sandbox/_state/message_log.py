"""The messages of one conversation, in little memory.

A message is kept as the JSON that the API returns, once. Its first field is its id, so the log
needs no list of ids: `MessageIds` reads them out of the JSON, and a cursor is found by bisection.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import overload

import msgspec

_START = len(b'{"id":"')
_ID = slice(_START, _START + 24)


def message_id_of(body: bytes) -> str:
    """Return the id of a message, which its JSON begins with."""
    return body[_ID].decode()


class MessageIds(Sequence[str]):
    """The ids of a log, oldest first, without a copy of them."""

    __slots__ = ("_bodies",)

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies = bodies

    def __len__(self) -> int:
        return len(self._bodies)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [message_id_of(body) for body in self._bodies[index]]
        return message_id_of(self._bodies[index])


class MessageLog:
    """The messages of a conversation, oldest first, each as JSON that begins with its id."""

    __slots__ = ("bodies", "removed_until")

    def __init__(self, bodies: list[bytes] | None = None, removed_until: str = "") -> None:
        self.bodies: list[bytes] = [] if bodies is None else bodies
        self.removed_until: str = removed_until
        """The newest id that was removed; an unknown cursor up to it may name a removed message."""

    def __len__(self) -> int:
        return len(self.bodies)

    @property
    def ids(self) -> MessageIds:
        """The ids of the messages."""
        return MessageIds(self.bodies)

    def page(self, start: int, stop: int) -> list[msgspec.Raw]:
        """Return a slice of the messages, ready to be encoded."""
        return [msgspec.Raw(body) for body in self.bodies[start:stop]]

    def get(self, message_id: str) -> bytes | None:
        """Return the JSON of one message, or None."""
        index = self._index(message_id)
        return None if index is None else self.bodies[index]

    def replace(self, message_id: str, body: bytes) -> None:
        """Put other JSON, which begins with the same id, in the place of a message."""
        index = self._index(message_id)
        if index is None or body[_ID] != message_id.encode():
            raise KeyError(message_id)
        self.bodies[index] = body

    def remove(self, message_id: str) -> bool:
        """Remove one message; tell whether there was one."""
        index = self._index(message_id)
        if index is None:
            return False
        del self.bodies[index]
        self.removed_until = max(self.removed_until, message_id)
        return True

    def clear(self) -> int:
        """Remove every message; return how many there were."""
        count = len(self.bodies)
        if count:
            self.removed_until = max(self.removed_until, self.ids[-1])
        self.bodies = []
        return count

    def was_removed(self, cursor: str) -> bool:
        """Tell whether an unknown cursor may name a message that was removed."""
        return cursor <= self.removed_until

    def _index(self, message_id: str) -> int | None:
        ids = self.ids
        index = bisect_left(ids, message_id)
        return index if index < len(ids) and ids[index] == message_id else None
