"""`sunco bulk status`, `retry` and `purge`: what a ledger holds, and what to do with it."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sunco_async.bulk._content.recorded import recorded_messages
from sunco_async.bulk._ledger.states import ItemState
from sunco_async.cli._bulk_send import report
from sunco_async.cli._confirm import confirm
from sunco_async.cli._ledger_file import check_exists, counts_json, counts_text, open_ledger
from sunco_async.cli._progress import print_status
from sunco_async.cli._report import OutputFile, duration, summary_lines
from sunco_async.cli._send_options import RunOptions
from sunco_async.cli._send_run import SendRun
from sunco_async.cli._settings import Connection, open_client
from sunco_async.cli._stdout import print_report

__all__ = ["purge", "retry", "status"]


def status(path: Path, *, as_json: bool) -> int:
    """Print what a ledger knows, also while a run uses it.

    Args:
        path: The ledger.
        as_json: Whether to print one JSON object.

    Returns:
        0 if every message was sent, else 1.

    Raises:
        UsageError: The ledger cannot be read.
    """
    check_exists(path)
    return asyncio.run(_status(path, as_json=as_json))


async def _status(path: Path, *, as_json: bool) -> int:
    async with open_ledger(path, read_only=True) as ledger:
        counts, failures = await ledger.counts(), await ledger.failures()
        activity = await ledger.activity()
    if as_json:
        values: dict[str, Any] = counts_json(counts)
        values["messages_per_second"] = round(activity.rate, 1)
        values["seconds"] = round(activity.seconds, 3)
        values["running"] = activity.running
        values["failures"] = [
            {
                "state": each.state,
                "code": each.error,
                "text": each.error_text,
                "count": each.count,
                "first_key": each.first_key,
            }
            for each in failures
        ]
        print_report(values)
    else:
        figures = counts_text(counts)
        running = ", and still running" if activity.running else ""
        figures["time"] = f"{duration(activity.seconds)}{running}, {activity.rate:,.1f} messages/s"
        lines = [summary_lines(figures)]
        lines += [
            f"{each.count:,} {each.state} (first key {each.first_key}): {each.error_text}"
            for each in failures
        ]
        print_report("\n".join(lines))
    everything = counts_json(counts)
    return 0 if counts.sent and everything["sent"] == max(counts.total or 0, counts.recorded) else 1


def retry(path: Path, states: tuple[ItemState, ...], run: RunOptions, conn: Connection) -> int:
    """Send the failed messages of a ledger again, and decide the uncertain ones.

    Args:
        path: The ledger.
        states: The states to retry: `"failed"`, `"uncertain"` or both.
        run: How they are sent and reported.
        conn: The options of the connection.

    Returns:
        The exit code.

    Raises:
        CommandError: The command failed.
    """
    check_exists(path)
    return asyncio.run(_retry(path, states, run, conn))


async def _retry(
    path: Path, states: tuple[ItemState, ...], options: RunOptions, connection: Connection
) -> int:
    client = open_client(connection, concurrency=options.concurrency, rate_limit=options.rate_limit)
    async with client as sunco, open_ledger(path, take_over=options.take_over) as ledger:
        before = await ledger.counts()
        confirm(sunco, before.failed * ("failed" in states) + before.not_begun, yes=options.yes)
        changed = [f"{await ledger.retry(state):,} {state}" for state in states]
        print_status(f"retrying {' and '.join(changed)} messages", quiet=options.quiet)
        counts = await ledger.counts()
        with ExitStack() as files:
            output = None
            if options.output is not None:
                output = OutputFile.create(options.output, files, append=True)
            run = SendRun(
                sunco, total=counts.not_begun, options=options, output=output, ledger=ledger
            )
            await run.run(recorded_messages(ledger, {"not_begun"}))
        purged = [item.key async for item in ledger.items({"not_begun"}) if item.body is None]
        if purged:
            print_status(
                f"the content of {len(purged):,} messages was purged (first key {purged[0]}), so "
                "they were not sent; send them again from their file"
            )
        return await report(run, options, ledger)


def purge(path: Path, *, take_over: bool) -> int:
    """Remove the content of a ledger: the messages and the input rows.

    Args:
        path: The ledger.
        take_over: Open it although a process on another host has not closed it.

    Returns:
        The exit code.

    Raises:
        CommandError: The ledger cannot be opened.
    """
    check_exists(path)
    return asyncio.run(_purge(path, take_over=take_over))


async def _purge(path: Path, *, take_over: bool) -> int:
    async with open_ledger(path, take_over=take_over) as ledger:
        removed = await ledger.purge()
        kept = await ledger.counts()
    open_keys = kept.not_begun + kept.sending
    print_report(
        f"removed the content of {removed:,} messages; keys and states are kept"
        + (f", and the content of {open_keys:,} that are not sent yet" if open_keys else "")
    )
    return 0
