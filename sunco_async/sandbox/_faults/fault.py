"""The kinds of faults, and reading one from its text, such as `drop` or `latency=0.5`."""

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

__all__ = ["KINDS", "Fault", "Step", "parse_fault"]

Action = Literal[
    "none",
    "latency",
    "status",
    "html",
    "close",
    "reset",
    "close_in_body",
    "reset_in_body",
    "stale",
    "hang",
    "slow_body",
    "half_json",
    "unknown_fields",
    "unknown_types",
    "unknown_enums",
    "rate_limit",
]
Value = Literal["none", "seconds", "html_status", "retry_after", "steps", "total"]

_NOT_APPLIED = frozenset({"close-before", "html", "rate-limit", "reset-before"})
_LOST = frozenset({"close", "reset", "hang"})
_MODIFIERS = frozenset({"latency", "unknown_fields", "unknown_types", "unknown_enums"})
_REPLACED = frozenset({"status", "html", "rate_limit"})

KINDS: dict[str, tuple[Action, Value]] = {
    "ok": ("none", "none"),
    "latency": ("latency", "seconds"),
    "drop": ("close", "none"),
    "close-before": ("close", "none"),
    "close-in-body": ("close_in_body", "none"),
    "reset-before": ("reset", "none"),
    "reset-after": ("reset", "none"),
    "reset-in-body": ("reset_in_body", "none"),
    "stale": ("stale", "none"),
    "hang": ("hang", "none"),
    "html": ("html", "html_status"),
    "html-after": ("html", "html_status"),
    "slow-body": ("slow_body", "total"),
    "half-json": ("half_json", "none"),
    "unknown-fields": ("unknown_fields", "none"),
    "unknown-types": ("unknown_types", "none"),
    "unknown-enums": ("unknown_enums", "none"),
    "rate-limit": ("rate_limit", "steps"),
}
"""The named kinds, with the action of each and what its value is; an HTTP status is a kind too."""

_STATUS = re.compile(r"[0-9]{3}(-after)?")
_SECONDS = re.compile(r"(?P<low>[0-9.]+)(?:-(?P<high>[0-9.]+))?")


@dataclass(frozen=True, slots=True)
class Step:
    """A rate limit in requests per second, and for how many seconds it applies."""

    rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with a request.

    Attributes:
        name: The kind, without its value.
        action: What is done.
        applied: Whether the request takes effect.
        status: The status of a response that replaces the sandbox's own.
        retry_after: Its `Retry-After` header.
        seconds: The shortest and the longest duration.
        steps: The rate limits, one after the other.
    """

    name: str
    action: Action
    applied: bool = True
    status: int = 0
    retry_after: str | None = None
    seconds: tuple[float, float] = (0.0, 0.0)
    steps: tuple[Step, ...] = ()

    @property
    def is_modifier(self) -> bool:
        """Whether it combines with other faults of one request."""
        return self.action in _MODIFIERS

    @property
    def is_lost(self) -> bool:
        """Whether no byte of a response is sent."""
        return self.action in _LOST

    @property
    def keeps_body(self) -> bool:
        """Whether the body of the sandbox's own response is sent, at least a part of it."""
        return not self.is_lost and self.action not in _REPLACED


def parse_fault(text: str) -> Fault:
    """Read a fault: a kind, or a kind with a value after an equals sign.

    Raises:
        ValueError: The kind is unknown, or its value is missing, wrong or not expected.
    """
    name, equals, value = text.strip().partition("=")
    if _STATUS.fullmatch(name):
        return _status_fault(name, value if equals else None)
    if name not in KINDS:
        raise ValueError(_unknown(name))
    action, kind = KINDS[name]
    applied = name not in _NOT_APPLIED
    if kind == "none" and equals:
        raise ValueError(f"the fault {name!r} takes no value, but has {value!r}")
    if kind == "seconds":
        return Fault(name, action, seconds=_seconds(name, value, "latency=0.5 or latency=0.5-2"))
    if kind == "total":
        low, high = _seconds(name, value, "slow-body=2") if equals else (1.0, 1.0)
        return Fault(name, action, seconds=(low, high))
    if kind == "steps":
        return Fault(name, action, applied, status=429, steps=_steps(value))
    if kind == "html_status":
        return Fault(name, action, applied, status=_html_status(name, value) if equals else 200)
    return Fault(name, action, applied)


def _status_fault(name: str, retry_after: str | None) -> Fault:
    status = int(name[:3])
    if not 400 <= status <= 599:
        raise ValueError(f"a status as a fault is from 400 to 599, not {status}")
    if retry_after is not None and not (retry_after.isascii() and retry_after.isprintable()):
        raise ValueError(f"Retry-After must be printable ASCII, not {retry_after!r}")
    return Fault(
        name, "status", name.endswith("-after"), status=status, retry_after=retry_after or None
    )


def _unknown(name: str) -> str:
    text = f"unknown fault {name[:60]!r}"
    close = get_close_matches(name, KINDS, n=1)
    if close:
        return f"{text}; did you mean {close[0]!r}?"
    return f"{text}; the faults are an HTTP status (429, 429=2, 500-after) and {', '.join(KINDS)}"


def _seconds(name: str, value: str, example: str) -> tuple[float, float]:
    found = _SECONDS.fullmatch(value)
    try:
        low = float(found["low"]) if found else -1.0
        high = float(found["high"]) if found and found["high"] else low
    except ValueError:
        low = high = -1.0
    if not 0 <= low <= high < math.inf:
        raise ValueError(f"the fault {name!r} takes seconds, as in {example}; got {value!r}")
    return low, high


def _html_status(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 200 <= int(value) <= 599):
        raise ValueError(f"the fault {name!r} takes a status, as in {name}=502; got {value!r}")
    return int(value)


def _steps(value: str) -> tuple[Step, ...]:
    problem = ValueError(
        "the fault 'rate-limit' takes requests per second, or a schedule as in "
        f"rate-limit=50@30/20@60 (50/s for 30 s, then 20/s for 60 s, and so on); got {value!r}"
    )
    parts = value.split("/")
    steps: list[Step] = []
    for part in parts:
        rate, at, seconds = part.partition("@")
        if bool(at) is (len(parts) == 1):
            raise problem
        try:
            step = Step(float(rate), float(seconds) if at else math.inf)
        except ValueError:
            raise problem from None
        if not (0 < step.rate < math.inf and step.seconds >= 0.1) or (
            at and math.isinf(step.seconds)
        ):
            raise problem
        steps.append(step)
    return tuple(steps)
