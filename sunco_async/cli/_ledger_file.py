"""Opening the ledger of a campaign, and what it says."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from sunco_async import StoreError, StoreInUse
from sunco_async.bulk import LedgerCounts, SQLiteLedger
from sunco_async.cli._errors import OutageError, UsageError
from sunco_async.cli._send_options import LedgerOptions

__all__ = ["check_exists", "counts_json", "counts_text", "ledger_path", "open_ledger"]


def ledger_path(file: Path, options: LedgerOptions) -> Path | None:
    """Return the path of the ledger, or None for none.

    Args:
        file: The file of the campaign.
        options: The options of the ledger.

    Raises:
        UsageError: The options contradict each other.
    """
    if options.no_ledger:
        if options.ledger is not None:
            raise UsageError("--ledger and --no-ledger contradict each other; pass one of them")
        return None
    return options.ledger or file.with_name(f"{file.name}.ledger")


def check_exists(path: Path) -> None:
    """Refuse a ledger that does not exist, since opening it for writing would create it.

    Args:
        path: The file.

    Raises:
        UsageError: It does not exist.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such ledger")


@asynccontextmanager
async def open_ledger(
    path: Path, *, read_only: bool = False, take_over: bool = False
) -> AsyncGenerator[SQLiteLedger, None]:
    """Open a ledger while the block runs.

    Args:
        path: The file.
        read_only: Open it beside the run that uses it.
        take_over: Open it although a process on another host has not closed it.

    Yields:
        The ledger.

    Raises:
        OutageError: Another run has it open.
        UsageError: It cannot be used.
    """
    try:
        ledger = SQLiteLedger(path, read_only=read_only, take_over=take_over)
        await ledger.open()
    except StoreInUse as error:
        raise OutageError(str(error)) from error
    except StoreError as error:
        raise UsageError(str(error)) from error
    try:
        yield ledger
    finally:
        await ledger.close()


def counts_json(counts: LedgerCounts) -> dict[str, int | None]:
    """Return the counts of a ledger as the JSON reports have them.

    Args:
        counts: The counts.
    """
    return {
        "total": counts.total,
        "sent": counts.sent,
        "failed": counts.failed,
        "uncertain": counts.uncertain,
        "sending": counts.sending,
        "not_begun": counts.not_begun + not_recorded(counts),
    }


def counts_text(counts: LedgerCounts) -> dict[str, str]:
    """Return the counts of a ledger to read, by their labels.

    Args:
        counts: The counts.
    """
    total = max(counts.total or 0, counts.recorded)
    figures = {"sent": f"{counts.sent:,} of {total:,}", "failed": f"{counts.failed:,}"}
    if counts.uncertain:
        figures["uncertain"] = f"{counts.uncertain:,} may have been sent"
    if counts.sending:
        figures["sending"] = f"{counts.sending:,} are under way, or the next run looks for them"
    figures["not begun"] = f"{counts.not_begun + not_recorded(counts):,}"
    return figures


def not_recorded(counts: LedgerCounts) -> int:
    """Return how many messages of the campaign have no record yet.

    Args:
        counts: The counts.
    """
    return max(0, (counts.total or 0) - counts.recorded)
