"""Counts of a sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxStatistics:
    """What a sandbox was asked so far, and what all of its apps hold now.

    Attributes:
        requests: The number of all requests.
        throttled: The number of requests that got a 429.
        operations: The number of requests that reached an operation, past credentials and rate
            limit, by its name ("messages.post").
        statuses: The number of responses by HTTP status.
        users: The number of users.
        conversations: The number of conversations.
        messages: The number of messages.
    """

    requests: int
    throttled: int
    operations: Mapping[str, int]
    statuses: Mapping[int, int]
    users: int
    conversations: int
    messages: int
