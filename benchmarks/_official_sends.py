"""The retired official client posting messages from threads, in an environment of its own.

This file is both ends of a pipe, like `_official_responses.py`, which creates the environment.
"""

import contextlib
import importlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

PACKAGE = "sunshine_conversations_client"


class OfficialSends:
    """The official client at the other end of the pipe."""

    def __init__(self, pipe: "subprocess.Popen[str]") -> None:
        self._pipe = pipe

    def send(self, *, threads: int, seconds: float, **place: str) -> dict[str, float]:
        """Post for some seconds, once each thread has received a response.

        Returns `rate` (messages a second), `cpu` (microseconds a message) and `completed` (all).
        """
        return self._ask(ask="send", threads=threads, seconds=seconds, **place)

    def encode(self, body: dict[str, Any], times: int) -> float:
        """Return the seconds to make and write a message's body, the least of so many times."""
        return self._ask(ask="encode", body=body, times=times)["seconds"]

    def _ask(self, **question: object) -> dict[str, float]:
        assert self._pipe.stdin is not None  # noqa: S101 - both are pipes, see official_sends
        assert self._pipe.stdout is not None  # noqa: S101 - the same
        self._pipe.stdin.write(json.dumps(question) + "\n")
        self._pipe.stdin.flush()
        line = self._pipe.stdout.readline()
        if not line:
            raise RuntimeError("the process of the official client ended")
        reply: dict[str, float] = json.loads(line)
        return reply


@contextlib.contextmanager
def official_sends() -> Iterator[OfficialSends]:
    """Start the official client in a process of its own, and end it afterwards."""
    with subprocess.Popen(  # noqa: S603 - our own file, by the interpreter made for it
        [official_python(), "-I", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as pipe:
        yield OfficialSends(pipe)


def official_python() -> str:
    """Return the interpreter that has the official client; made at the first call."""
    # At the other end of the pipe this directory is not on the path.
    from _official_responses import _interpreter  # noqa: PLC0415 - the reason is above

    return str(_interpreter())


# From here on: the other end of the pipe.


def _serve() -> None:
    replies: dict[str, Callable[..., dict[str, float]]] = {"send": _send, "encode": _encode}
    for line in sys.stdin:
        question = json.loads(line)
        reply = replies[question.pop("ask")](**question)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _send(
    *,
    threads: int,
    seconds: float,
    url: str,
    app_id: str,
    conversation_id: str,
    key_id: str,
    secret: str,
    text: str,
    campaign: str,
) -> dict[str, float]:
    package: Any = importlib.import_module(PACKAGE)
    configuration = package.Configuration(host=url, username=key_id, password=secret)
    configuration.connection_pool_maxsize = threads
    done = [0] * threads
    stopped = threading.Event()
    with package.ApiClient(configuration) as client:
        api = package.MessagesApi(client)

        def work(number: int) -> None:
            while not stopped.is_set():
                body = _message(package, text, campaign)
                posted = api.post_message(app_id, conversation_id, body)
                assert posted.messages[0].id  # noqa: S101 - was it read
                done[number] += 1

        workers = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(threads)]
        for worker in workers:
            worker.start()
        while not all(done):
            if not all(worker.is_alive() for worker in workers):
                raise RuntimeError("a thread of the official client ended")
            time.sleep(0.001)
        started, cpu, begun = time.perf_counter(), time.process_time(), sum(done)
        time.sleep(seconds)
        elapsed = time.perf_counter() - started
        count, cpu = sum(done) - begun, time.process_time() - cpu
        stopped.set()
        for worker in workers:
            worker.join()
    return {"rate": count / elapsed, "cpu": cpu / max(count, 1) * 1e6, "completed": sum(done)}


def _encode(*, body: dict[str, Any], times: int) -> dict[str, float]:
    package: Any = importlib.import_module(PACKAGE)
    client = package.ApiClient()
    text, campaign = body["content"]["text"], body["metadata"]["campaign"]
    least = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        message = _message(package, text, campaign)
        json.dumps(client.sanitize_for_serialization(message))
        least = min(least, time.perf_counter() - started)
    return {"seconds": least}


def _message(package: Any, text: str, campaign: str) -> Any:
    content = package.TextMessage(type="text", text=text)
    return package.MessagePost(
        author=package.Author(type="business"),
        content=package.Content(content),
        metadata={"campaign": campaign},
    )


if __name__ == "__main__":
    _serve()
