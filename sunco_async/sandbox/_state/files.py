"""The state of a sandbox as a file: JSON that can be read, compared and edited."""

import os
import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import msgspec

from sunco_async.sandbox._state.message_log import MessageIds, MessageLog
from sunco_async.sandbox._state.records import AppData, Conversation
from sunco_async.sandbox._state.state import StateData

FORMAT_VERSION = 1
T = TypeVar("T", bound=msgspec.Struct)
_BEGINNING = re.compile(rb'\{"id":"[0-9a-f]{24}"')


class _SavedLog(msgspec.Struct, omit_defaults=True):
    messages: list[msgspec.Raw]
    removed_until: str = ""


class _Version(msgspec.Struct):
    version: int


def write_state(path: str | os.PathLike[str], data: StateData) -> None:
    """Write a file that only its owner can read, completely or not at all."""
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encode_state(data))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_state(path: str | os.PathLike[str]) -> StateData:
    """Read what `write_state` wrote.

    Raises:
        ValueError: It is no file of a sandbox, or one of a newer version.
        OSError: It cannot be read.
    """
    return decode_state(Path(path).read_bytes(), str(path))


def encode_state(data: StateData) -> bytes:
    """Return the text of a file."""
    return msgspec.json.encode(data, enc_hook=_encode_other)


def decode_state(text: bytes, name: str) -> StateData:
    """Read the text of a file.

    Args:
        text: What `encode_state` returned.
        name: What it is called in an error.

    Raises:
        ValueError: It is no state of a sandbox, or one of a newer version.
    """
    try:
        version = msgspec.json.decode(text, type=_Version).version
        if version != FORMAT_VERSION:
            raise ValueError(
                f"{name} has version {version} of the sandbox's format; this is {FORMAT_VERSION}"
            )
        # The texts of messages are copied without being decoded, so this is checked on its own.
        text.decode()
        loaded = msgspec.json.decode(text, type=_LoadedState, dec_hook=_decode_other)
        data = _plain(loaded, StateData, apps=[_app(app) for app in loaded.apps])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} is not a saved sandbox: {error}") from error
    if not data.apps:
        raise ValueError(f"{name} is not a saved sandbox: it has no app")
    return data


def _encode_other(value: object) -> object:
    if isinstance(value, MessageLog):
        return _SavedLog(value.page(0, len(value)), value.removed_until)
    raise NotImplementedError(f"cannot save {type(value).__name__}")


def _decode_other(kind: type, value: object) -> object:
    if kind is object:  # a value of a dict that may hold any JSON
        return value
    raise NotImplementedError(f"cannot load {kind.__name__}")


class _LoadedLog(msgspec.Struct):
    messages: list[msgspec.Raw] = []
    removed_until: str = ""


# These are the records with messages that are not decoded: most of a file are messages, and the log
# keeps each as the JSON that it is.
class _LoadedConversation(Conversation, omit_defaults=True, gc=False):
    messages: _LoadedLog = msgspec.field(default_factory=_LoadedLog)  # type: ignore[assignment]  # in a file it is this


class _LoadedApp(AppData, omit_defaults=True):
    conversations: dict[str, _LoadedConversation] = {}  # type: ignore[assignment]  # noqa: RUF012 - as above


class _LoadedState(StateData, omit_defaults=True):
    apps: list[_LoadedApp]  # type: ignore[assignment]  # as above


def _app(loaded: _LoadedApp) -> AppData:
    for conversation in loaded.conversations.values():
        # It stays what it is, a kind of `Conversation`: copying it would take most of the time.
        conversation.messages = _log(conversation.messages)  # type: ignore[assignment]  # as a `Conversation` has it
    return _plain(loaded, AppData)


def _plain(loaded: msgspec.Struct, kind: type[T], **changes: object) -> T:
    """Return a loaded record as the record that it stands for."""
    names = kind.__struct_fields__
    values = {name: getattr(loaded, name) for name in names if name not in changes}
    return kind(**values, **changes)


def _log(loaded: _LoadedLog) -> MessageLog:
    bodies = [_message(raw) for raw in loaded.messages]
    ids = MessageIds(bodies)[:] if len(bodies) > 1 else []
    if any(older >= newer for older, newer in pairwise(ids)):
        raise ValueError("the messages of a conversation are in the order of their ids")
    return MessageLog(bodies, loaded.removed_until)


def _message(raw: msgspec.Raw) -> bytes:
    """Return the JSON of a message, which begins with its id: the log finds it there."""
    body = bytes(raw)
    if _BEGINNING.match(body):
        return body
    message = msgspec.json.decode(body, type=dict[str, object])
    body = msgspec.json.encode({"id": message.get("id")} | message)
    if not _BEGINNING.match(body):
        raise ValueError("each message needs the id of a record")
    return body
