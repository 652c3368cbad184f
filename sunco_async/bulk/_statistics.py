"""The counts of a sender."""

from dataclasses import dataclass

from sunco_async.bulk._items import Failed, Result, Sent

__all__ = ["BulkProgress", "BulkStatistics", "Counters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkStatistics:
    """The counts of a sender at one moment, since it was created.

    An item is counted as soon as it has ended, shortly before its result is returned. An item that
    was read, is not in flight and has not ended waits for its turn.

    Attributes:
        read: Items taken from the outbox.
        in_flight: Items whose delivery has started and not ended. They look up a conversation,
            wait for the limiter or for a retry, or are being sent.
        sent: Items whose message the API has accepted.
        failed: Items that failed, with any outcome.
        unknown: Failed items whose message may have been delivered.
        skipped: Items that were read, but not started.
    """

    read: int
    in_flight: int
    sent: int
    failed: int
    unknown: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkProgress:
    """How far a run has come at one moment.

    `read + recovered` is the sum of `waiting`, `in_flight`, `sent`, `failed` and `skipped`.

    Attributes:
        read: Items taken from the outbox.
        recovered: Items that an earlier run has left unsettled.
        waiting: Items that wait for their turn, for their ledger, or for a lost request.
        in_flight: Items whose delivery is under way.
        settling: Targets that wait until a lost request can be settled, or for their pace.
        sent: Items whose message the API has accepted.
        failed: Items that failed, with any outcome.
        unknown: Failed items whose message may have been delivered.
        skipped: Items that were not sent in this run.
        seconds: How long the run has taken, in seconds.
        paused: Whether it is paused.
    """

    read: int
    recovered: int
    waiting: int
    in_flight: int
    settling: int
    sent: int
    failed: int
    unknown: int
    skipped: int
    seconds: float
    paused: bool


@dataclass(slots=True)
class Counters:
    """Counts items and their results.

    Attributes:
        read: Items taken from the outbox.
        in_flight: Items whose delivery has started and not ended.
        sent: Items whose message the API has accepted.
        failed: Items that failed, with any outcome.
        unknown: Failed items whose message may have been delivered.
        skipped: Items that were read, but not started.
        recovered: Items that an earlier run has left unsettled. They are not counted as read.
    """

    read: int = 0
    in_flight: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    recovered: int = 0

    def count(self, result: Result) -> None:
        """Count one result.

        Args:
            result: How an item ended.
        """
        if isinstance(result, Sent):
            self.sent += 1
        elif isinstance(result, Failed):
            self.failed += 1
            self.unknown += result.outcome == "unknown"
        else:
            self.skipped += 1

    def snapshot(self) -> BulkStatistics:
        """Return the counts of this moment."""
        return BulkStatistics(
            read=self.read,
            in_flight=self.in_flight,
            sent=self.sent,
            failed=self.failed,
            unknown=self.unknown,
            skipped=self.skipped,
        )

    def progress(self, *, settling: int, seconds: float, paused: bool) -> BulkProgress:
        """Return how far the run has come at this moment.

        Args:
            settling: Targets that wait.
            seconds: How long the run has taken, in seconds.
            paused: Whether it is paused.
        """
        ended = self.sent + self.failed + self.skipped
        return BulkProgress(
            read=self.read,
            recovered=self.recovered,
            waiting=self.read + self.recovered - self.in_flight - ended,
            in_flight=self.in_flight,
            settling=settling,
            sent=self.sent,
            failed=self.failed,
            unknown=self.unknown,
            skipped=self.skipped,
            seconds=seconds,
            paused=paused,
        )
