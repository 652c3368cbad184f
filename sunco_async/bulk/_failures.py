"""The rules of a run, and what failed items mean for the others."""

from dataclasses import dataclass

from sunco_async.bulk._errors import TooManyFailures
from sunco_async.bulk._items import Failed, Target

__all__ = ["Failures", "Rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a run.

    Attributes:
        concurrency: Items under way at once.
        window: Items in memory at once.
        hold_after_failure: Whether a failure holds back the later messages to its target.
        pace: Seconds between two messages to one target.
        max_failures: Failed items after which the run ends; None for any number.
    """

    concurrency: int
    window: int
    hold_after_failure: bool
    pace: float = 0.0
    max_failures: int | None = None


class Failures:
    """The failed items of a run.

    Args:
        rules: The rules of the run.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._targets: set[Target] = set()
        self._count = 0

    def holds(self, target: Target) -> bool:
        """Whether a failure holds back the later messages to a target.

        Args:
            target: The recipient.
        """
        return target in self._targets

    def record(self, target: Target, failed: Failed) -> TooManyFailures | None:
        """Record a failed item.

        Args:
            target: Its recipient.
            failed: Its result.

        Returns:
            The error that ends the run, if this was one failure too many.
        """
        if self._rules.hold_after_failure:
            self._targets.add(target)
        self._count += 1
        limit = self._rules.max_failures
        if limit is None or self._count < limit:
            return None
        error = TooManyFailures(
            f"{self._count} items failed, which is max_failures; the last one: {failed.error}"
        )
        error.__cause__ = failed.error
        return error
