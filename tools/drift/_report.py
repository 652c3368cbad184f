"""Printing findings as text and as JSON."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from drift._findings import Finding

__all__ = ["as_json", "as_text"]

_SIGNS = {"new": "+", "gone": "-", "changed": "~"}
_HEADINGS = {
    "snapshot": "{now} against {was}: + new, - gone, ~ changed",
    "package": "the package against {now}: + only in the file, - only in the package, ~ different",
}


def as_text(findings: Sequence[Finding], was: str, now: str) -> str:
    """Return the findings in groups, one per line, and their count; empty if there are none."""
    return "".join(f"{line}\n" for line in _lines(findings, was, now)) if findings else ""


def _lines(findings: Sequence[Finding], was: str, now: str) -> Iterator[str]:
    for side, heading in _HEADINGS.items():
        of_side = [finding for finding in findings if finding.side == side]
        if not of_side:
            continue
        yield heading.format(was=was, now=now)
        for group, members in groupby(sorted(of_side, key=_order), key=_group):
            yield ""
            yield f"  {group}"
            yield from (f"    {_line(finding)}" for finding in members)
        yield ""
    counts = {change: sum(f.change == change for f in findings) for change in _SIGNS}
    yield ", ".join(f"{count} {change}" for change, count in counts.items() if count)


def _group(finding: Finding) -> str:
    return finding.place.split(".", 1)[0]


def _order(finding: Finding) -> tuple[str, str, str, str]:
    return _group(finding), finding.place, finding.kind, str(finding)


def _line(finding: Finding) -> str:
    return f"{_SIGNS[finding.change]} {finding.place}  {_what(finding)}".rstrip()


def _what(finding: Finding) -> str:
    if finding.change == "changed":
        return f"{finding.kind}: {_value(finding.was)} → {_value(finding.now)}"
    value = finding.now if finding.change == "new" else finding.was
    return _facts(value) if isinstance(value, dict) else f"{finding.kind} {_value(value)}"


def _facts(facts: dict[str, object]) -> str:
    return ", ".join(
        key if value is True else f"{key} {_value(value)}" for key, value in facts.items()
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " | ".join(map(_value, value))
    return value if isinstance(value, str) else json.dumps(value, default=str)


def as_json(findings: Sequence[Finding], was: str, now: str) -> str:
    """Return the same findings as one JSON object."""
    report = {"was": was, "now": now, "findings": [finding._asdict() for finding in findings]}
    return json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n"
