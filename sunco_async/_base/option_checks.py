"""Checks of option values, at construction or before a call is sent.

A value of the wrong type would fail later, inside a call, in words that do not name the option.
These raise `ConfigurationError` with the name of the option and the right spelling.
"""

import math
from typing import NoReturn

from sunco_async.errors import ConfigurationError

__all__ = [
    "check_callable",
    "check_count",
    "check_integer",
    "check_number",
    "check_seconds",
    "kind_of",
    "refuse",
]


def check_seconds(name: str, value: object) -> None:
    """Refuse what is neither None nor a positive, finite number of seconds."""
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        refuse(name, f"a number of seconds, such as {name}=10.0, or None for no bound", value)
    if not (value > 0 and math.isfinite(value)):
        raise ConfigurationError(
            f"{name} must be a positive number of seconds, or None for no bound, not {value!r}"
        )


def check_count(name: str, value: object) -> None:
    """Refuse what is not an integer of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(name, f"an int, such as {name}=10", value)
    if value < 1:
        raise ConfigurationError(f"{name} must be at least 1, not {value!r}")


def check_integer(name: str, value: object) -> None:
    """Refuse what is not an integer, whatever its size."""
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(name, f"an int, such as {name}=10", value)


def check_number(name: str, value: object) -> None:
    """Refuse what is not a number, whatever its size."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        refuse(name, f"a number, such as {name}=1.5", value)


def check_callable(name: str, value: object, wanted: str) -> None:
    """Refuse what is neither None nor a function or another callable object; a class is refused."""
    if value is not None and (isinstance(value, type) or not callable(value)):
        refuse(name, wanted, value)


def refuse(name: str, wanted: str, value: object) -> NoReturn:
    """Raise `ConfigurationError` for a value of the wrong type, without showing the value."""
    raise ConfigurationError(f"{name} must be {wanted}, not {kind_of(value)}")


def kind_of(value: object) -> str:
    """Name the type of a value, or the class that was passed instead of an instance."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a value of type {type(value).__name__}"
