"""`sandbox.faults`: adding rules and removing them."""

from collections.abc import Iterable
from typing import Self

from sunco_async.sandbox._faults.choice import Rule
from sunco_async.sandbox._faults.fault import parse_fault
from sunco_async.sandbox._faults.moving_limit import MovingLimit
from sunco_async.sandbox._faults.route import parse_route
from sunco_async.sandbox._faults.rules import FaultStatistics, RuleSet

__all__ = ["FaultRule", "Faults"]


class FaultRule:
    """A rule that `Faults.add` added. In a `with` statement, the rule is removed at its end.

    Args:
        rules: All rules of the sandbox.
        rule: The rule.
    """

    def __init__(self, rules: RuleSet, rule: Rule) -> None:
        self._rules = rules
        self._rule = rule

    def __repr__(self) -> str:
        return f"<FaultRule {self._rule.text!r} requests={self.requests} injected={self.injected}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()

    @property
    def text(self) -> str:
        """The rule as text."""
        return self._rule.text

    @property
    def requests(self) -> int:
        """How many requests have matched the route."""
        return self._rule.requests

    @property
    def injected(self) -> int:
        """How many of them got a fault of this rule."""
        return self._rule.injected

    def remove(self) -> None:
        """Remove the rule. A rule that was removed already stays removed."""
        with self._rules.lock:
            self._rules.rules[:] = [each for each in self._rules.rules if each is not self._rule]


class Faults:
    """What goes wrong in a sandbox: rules that give faults to requests.

    A route names the requests: the name of an operation (`messages.post`), a pattern of such names
    (`messages.*`), a method and a path (`POST /v2/apps/*/users`; `*` is one segment, `**` any
    number of them), or `*` for all. A fault is a kind, some with a value: `drop`, `429`, `429=2`,
    `500-after`, `latency=0.5-2`; docs/sandbox.md lists them.

    Of several faults for one request, the first rule's is taken. Latency and unknown fields, types
    and values are added to it.

    Args:
        rules: The rules of the sandbox, which makes this object.
    """

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules

    def __repr__(self) -> str:
        return f"<Faults {[rule.text for rule in self._rules.rules]}>"

    @property
    def rules(self) -> list[FaultRule]:
        """The rules in force, in order."""
        with self._rules.lock:
            return [FaultRule(self._rules, rule) for rule in self._rules.rules]

    def add(
        self,
        route: str,
        fault: str | Iterable[str],
        *,
        share: float = 1.0,
        times: int | None = None,
    ) -> FaultRule:
        """Add a rule.

        Args:
            route: The requests it is about.
            fault: The fault, or a script: one fault for each request in order, with `"ok"` for a
                request without one. After its end the script does nothing.
            share: The chance that a request gets the fault, from 0 to 1. A script has none.
            times: The greatest number of faults, by default any number.

        Returns:
            A handle that counts the faults and removes the rule.

        Raises:
            ValueError: The route or the fault is unknown, or a number is out of range.
        """
        parsed_route = parse_route(route, self._rules.operations)
        is_script = not isinstance(fault, str)
        texts = [each.strip() for each in ([fault] if isinstance(fault, str) else fault)]
        script = tuple(parse_fault(text) for text in texts)
        if not script:
            raise ValueError("a script needs at least one fault")
        if not 0 <= share <= 1:
            raise ValueError(f"share must be from 0 to 1, not {share}")
        if is_script and share != 1:
            raise ValueError("a script has no share: write 'ok' for the requests without a fault")
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1, not {times}")
        limits = [each for each in script if each.action == "rate_limit"]
        if limits and (is_script or share != 1):
            raise ValueError("rate-limit is about all requests of a route: no script, no share")
        text = f"{parsed_route.text}:{','.join(texts)}"
        text += f":{share:g}" if share != 1 else ""
        text += f":x{times}" if times is not None else ""
        with self._rules.lock:
            rule = Rule(
                text,
                parsed_route,
                script,
                None if is_script else share,
                times,
                self._rules.new_random(),
                MovingLimit(limits[0].steps) if limits else None,
            )
            self._rules.rules.append(rule)
        return FaultRule(self._rules, rule)

    def add_text(self, text: str) -> FaultRule:
        """Add a rule from its text, as `sunco sandbox --fault` does.

        Args:
            text: `ROUTE:FAULT`, with `:SHARE` (`0.01` or `1%`) or `:xTIMES` behind it if needed.
                Several faults with commas between them are a script.

        Returns:
            A handle that counts the faults and removes the rule.

        Raises:
            ValueError: A part of the text is unknown or missing. The error names it.
        """
        route, colon, rest = text.partition(":")
        parts = rest.split(":")
        if not colon or not route.strip() or not parts[0].strip() or len(parts) > 3:
            raise ValueError(
                f"a fault is ROUTE:FAULT, ROUTE:FAULT:SHARE or ROUTE:FAULT:xTIMES, as in "
                f"messages.post:drop:0.01; got {text!r}"
            )
        share, times = 1.0, None
        for part in parts[1:]:
            if part.strip().lower().startswith("x"):
                times = _times(part.strip())
            else:
                share = _share(part.strip())
        faults = parts[0].split(",")
        return self.add(route, faults[0] if len(faults) == 1 else faults, share=share, times=times)

    def clear(self) -> None:
        """Remove all rules. The statistics stay."""
        with self._rules.lock:
            self._rules.rules.clear()

    def statistics(self) -> FaultStatistics:
        """Return the counts as they are now.

        Returns:
            The counts; they do not change afterwards.
        """
        with self._rules.lock:
            return self._rules.statistics()


def _share(text: str) -> float:
    percent = text.endswith("%")
    try:
        share = float(text.removesuffix("%"))
    except ValueError:
        share = -1.0
    share = share / 100 if percent else share
    if not 0 <= share <= 1:
        raise ValueError(f"a share is from 0 to 1, as in 0.01 or 1%, not {text!r}")
    return share


def _times(text: str) -> int:
    if not (text[1:].isascii() and text[1:].isdigit() and int(text[1:]) > 0):
        raise ValueError(f"the number of faults is written x1, x2 and so on, not {text!r}")
    return int(text[1:])
