"""The retired official client in an environment of its own: a process at the other end of a pipe.

This file is both ends of the pipe. When imported, it creates the environment (`python -m venv` and
pip, once, in `.benchmarks/`) and sends requests. When run by the interpreter of that environment,
it reads one request per line from stdin and writes one reply per line to stdout, both as JSON.

A body is decoded as the official client does it: a urllib3 response goes through its own
`ApiClient.response_deserialize`, with the response types of the operation's own method. The result
is read from the attributes, because `to_dict` omits read-only fields such as ids, which would look
like lost data.
"""

import ast
import contextlib
import enum
import importlib
import inspect
import io
import json
import re
import subprocess
import sys
import textwrap
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE, VERSION = "sunshine-conversations-client", "17.0.1"
CACHE = Path(__file__).resolve().parent.parent / ".benchmarks"


@dataclass(frozen=True)
class Reading:
    """The result of decoding a body: the class of the error, or the values as JSON."""

    raised: str | None = None
    value: Any = None


class OfficialClient:
    """The official client at the other end of the pipe."""

    def __init__(self, pipe: "subprocess.Popen[str]") -> None:
        self._pipe = pipe

    def read_response(self, operation_id: str, status: int, body: bytes) -> Reading | None:
        """Let it read the response of an operation; None where it has no such operation."""
        return _reading(
            self._ask(ask="response", operation=operation_id, status=status, body=body.decode())
        )

    def read_delivery(self, body: bytes, classes: Mapping[str, str]) -> Reading | None:
        """Let it read a webhook's body; None where it has no class for an event's type.

        It has classes for the parts and none for the whole, so app, webhook and events are read
        one by one, each event by the class of its type.
        """
        return _reading(self._ask(ask="delivery", body=body.decode(), classes=dict(classes)))

    def time_response(self, operation_id: str, status: int, body: bytes, times: int) -> float:
        """Return the seconds that reading a response takes, the least of so many times."""
        question = {"operation": operation_id, "status": status, "body": body.decode()}
        return float(self._ask(ask="time", times=times, **question)["seconds"])

    def versions(self) -> str:
        """Name it and what it stands on."""
        return str(self._ask(ask="versions")["versions"])

    def _ask(self, **question: object) -> Any:
        assert self._pipe.stdin is not None  # noqa: S101 - both are pipes, see official_client
        assert self._pipe.stdout is not None  # noqa: S101 - the same
        self._pipe.stdin.write(json.dumps(question) + "\n")
        self._pipe.stdin.flush()
        line = self._pipe.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of the official client ended at {question}")
        return json.loads(line)


@contextlib.contextmanager
def official_client() -> Iterator[OfficialClient]:
    """Start the official client in a process of its own, and end it afterwards."""
    command = [str(_interpreter()), "-I", __file__]
    with subprocess.Popen(  # noqa: S603 - our own file, by the interpreter made for it
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as pipe:
        yield OfficialClient(pipe)


def _reading(reply: dict[str, Any]) -> Reading | None:
    return None if reply.get("absent") else Reading(reply.get("raised"), reply.get("value"))


@cache
def _interpreter() -> Path:
    """Return the interpreter of the environment, which is made where there is none yet."""
    folder = CACHE / f"official-{VERSION}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = folder / "installed"
    if not done.exists():
        CACHE.mkdir(exist_ok=True)
        (CACHE / ".gitignore").write_text("*\n", encoding="utf-8")
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", f"{PACKAGE}=={VERSION}"]
        subprocess.run(install, check=True)  # noqa: S603 - pip, for a package named above
        done.touch()
    return python


# From here on: the other end of the pipe.


def _serve() -> None:
    for line in sys.stdin:
        question = json.loads(line)
        reply = _REPLIES[question.pop("ask")](**question)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _response(operation: str, status: int, body: str) -> dict[str, Any]:
    types = _response_types(operation)
    if types is None:
        return {"absent": True}
    try:
        return {"value": _plain(_deserialized(types, status, body.encode()))}
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is counted
        return {"raised": type(error).__name__}


def _delivery(body: str, classes: dict[str, str]) -> dict[str, Any]:
    model = _package().model
    data = json.loads(body)
    read: dict[str, Any] = {"events": []}
    events = [(event, classes.get(event.get("type"))) for event in data.get("events") or []]
    if not all(name and hasattr(model, name) for _, name in events):
        return {"absent": True}
    try:
        read["app"] = _plain(model.AppSubSchema.from_dict(data.get("app")))
        read["webhook"] = _plain(model.WebhookSubSchema.from_dict(data.get("webhook")))
        for event, name in events:
            read["events"].append(_plain(getattr(model, str(name)).from_dict(event)))
    except Exception as error:  # noqa: BLE001 - as above
        return {"raised": type(error).__name__}
    return {"value": read}


def _time(operation: str, status: int, body: str, times: int) -> dict[str, float]:
    types = _response_types(operation) or {}
    raw = body.encode()
    least = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        _deserialized(types, status, raw)
        least = min(least, time.perf_counter() - started)
    return {"seconds": least}


def _versions() -> dict[str, str]:
    return {"versions": ", ".join(f"{name} {version(name)}" for name in (PACKAGE, "pydantic"))}


def _deserialized(types: dict[str, str | None], status: int, body: bytes) -> Any:
    package, urllib3 = _package(), importlib.import_module("urllib3")
    headers = {"content-type": "application/json; charset=utf-8"}
    response = package.rest.RESTResponse(
        urllib3.HTTPResponse(body=io.BytesIO(body), status=status, headers=headers)
    )
    response.read()
    return _api_client().response_deserialize(response_data=response, response_types_map=types).data


@cache
def _package() -> Any:
    return importlib.import_module(PACKAGE.replace("-", "_"))


@cache
def _api_client() -> Any:
    return _package().ApiClient()


@cache
def _response_types(operation_id: str) -> dict[str, str | None] | None:
    """Return the type of each status's body, which a method names in a local variable."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation_id).lower()
    for group in vars(_package()).values():
        method = getattr(group, name, None)
        if inspect.isclass(group) and group.__name__.endswith("Api") and method is not None:
            code = ast.parse(textwrap.dedent(inspect.getsource(method)))
            [types] = [
                ast.literal_eval(node.value)
                for node in ast.walk(code)
                if isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)
                and node.target.id == "_response_types_map"
                and node.value is not None
            ]
            return dict(types)
    return None


def _plain(value: Any) -> Any:
    """Write what was read as plain JSON values under the API's own keys, what is None left out."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.value
    fields = getattr(type(value), "model_fields", None)
    if fields is None:
        return value if isinstance(value, str | int | float | None) else str(value)
    if "actual_instance" in fields:  # a union is a box around the member that it found
        return _plain(value.actual_instance)
    read = {field.alias or name: getattr(value, name) for name, field in fields.items()}
    return {key: _plain(item) for key, item in read.items() if item is not None}


_REPLIES: dict[str, Callable[..., dict[str, Any]]] = {
    "response": _response,
    "delivery": _delivery,
    "time": _time,
    "versions": _versions,
}

if __name__ == "__main__":
    _serve()
