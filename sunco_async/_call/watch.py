"""Finding out how far a call came that was cancelled.

A cancelled call raises `CancelledError`, which says nothing about its request. A task that wants to
know sets a context variable, and the calls of this task are stored in it.
"""

from contextvars import ContextVar

from sunco_async.middleware import Call

__all__ = ["CallWatch", "watch_calls", "watched_call"]


class CallWatch:
    """The latest call of a task.

    Attributes:
        call: The call, or None before the first one.
    """

    __slots__ = ("call",)

    def __init__(self) -> None:
        self.call: Call | None = None

    @property
    def may_have_been_sent(self) -> bool:
        """Whether a request of the call may have taken effect, as far as it is known.

        A call that waits between two attempts was refused, unless it is in doubt.
        """
        call = self.call
        if call is None:
            return False
        return call.in_doubt or (call.attempts > 0 and not call.waiting)


_watch: ContextVar[CallWatch | None] = ContextVar("_watch", default=None)


def watch_calls() -> CallWatch:
    """Watch the calls of the running task from now on."""
    watch = CallWatch()
    _watch.set(watch)
    return watch


def watched_call(call: Call) -> None:
    """Store a call, if the running task watches its calls."""
    watch = _watch.get()
    if watch is not None:
        watch.call = call
