"""The facts that only descriptions state: limits, status codes, webhook triggers.

Descriptions are not compared as a whole, because their wording changes without a change of meaning.
Only these parts are extracted: a number with a unit or a word of limitation (`30,000 messages`,
`100kb`, `limited to 4KB`, `maximum of 10 keys`), and the rows of two lists on which the package
relies: the triggers, and the status codes that stop a delivery. Limits in other words are missed.
"""

import re
from typing import Any

from drift._file import Node, objects

__all__ = ["figures", "triggers"]

_NUMBER = r"(?<![\d.,])\d+(?:,\d{3})*(?![\d,]|\.\d)"  # whole numbers, not versions
_UNIT = (
    r"[kmg]b|bytes?|characters?|messages?|pixels|keys|webhooks|apps|(?:switchboard )?integrations|"
    r"switchboards?|participants?|items?|users?|seconds?|minutes?|hours?|days?|times|requests?"
)
_LIMITING = (
    r"limited to|limit of|limit is|fixed at|(?:maximum|minimum|length) of|up to|at least|at most|"
    r"exceeds?|(?:more|less|longer|shorter|larger|smaller|fewer) than|equal to|exactly"
)
_FIGURE = re.compile(
    rf"(?P<limiting>\b(?:{_LIMITING})\s+)?(?P<number>{_NUMBER})(?P<unit>\s*(?:{_UNIT})\b)?",
    re.IGNORECASE,
)
_STATUS = re.compile(r"^\s*[-*]\s*`?(\d{3})`?:", re.MULTILINE)
_TRIGGER = re.compile(r"^\|\s*`?([a-z]+(?::[A-Za-z]+)+)`?\s*\|", re.MULTILINE)
# Code, links and tags contain examples, not limits.
_NOISE = re.compile(r"```.*?```|`[^`]*`|<[^>]*>|\]\([^)]*\)|https?://\S+", re.DOTALL)


def figures(node: Node) -> list[str]:
    """Return the limits and status codes in the description of a node, sorted."""
    description = node.get("description")
    if not isinstance(description, str):
        return []
    text = " ".join(_NOISE.sub(" ", description).split())
    found = {
        " ".join([match["number"], *(match["unit"] or "").split()]).lower()
        for match in _FIGURE.finditer(text)
        if match["limiting"] or match["unit"]
    }
    return sorted(found | {f"status {code}" for code in _STATUS.findall(description)})


def triggers(content: Node) -> set[str]:
    """Return the webhook triggers in the tables of the file's tags."""
    texts: list[Any] = [tag.get("description") for tag in objects(content, "tags")]
    return {name for text in texts if isinstance(text, str) for name in _TRIGGER.findall(text)}
