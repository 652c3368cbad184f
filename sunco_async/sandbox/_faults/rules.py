"""The rules in force, and the counts of what they did."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random

from sunco_async.sandbox._faults.choice import Decision, Rule, choose

__all__ = ["FaultStatistics", "RuleSet"]


@dataclass(frozen=True, slots=True)
class FaultStatistics:
    """The faults of a sandbox so far, those of rules that were removed included.

    Attributes:
        requests: The number of requests that met at least one fault.
        injected: The number of faults by kind, such as `"drop"` or `"429"`.
        operations: The same for each operation by its name; `""` is for unknown paths.
    """

    requests: int
    injected: Mapping[str, int]
    operations: Mapping[str, Mapping[str, int]]


class RuleSet:
    """The rules in force, and the counts. The lock is the sandbox's."""

    def __init__(
        self,
        lock: AbstractContextManager[object],
        operations: Collection[str],
        seed: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lock = lock
        self.operations = operations
        self.rules: list[Rule] = []
        self._seed = seed
        self._clock = clock
        self._made = 0
        self._requests = 0
        self._injected: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def new_random(self) -> Random:
        """Return a source of chances for the next rule, independent of all others."""
        self._made += 1
        return Random() if self._seed is None else Random(f"{self._seed}/{self._made}")  # noqa: S311 - chances, not secrets

    def choose(self, operation: str | None, method: str, path: str) -> Decision | None:
        """Return what goes wrong with a request, and count it; the lock is held."""
        decision = choose(self.rules, operation, method, path, self._clock())
        if decision is not None:
            self._requests += 1
            self._injected[operation or ""].update(decision.names)
        return decision

    def statistics(self) -> FaultStatistics:
        """Return the counts."""
        total: Counter[str] = Counter()
        for counts in self._injected.values():
            total.update(counts)
        operations = {name: dict(counts) for name, counts in self._injected.items()}
        return FaultStatistics(self._requests, dict(total), operations)
