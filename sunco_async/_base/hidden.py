"""Secrets that hide themselves, and the checks of what a credential may look like.

No error of these checks shows the value: not in its text, and not in the locals of a traceback.
"""

from typing import Any, Final, NoReturn, SupportsIndex

from sunco_async.errors import ConfigurationError

__all__ = [
    "Concealed",
    "Hidden",
    "bearer_header",
    "check_key_id",
    "check_text",
    "checked_header",
    "checked_secret",
]

KEY_PREFIXES: Final = ("app_", "act_", "svc_", "int_")


class Hidden(str):
    """A str that works as one and does not show itself in `repr`, so in no traceback's locals."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[hidden]'"

    def __getitem__(self, index: SupportsIndex | slice) -> "Hidden":
        return Hidden(super().__getitem__(index))  # rich shows the first 80 characters of a local

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


class Concealed:
    """Holds a value that is not checked yet, of whatever type, and does not show it."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value: Any = value

    def __repr__(self) -> str:
        return "[hidden]"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def checked_secret(given: Concealed, source: str = "secret") -> Hidden:
    """Return a key's secret, or raise `ConfigurationError` that names `source`."""
    _raise_for(source, _type_problem(given) or _text_problem(given))
    return Hidden(given.value)


def check_key_id(given: Concealed, secret: Hidden, source: str = "key_id") -> str:
    """Return a key id, or raise `ConfigurationError` for what cannot be one.

    The value is not shown, since a secret may have been passed in its place.
    """
    problem = _type_problem(given) or _text_problem(given)
    if problem is None and not given.value.isascii():
        problem = "must be ASCII"
    elif problem is None and " " in given.value:
        problem = "must not contain a blank"
    elif problem is None and _looks_swapped(given, secret):
        problem = f"and secret look swapped: a key id begins with {', '.join(KEY_PREFIXES)}"
    elif problem is None and ":" in given.value:
        problem = "must not contain a colon: Basic auth splits there"
    _raise_for(source, problem)
    return str(given.value)


def _looks_swapped(key_id: Concealed, secret: Hidden) -> bool:
    return not key_id.value.startswith(KEY_PREFIXES) and secret.startswith(KEY_PREFIXES)


def check_text(value: object, source: str, *, show: bool = True) -> str:
    """Return a setting that is no secret, or raise `ConfigurationError`."""
    given = Concealed(value)
    if not show:
        del value
    _raise_for(source, _type_problem(given) or _text_problem(given))
    return str(given.value)


def bearer_header(given: Concealed, source: str) -> Hidden:
    """Return the Authorization header of a bearer token, or raise `ConfigurationError`."""
    problem = _type_problem(given) or _text_problem(given)
    if problem is None and given.value.lower().startswith("bearer "):
        problem = 'must be the token alone, without "Bearer " in front of it'
    elif problem is None and not given.value.isascii():
        problem = "must be ASCII"
    elif problem is None and " " in given.value:
        problem = "must not contain a blank: a bearer token has none"
    _raise_for(source, problem)
    return Hidden(f"Bearer {given.value!s}")


def checked_header(given: Concealed, source: str) -> Hidden:
    """Return an Authorization header that can be sent, or raise `ConfigurationError`."""
    problem = _type_problem(given) or _text_problem(given)
    if problem is None and not given.value.isascii():
        problem = "must be ASCII"
    _raise_for(source, problem)
    return Hidden(given.value)


def _type_problem(given: Concealed) -> str | None:
    kind = type(given.value).__name__
    if isinstance(given.value, bytes | bytearray | memoryview):
        return f"must be a str, not {kind}: decode it first"
    if hasattr(given.value, "get_secret_value"):  # pydantic's SecretStr
        return f"must be a str, not {kind}: pass its get_secret_value()"
    if not isinstance(given.value, str):
        return f"must be a str, not {kind}"
    return None if given.value else "must not be empty"


def _text_problem(given: Concealed) -> str | None:
    if given.value != given.value.strip():
        return (
            "begins or ends with a blank or a line break, as text read from a file often does: "
            "strip it"
        )
    if not given.value.isprintable():
        return "must not contain a line break, a control character or an invisible character"
    return None


def _raise_for(source: str, problem: str | None) -> None:
    if problem is not None:
        raise ConfigurationError(f"{source} {problem}")
