"""The part of `Sandbox` that keeps: records of what happened, and the state as a file."""

import os

from sunco_async.sandbox._delivery.deliveries import Deliveries
from sunco_async.sandbox._delivery.outbox import Outbox
from sunco_async.sandbox._events.bus import EventLog
from sunco_async.sandbox._events.event import Event
from sunco_async.sandbox._http.request_log import ReceivedRequest, RequestLog
from sunco_async.sandbox._state.files import decode_state, encode_state, write_state
from sunco_async.sandbox._state.state import State


class SandboxRecords:
    """A sandbox as one that keeps things. `Sandbox` is the class to use."""

    _state: State
    _request_log: RequestLog
    _event_log: EventLog
    _outbox: Outbox
    _deliveries: Deliveries
    _initial: bytes

    @property
    def requests(self) -> list[ReceivedRequest]:
        """The newest requests with their responses, oldest first."""
        with self._state.lock:
            return self._request_log.snapshot()

    @property
    def events(self) -> list[Event]:
        """The newest events, as webhooks report them, oldest first."""
        with self._state.lock:
            return self._event_log.snapshot()

    def clear_records(self) -> None:
        """Forget the requests and events so far; the state stays."""
        with self._state.lock:
            self._request_log.clear()
            self._event_log.clear()
            self._state.channel_messages.clear()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write apps, keys and all that they hold to a JSON file, which only its owner can read.

        Args:
            path: The file. It is written completely or not at all.
        """
        with self._state.lock:
            write_state(path, self._state.to_data())

    def dump(self) -> bytes:
        """Return what `save` writes.

        Returns:
            The state, in JSON. It holds the secrets of keys and webhooks.
        """
        with self._state.lock:
            return encode_state(self._state.to_data())

    def restore(self, state: bytes) -> None:
        """Take over a state in the place of the present one, and forget requests and events.

        Deliveries that have not ended are cancelled. Settings, faults and the clock stay.

        Args:
            state: What `dump` returned, or the content of a saved file.

        Raises:
            ValueError: It is no saved state, or one of a newer version.
        """
        data = decode_state(state, "the state")
        with self._state.lock:
            self._outbox.cancel_all()
            self._state.restore(data)
            self.clear_records()
            self._deliveries.clear()

    def reset(self) -> None:
        """Go back to the state in which the sandbox was made or loaded, as `restore` does."""
        self.restore(self._initial)
