"""Test ids that are the same in each run and in each worker."""

import re


def stable_id(value: object) -> str:
    """Return a value as text without the addresses of objects, which pytest-xdist cannot compare."""
    return re.sub(r" at 0x[0-9a-f]*", "", str(value))
