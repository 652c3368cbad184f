"""The state machine of a key: every state with every event."""

import pytest

from sunco_async.bulk._ledger.states import STATES, may_be_sent, next_state

CHANGES = {
    "not_begun": {"begin": "sending"},
    "sending": {
        "refused": "failed",
        "withdrawn": "not_begun",
        "missing": "sending",
        "undecidable": "uncertain",
    },
    "sent": {},
    "failed": {"retry": "not_begun"},
    "uncertain": {"retry": "sending"},
}
EVENTS = ["begin", "refused", "withdrawn", "missing", "undecidable", "retry"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_each_event_changes_a_state_or_is_refused(state, event):
    expected = CHANGES[state].get(event)
    if expected is None:
        with pytest.raises(ValueError, match=f"'{event}' cannot happen to a key that is '{state}'"):
            next_state(state, event)
    else:
        assert next_state(state, event) == expected


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", ["accepted", "found"])
def test_a_message_that_arrived_is_sent_whatever_was_known(state, event):
    assert next_state(state, event) == "sent"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("searched", [True, False])
def test_only_a_key_with_an_intent_that_was_searched_for_may_be_sent(state, searched):
    assert may_be_sent(state, searched=searched) == (state == "sending" and searched)
