"""The numbers of a sender."""

from dataclasses import dataclass

from sunco_async.bulk._items import Failed, Result, Sent

__all__ = ["BulkStatistics", "Counters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkStatistics:
    """A sender at one moment; counts are since it was made.

    An item counts as soon as it has ended, which is a little before its result is handed out. What
    is read, not in flight and not ended waits in its target's line.
    """

    read: int
    """Items taken from the outbox."""
    in_flight: int
    """Items under way: looking up a conversation, waiting for the limiter, sending, waiting."""
    sent: int
    failed: int
    """Items that failed, with any outcome."""
    unknown: int
    """Those of the failed whose message may have been delivered all the same."""
    skipped: int


@dataclass(slots=True)
class Counters:
    """What a run counts into."""

    read: int = 0
    in_flight: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0

    def count(self, result: Result) -> None:
        """Count an item that has ended."""
        if isinstance(result, Sent):
            self.sent += 1
        elif isinstance(result, Failed):
            self.failed += 1
            self.unknown += result.outcome == "unknown"
        else:
            self.skipped += 1

    def snapshot(self) -> BulkStatistics:
        """Return the numbers of this moment."""
        return BulkStatistics(
            read=self.read,
            in_flight=self.in_flight,
            sent=self.sent,
            failed=self.failed,
            unknown=self.unknown,
            skipped=self.skipped,
        )
