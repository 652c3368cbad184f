"""The pattern of the constructs of the shorthand."""

import re

__all__ = ["CONSTRUCT"]

# No grammar is published, so this pattern accepts more than the documented forms do.
CONSTRUCT = re.compile(
    r"[%!]\[[^\[\]]*\]\([^()]*\)"
    r"|%\(\(.*?\)\)%"
    r"|%\{\{.*?\}\}%"
    r"|&\(\(.*?\)\)&",
    re.DOTALL,
)
