"""A receiver with a durable inbox that is killed: no accepted event is lost.

`SUNCO_KILLS=50 pytest tests/integration/test_receiver_crash.py` kills it more often.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parents[1] / "support"
ROUNDS = int(os.environ.get("SUNCO_KILLS", "3"))


def start(folder, first):
    return subprocess.Popen(
        [sys.executable, SUPPORT / "inbox_process.py", folder, str(first)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def lines(folder):
    path = folder / "log"
    return path.read_text().splitlines() if path.exists() else []


def numbers(log, what):
    return [int(line.split()[1]) for line in log if line.startswith(f"{what} ")]


@pytest.mark.slow
def test_no_accepted_event_is_lost_and_the_order_is_kept(tmp_path):
    seeded = random.Random(7)
    for count in range(ROUNDS):
        before = len(lines(tmp_path))
        process = start(tmp_path, count * 100_000)
        while len(lines(tmp_path)) < before + 100:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        time.sleep(seeded.random() / 10)
        process.kill()
        process.wait()
        process.stderr.close()
    last = start(tmp_path, -1)
    assert last.wait(60) == 0, last.stderr.read()
    last.stderr.close()

    log = lines(tmp_path)
    accepted, ended = set(numbers(log, "accepted")), Counter(numbers(log, "ended"))
    assert len(accepted) >= 10 * ROUNDS
    assert accepted <= set(ended)
    # What was recorded as handled is never handled again.
    done = set()
    for line in log:
        what, number = line.split()
        if what == "done":
            done.add(number)
        assert what != "began" or number not in done
    # Only what had ended just before a kill, and was not recorded yet, ends twice. (What was recorded
    # just before a kill is not in the log as done.)
    assert sum(count - 1 for count in ended.values()) <= 50 * ROUNDS
    # The first handling of each event is in the order of its conversation, as it was accepted.
    first = list(dict.fromkeys(numbers(log, "ended")))
    for conversation in range(5):
        own = [number for number in first if number % 5 == conversation]
        began = list(dict.fromkeys(n for n in numbers(log, "began") if n % 5 == conversation))
        assert own == began
