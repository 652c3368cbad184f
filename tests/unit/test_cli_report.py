"""The summary of a run, and its file of results."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from sunco_async import ConnectionFailed, NotFound
from sunco_async.bulk import Failed, Outgoing, Sent, Skipped
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._failure_groups import FailureGroups
from sunco_async.bulk._statistics import Counters
from sunco_async.cli._errors import UsageError
from sunco_async.cli._report import OutputFile, duration, summary_json, summary_text
from sunco_async.errors import ErrorDetail
from sunco_async.models import Message


def not_found():
    error = NotFound("404 user_not_found: User not found", outcome="rejected")
    error.errors = (ErrorDetail("user_not_found", "User not found"),)
    return error


def lost():
    return ConnectionFailed("lost", outcome="unknown")


def row(line):
    return RowMessage(Outgoing("k", "Hi", user_external_id="jane"), line)


def counted(*results):
    counters, failures = Counters(), FailureGroups()
    for line, result in enumerate(results, 2):
        counters.count(result)
        if isinstance(result, Failed):
            failures.add(result, line)
    return counters, failures


def test_the_summary_has_the_counts_and_the_failures_by_code():
    counters, failures = counted(
        Sent("a", Message(id="m"), "c"),
        Failed("b", not_found()),
        Failed("c", not_found()),
        Failed("d", lost()),
        Failed("e", lost(), before_sending=True),
        Skipped("f", "stopped"),
    )
    assert summary_json(counters, failures) == {
        "sent": 1,
        "failed": 4,
        "unknown": 1,
        "skipped": 1,
        "errors": [
            {
                "code": "user_not_found",
                "text": "404 user_not_found: User not found",
                "count": 2,
                "first_line": 3,
            },
            {"code": "ConnectionFailed", "text": "lost", "count": 2, "first_line": 5},
        ],
    }
    assert summary_text({"sent": "1 of 6", "failed": "4"}, failures).splitlines() == [
        "sent    1 of 6",
        "failed  4",
        "2 failed (first in line 3): 404 user_not_found: User not found",
        "2 failed (first in line 5): lost",
    ]


def test_each_result_is_a_json_line_as_soon_as_it_is_known(tmp_path):
    path = tmp_path / "r.jsonl"
    with ExitStack() as stack:
        output = OutputFile.create(path, stack)
        output.write(Sent("Zoë", Message(id="m1"), "c1"), row(2))
        assert len(path.read_text("utf-8").splitlines()) == 1
        output.write(Failed("b", not_found()), row(3))
        output.write(Failed("d", lost(), before_sending=True), row(4))
        output.write(Skipped("e", "aborted"), None)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert lines[0] == {
        "key": "Zoë",
        "line": 2,
        "to": "jane",
        "status": "sent",
        "message_id": "m1",
        "conversation_id": "c1",
        "outcome": None,
        "error": None,
    }
    assert [(line["status"], line["outcome"], line["error"]["code"]) for line in lines[1:]] == [
        ("failed", "rejected", "user_not_found"),
        ("failed", "not_sent", "ConnectionFailed"),
        ("skipped", None, "skipped"),
    ]
    assert lines[1]["error"]["text"] == "404 user_not_found: User not found"


def test_results_of_an_earlier_run_are_not_overwritten(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text("{}\n")
    with ExitStack() as stack, pytest.raises(UsageError, match="the file is not empty"):
        OutputFile.create(path, stack)
    assert path.read_text() == "{}\n"
    path.write_text("")
    with ExitStack() as stack:
        OutputFile.create(path, stack)
    with ExitStack() as stack, pytest.raises(UsageError, match="No such file or directory"):
        OutputFile.create(tmp_path / "none" / "r.jsonl", stack)


def test_a_continued_run_adds_its_results(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('{"key": "a"}\n{"key": "half')
    with ExitStack() as stack:
        output = OutputFile.create(path, stack, append=True)
        output.write(Sent("b", Message(id="m1"), "c1"), row(2))
    first, half, added = path.read_text().splitlines()
    assert (first, half) == ('{"key": "a"}', '{"key": "half')
    assert json.loads(added)["key"] == "b"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_reported_and_raises_nothing():
    with ExitStack() as stack:
        output = OutputFile.create(Path("/dev/full"), stack)
        output.write(Skipped("a", "stopped"), row(2))
        output.write(Skipped("b", "stopped"), row(3))
    assert str(output.failure) == "/dev/full: No space left on device"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (59.94, "59.9 s"), (60, "1:00 min"), (245, "4:05 min"), (3723, "1:02:03 h")],
)
def test_a_duration_is_short(seconds, text):
    assert duration(seconds) == text
