"""Whatever a reporter of errors could show of an exception, searched for secrets.

Such tools show texts, attributes and the local variables of every frame, of the whole chain. They
look into containers, and take the `repr` of other objects.
"""

import base64
import pickle
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sunco_async import SuncoError
from sunco_async._base.hidden import Concealed, Hidden

TESTS = str(Path(__file__).parents[1])
DEPTH = 5
MOST = 2_000
"""Entries of one container that are looked at."""


def forms_of(*secrets: str) -> set[str]:
    """Return secrets, and the forms in which they are sent."""
    forms = set(secrets)
    for secret in secrets:
        forms.add(base64.b64encode(f"app_test:{secret}".encode()).decode())
    return forms


def chain(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception, its causes, contexts and group members, each once."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        link = pending.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            yield link
            pending += (link.__cause__, link.__context__)
            pending += getattr(link, "exceptions", ())


def exposures(error: BaseException, secrets: set[str]) -> list[str]:
    """Return where the secrets stand; frames of the tests are a user's, and not ours to hide."""
    found = []
    for link in chain(error):
        for what, value in (("text", str(link)), ("repr", repr(link)), ("vars", vars(link))):
            found += _search(value, secrets, f"{type(link).__name__}: {what}")
        entry = link.__traceback__
        while entry is not None:
            code = entry.tb_frame.f_code
            if not code.co_filename.startswith(TESTS):
                for name, value in entry.tb_frame.f_locals.items():
                    where = f"{type(link).__name__}: {code.co_filename}:{entry.tb_lineno} {name}"
                    found += _search(value, secrets, where)
            entry = entry.tb_next
    if isinstance(error, SuncoError):
        found += _search(pickle.dumps(error), secrets, "pickle")
    found += _search(_formatted(error), secrets, "formatted traceback")
    return found


def _formatted(error: BaseException) -> str:
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    pending, seen = [whole], []
    while pending:
        link = pending.pop()
        if link is None or link in seen:
            continue
        seen.append(link)
        for frame in link.stack:
            if frame.filename.startswith(TESTS):
                frame.locals = None
        pending += [link.__cause__, link.__context__, *(link.exceptions or ())]
    return "".join(whole.format())


def _search(value: Any, secrets: set[str], where: str, depth: int = DEPTH) -> list[str]:
    if isinstance(value, Hidden | Concealed):
        value = repr(value)
    if isinstance(value, str):
        return [where] if any(secret in value for secret in secrets) else []
    if isinstance(value, bytes | bytearray | memoryview):
        data = bytes(value)
        return [where] if any(secret.encode() in data for secret in secrets) else []
    found = []
    if depth > 0 and isinstance(value, Mapping):
        for key, item in list(value.items())[:MOST]:
            found += _search(key, secrets, where, depth - 1)
            found += _search(item, secrets, f"{where}[{key!r:.40}]", depth - 1)
    elif depth > 0 and isinstance(value, list | tuple | set | frozenset | deque):
        for item in list(value)[:MOST]:
            found += _search(item, secrets, where, depth - 1)
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a half-made object of a library
        return found
    return found + _search(text, secrets, f"{where} (repr)")
