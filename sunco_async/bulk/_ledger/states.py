"""The states of a key, and what changes them.

A key is `not_begun` until its intent is on disk, which happens before its request is sent. From
then on it is `sending`: the message may arrive at any time. A response ends this: `sent` or
`failed`. If the process dies or the response is lost, the key stays `sending`, and the conversation
is searched for the message:

    not_begun ──begin──> sending ──accepted, found──> sent
        ^                   │ ├────refused──────────> failed
        └─────withdrawn─────┘ └────undecidable──────> uncertain

- `missing`: the search was conclusive, so the message may be sent again. It stays `sending`, since
  the intent is on disk already.
- `withdrawn`: the request certainly never left, for example because the run was stopped.
- `retry`: a person asks for it. A failed key is `not_begun` again. An uncertain key is searched for
  again, so that it is never sent blindly.
- `sent` is final. That a message arrived is a fact, so `accepted` and `found` are valid in every
  state.
"""

from typing import Final, Literal, TypeAlias

__all__ = ["STATES", "ItemEvent", "ItemState", "may_be_sent", "next_state"]

ItemState: TypeAlias = Literal["not_begun", "sending", "sent", "failed", "uncertain"]
"""What a ledger knows of a key."""

ItemEvent: TypeAlias = Literal[
    "begin", "accepted", "refused", "withdrawn", "found", "missing", "undecidable", "retry"
]

STATES: Final[tuple[ItemState, ...]] = ("not_begun", "sending", "sent", "failed", "uncertain")

_CHANGES: Final[dict[tuple[ItemState, ItemEvent], ItemState]] = {
    ("not_begun", "begin"): "sending",
    ("sending", "refused"): "failed",
    ("sending", "withdrawn"): "not_begun",
    ("sending", "missing"): "sending",
    ("sending", "undecidable"): "uncertain",
    ("failed", "retry"): "not_begun",
    ("uncertain", "retry"): "sending",
}


def next_state(state: ItemState, event: ItemEvent) -> ItemState:
    """Return the state of a key after an event.

    Args:
        state: The state before it.
        event: What happened.

    Raises:
        ValueError: The event cannot happen in this state.
    """
    if event in ("accepted", "found"):
        return "sent"
    try:
        return _CHANGES[state, event]
    except KeyError:
        raise ValueError(f"{event!r} cannot happen to a key that is {state!r}") from None


def may_be_sent(state: ItemState, *, searched: bool) -> bool:
    """Whether a message may be sent, with its intent on disk.

    Args:
        state: The state of its key.
        searched: Whether a conclusive search has not found the message, or it was never sent since
            its intent was written.
    """
    return state == "sending" and searched
