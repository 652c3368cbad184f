"""The newest deliveries, and the callbacks for their changes."""

from collections import deque
from collections.abc import Callable

from sunco_async.sandbox._delivery.records import Delivery, Job


class Journal:
    """Keeps the newest deliveries; every method is called under the sandbox's lock.

    Attributes:
        revision: The number of changes so far.
    """

    def __init__(self, keep: int) -> None:
        self.revision: int = 0
        self._count = 0
        self._jobs: deque[Job] = deque(maxlen=keep)
        self._listeners: tuple[tuple[Callable[[], None]], ...] = ()

    def __len__(self) -> int:
        return len(self._jobs)

    def next_number(self) -> int:
        """Return the number of a new delivery."""
        number, self._count = self._count, self._count + 1
        return number

    def add(self, job: Job) -> None:
        """Keep a new delivery."""
        self._jobs.append(job)

    def find(self, number: int) -> Job:
        """Return a delivery that is kept, or raise a KeyError."""
        for job in self._jobs:
            if job.number == number:
                return job
        raise KeyError(number)

    def snapshot(self) -> list[Delivery]:
        """Return the deliveries as they are now, oldest first."""
        return [job.snapshot() for job in self._jobs]

    def clear(self) -> None:
        """Forget the deliveries that have ended."""
        going_on = [job for job in self._jobs if not job.is_over]
        self._jobs.clear()
        self._jobs.extend(going_on)

    def changed(self, job: Job) -> None:
        """Report that a delivery has changed."""
        self.revision += 1
        job.revision = self.revision
        for (listener,) in self._listeners:
            listener()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a function after each change; return what ends that."""
        entry = (listener,)
        self._listeners = (*self._listeners, entry)

        def stop() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not entry)

        return stop
