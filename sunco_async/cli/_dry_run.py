"""`sunco bulk send --dry-run`: what would be sent."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from msgspec import UNSET

from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._content.row_messages import FileCheck, RowMessages
from sunco_async.bulk._items import Outgoing
from sunco_async.cli._progress import print_status
from sunco_async.cli._report import duration, summary_lines
from sunco_async.cli._send_options import RunOptions
from sunco_async.cli._stdout import print_report

__all__ = ["say_keys", "show_dry_run"]


def show_dry_run(messages: RowMessages, found: FileCheck, run: RunOptions) -> None:
    """Show the first three messages, and what the file holds.

    Args:
        messages: The messages of the file.
        found: What the check has found.
        run: How they would be sent.
    """
    first = [_message_json(message) for message in islice(messages, 3)]
    requests = _requests(messages, found, create_users=run.create_users)
    seconds = None if run.rate_limit is None else requests / run.rate_limit
    if run.json:
        print_report(
            {
                "rows": found.rows,
                "messages": found.messages,
                "recipients": found.recipients,
                "duplicate_keys": found.duplicate_keys,
                "duplicate_recipients": found.duplicate_recipients,
                "languages": dict(found.languages),
                "longest_text": {"characters": found.longest, "line": found.longest_line},
                "requests_at_most": requests,
                "seconds_at_least": seconds,
                "first": first,
            }
        )
        return
    for message in first:
        where = f"line {message['line']} to {message['to']}"
        print_report(f"{where}:\n{_content_text(message)}\n")
    print_report(summary_lines(_figures(found, requests, seconds)))
    say_keys(messages)
    print_status(f"{found.rows:,} rows are valid; nothing was sent")


def say_keys(messages: RowMessages) -> None:
    """Say what the keys are, if no column holds them.

    Args:
        messages: The messages of the file.
    """
    if messages.builder.key_column is None:
        print_status(
            "there is no key column: the key of a message is a digest of its target and content"
        )


def _figures(found: FileCheck, requests: int, seconds: float | None) -> dict[str, str]:
    figures = {
        "messages": f"{found.messages:,} to {found.recipients:,} recipients",
        "duplicates": f"{found.duplicate_keys:,} keys, {found.duplicate_recipients:,} recipients",
    }
    if found.languages:
        figures["languages"] = ", ".join(
            f"{language} {count:,}" for language, count in found.languages.most_common()
        )
    if found.longest:
        figures["longest"] = f"{found.longest:,} characters, in line {found.longest_line}"
    figures["requests"] = f"at most {requests:,}"
    figures["time"] = (
        "pass --rate-limit for an estimate: the limit of the account is not known"
        if seconds is None
        else f"at least {duration(seconds)} at this rate limit"
    )
    return figures


def _requests(messages: RowMessages, found: FileCheck, *, create_users: bool) -> int:
    """Return how many requests it takes at most, without retries.

    One for each message, one to find the conversation of a user and one to create it. The creation
    of a user takes one, and a second one if the user exists.
    """
    if messages.builder.target in ("conversation_id", "phone"):
        return found.messages
    return found.messages + found.recipients * (4 if create_users else 2)


def _content_text(message: Mapping[str, Any]) -> str:
    text = message["text"]
    return text if isinstance(text, str) else json.dumps(message["content"], ensure_ascii=False)


def _message_json(row_message: RowMessage) -> dict[str, Any]:
    message = row_message.message
    if isinstance(message, Outgoing):
        content, metadata = message.content, message.metadata
    else:
        content, metadata = message.message, UNSET
    return {
        "key": message.key,
        "line": row_message.line,
        "to": message.target.id,
        "text": content if isinstance(content, str) else None,
        "content": content if isinstance(content, Mapping) else None,
        "metadata": metadata if isinstance(metadata, Mapping) else {},
    }
