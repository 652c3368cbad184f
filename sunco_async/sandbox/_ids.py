"""Record ids: 24 hexadecimal digits that only ever grow, so that an id is also a cursor.

As in a MongoDB ObjectId, the first 4 bytes are the seconds since 1970, the next 5 are random, the
last 3 count. The whole is one 96-bit number, and each id is greater than the one before it even
when the clock steps back.
"""

import random
import re
from collections.abc import Callable

_SEEDED_TIME = 0x67A0ECF8
_RECORD_ID = re.compile(r"[0-9a-f]{24}")


class IdGenerator:
    """Makes increasing ids; with a seed, the same ids in the same order every time."""

    def __init__(self, clock: Callable[[], float], seed: int | None = None) -> None:
        self._clock = clock
        self._seeded = seed is not None
        self._machine = random.Random(seed).getrandbits(40) << 24  # noqa: S311 - an id, no secret
        self._last = (_SEEDED_TIME << 64 | self._machine) if self._seeded else 0

    def __call__(self) -> str:
        following = self._last + 1
        if not self._seeded:
            following = max(following, int(self._clock()) << 64 | self._machine)
        self._last = following
        return f"{following:024x}"

    @property
    def last(self) -> str:
        """The newest id."""
        return f"{self._last:024x}"

    def skip_to(self, record_id: str) -> None:
        """Make only ids that come after this one."""
        self._last = max(self._last, int(record_id, 16))


def is_record_id(text: str) -> bool:
    """Tell whether `text` has the form of a record id."""
    return _RECORD_ID.fullmatch(text) is not None
