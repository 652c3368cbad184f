"""Checks of the client's options, at construction or before a call is sent.

A value of the wrong type would fail later, inside a call, in words that do not name the option.
These raise `ConfigurationError` with the option's name and the right spelling. No text shows a
value that may hold a secret.
"""

import math

from sunco_async.errors import ConfigurationError

__all__ = ["check_seconds"]


def check_seconds(name: str, value: object) -> None:
    """Refuse what is neither None nor a positive, finite number of seconds."""
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        hint = ""
        if hasattr(value, "read") and hasattr(value, "connect"):  # httpx.Timeout
            hint = f"; instead of {type(value).__name__}(…), pass the number itself"
        raise ConfigurationError(
            f"{name} must be a number of seconds, such as {name}=10.0, or None for no bound, "
            f"not {_kind(value)}{hint}"
        )
    if not (value > 0 and math.isfinite(value)):
        raise ConfigurationError(
            f"{name} must be a positive number of seconds, or None for no bound, not {value!r}"
        )


def _kind(value: object) -> str:
    """Name what a value is, without showing it."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a value of type {type(value).__name__}"
