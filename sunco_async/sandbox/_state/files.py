"""The state of a sandbox as a file: JSON that can be read, compared and edited."""

import os
import tempfile
from pathlib import Path

import msgspec

from sunco_async.sandbox._ids import is_record_id
from sunco_async.sandbox._state.message_log import MessageLog
from sunco_async.sandbox._state.state import StateData

FORMAT_VERSION = 1


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
        data = msgspec.json.decode(text, type=StateData, dec_hook=_decode_other)
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
    if kind is MessageLog:
        saved = msgspec.convert(value, _LoadedLog)
        # The log finds the id at the beginning of each message.
        messages = [{"id": message["id"]} | message for message in saved.messages]
        log = MessageLog([msgspec.json.encode(each) for each in messages], saved.removed_until)
        ids = list(log.ids)
        if not all(map(is_record_id, ids)) or ids != sorted(set(ids)):
            raise ValueError("the messages of a conversation are in the order of their ids")
        return log
    if kind is object:  # a value of a dict that may hold any JSON
        return value
    raise NotImplementedError(f"cannot load {kind.__name__}")


class _LoadedLog(msgspec.Struct):
    messages: list[dict[str, object]]
    removed_until: str = ""
