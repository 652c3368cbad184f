"""Any sequence of faults, crashes and restarts: each key is sent once or reported, in order."""

from dataclasses import dataclass

import httpx
from bulk_platform import crash, lab, send
from fakes import error
from hypothesis import given, settings
from hypothesis import strategies as st

from sunco_async.bulk import Outgoing

FAULTS = {
    "lost": "lost",
    "dropped": "dropped",
    "500": "500",
    "refused": error(400),
    "429": error(429),
    "unreachable": httpx.ConnectError("refused"),
}


@dataclass(frozen=True)
class Run:
    """How long a run lives, and the faults that its requests meet."""

    seconds: float
    faults: tuple[str, ...]
    lists_fail: bool


runs = st.lists(
    st.builds(
        Run,
        seconds=st.floats(0.01, 3) | st.floats(30, 80),
        faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=4).map(tuple),
        lists_fail=st.sampled_from([False, False, False, True]),
    ),
    max_size=4,
)
targets = st.lists(st.sampled_from(["c0", "c1", "u:jane", "u:joe"]), min_size=1, max_size=12)


def item(number, target):
    user = target.removeprefix("u:")
    where = {"conversation_id": target} if user == target else {"user_external_id": user}
    return Outgoing(f"k{number}", f"text {number}", **where)


@settings(max_examples=60, deadline=None)
@given(
    script=runs,
    targets=targets,
    concurrency=st.integers(1, 4),
    lost_creations=st.lists(st.sampled_from(["lost", "dropped"]), max_size=2),
    on_failure=st.sampled_from(["stop", "continue"]),
    delay=st.sampled_from([0.1, 1.0, 10.0]),
)
def test_each_key_is_sent_once_or_reported_whatever_dies(  # noqa: PLR0917 - passed by name
    script, targets, concurrency, lost_creations, on_failure, delay
):
    outbox = [item(number, target) for number, target in enumerate(targets)]
    options = {"concurrency": concurrency, "on_failure": on_failure}

    async def main(platform, ledger):
        platform.delay = delay
        platform.create_faults = list(lost_creations)
        for run in script:
            platform.faults = [(None, FAULTS[fault]) for fault in run.faults]
            platform.list_fault = error(400) if run.lists_fail else None
            await crash(platform, ledger, outbox, run.seconds, **options)
        platform.faults, platform.list_fault = [], None
        results = await send(platform, ledger, outbox, **options)
        return platform, ledger, results

    platform, ledger, results = lab(main)
    places = {}
    for conversation, messages in platform.messages.items():
        numbers = [int(each["content"]["text"].split()[1]) for each in messages]
        assert len(set(numbers)) == len(numbers), "a message was sent twice"
        if on_failure == "stop":
            assert numbers == sorted(numbers), "out of order"
        for number in numbers:
            assert number not in places, "a message was sent to two conversations"
            places[number] = conversation
    states = {key: row.state for key, row in ledger.rows.items()}
    assert len(states) == len(outbox)
    assert "sending" not in states.values()
    for number in range(len(outbox)):
        state = states[f"k{number}"]
        assert (number in places) == (state == "sent") or state == "uncertain"
        if state == "not_begun":
            assert on_failure == "stop"
            earlier = [f"k{n}" for n in range(number) if targets[n] == targets[number]]
            assert any(states[key] in ("failed", "uncertain") for key in earlier)
    # One result for each item that was read, and one for each that was recovered.
    read = {result.key for result in results}
    assert read == {each.key for each in outbox}
    if not any(run.lists_fail for run in script):
        assert all(len(found) <= 1 for found in platform.conversations.values())
