"""Which fault a request gets.

Each rule that matches a request counts it and draws a number for it, whatever the other rules do,
so the n-th matching request of a seeded rule always gets the same. Of the faults that end a
request in another way, the first rule's is taken. Latency and changes of the body are added to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from sunco_async.sandbox._faults.fault import Fault
from sunco_async.sandbox._faults.moving_limit import MovingLimit
from sunco_async.sandbox._faults.route import Route

__all__ = ["Decision", "Rule", "choose", "scheduled"]


@dataclass(slots=True)
class Rule:
    """Some requests, and what goes wrong with them.

    Attributes:
        text: The rule as text.
        route: The requests.
        script: One fault for each request in order; or the only one, where `share` counts.
        share: The chance that a request gets the fault; None for a script.
        times: The greatest number of faults, or None.
        random: Draws the chances.
        limit: The hidden rate limit, if that is the fault.
        requests: How many requests have matched.
        injected: How many of them got a fault.
    """

    text: str
    route: Route
    script: tuple[Fault, ...]
    share: float | None
    times: int | None = None
    random: Random = field(default_factory=Random)
    limit: MovingLimit | None = None
    requests: int = 0
    injected: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done to one request.

    Attributes:
        outcome: The fault that ends it in another way, or None.
        latency: Seconds to wait before the response.
        changes: Changes of the response body.
        names: The names of all of these faults.
    """

    outcome: Fault | None
    latency: float
    changes: tuple[Fault, ...]
    names: tuple[str, ...]

    @property
    def is_applied(self) -> bool:
        """Whether the request takes effect."""
        return self.outcome is None or self.outcome.applied

    @property
    def is_lost(self) -> bool:
        """Whether no byte of a response is sent."""
        return self.outcome is not None and self.outcome.is_lost


def scheduled(rule: Rule, number: int, draw: float) -> Fault | None:
    """Return the fault that a rule has for its matching request `number`, counted from 0."""
    if rule.times is not None and rule.injected >= rule.times:
        return None
    if rule.share is None:
        fault = rule.script[number] if number < len(rule.script) else None
    else:
        fault = rule.script[0] if draw < rule.share else None
    return None if fault is None or fault.action == "none" else fault


def choose(
    rules: Iterable[Rule], operation: str | None, method: str, path: str, now: float
) -> Decision | None:
    """Return what is done to a request, or None if nothing goes wrong, and count it.

    Args:
        rules: The rules, in order.
        operation: The name of the operation, or None for an unknown path.
        method: The HTTP method.
        path: The percent-encoded path.
        now: Seconds on a clock that does not step, for rate limits.
    """
    outcome: Fault | None = None
    modifiers: list[tuple[Rule, Fault, float]] = []
    for rule in rules:
        if not rule.route.matches(operation, method, path):
            continue
        number, rule.requests = rule.requests, rule.requests + 1
        draw, amount = rule.random.random(), rule.random.random()
        fault = scheduled(rule, number, draw)
        if fault is None:
            continue
        if fault.is_modifier:
            modifiers.append((rule, fault, amount))
        elif outcome is None and not (rule.limit is not None and rule.limit.admit(now)):
            outcome = fault
            rule.injected += 1
    latency = 0.0
    changes: list[Fault] = []
    names: list[str] = []
    for rule, fault, amount in modifiers:
        if fault.action == "latency":
            low, high = fault.seconds
            latency += low + (high - low) * amount
        elif outcome is None or outcome.keeps_body:
            changes.append(fault)
        else:
            continue
        rule.injected += 1
        names.append(fault.name)
    if outcome is not None:
        names.append(outcome.name)
    return Decision(outcome, latency, tuple(changes), tuple(names)) if names else None
