"""Runs the examples of README and docstrings, as one would type them."""

import ast
import codeop
import inspect
import types
from contextlib import contextmanager
from typing import Any

import pytest

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._server import SandboxServer


async def run(code: str, namespace: dict[str, Any], *, source: str) -> None:
    """Run code in which `await` stands where it likes, and keep what it names."""
    compiled = compile(code, source, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, namespace)  # noqa: S307 - the project's own code
    if inspect.isawaitable(result):
        await result


async def type_in(code: str, namespace: dict[str, Any], *, source: str) -> None:
    """Run code as if it was pasted into `python -m asyncio`: line by line, statement by statement.

    There, a blank line ends a compound statement, and nothing else does.
    """
    compiler = codeop.CommandCompiler()
    compiler.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    pending: list[str] = []
    for line in [*code.splitlines(), ""]:
        pending.append(line)
        statement = compiler("\n".join(pending), source, "single")
        if statement is None:  # it goes on in the next line
            continue
        pending.clear()
        result = types.FunctionType(statement, namespace)()
        if inspect.isawaitable(result):
            await result
    assert not pending, f"{source}: this statement does not end: {pending}"


@contextmanager
def settings_of(sandbox: Sandbox, server: SandboxServer):
    """Put into the environment what a client of the sandbox needs."""
    settings = {
        "BASE_URL": server.url,
        "APP_ID": sandbox.app_id,
        "KEY_ID": sandbox.key_id,
        "KEY_SECRET": sandbox.secret,
    }
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(f"SUNCO_{name}", value)
        yield
