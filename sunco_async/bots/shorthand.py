"""The shorthand that the API reads out of any text: buttons, images and templates.

| written in a text | what the API makes of it |
|---|---|
| `%[Label](https://…)` | a link button |
| `%[Label](postback:PAYLOAD)` | a postback button |
| `%[Label](reply:PAYLOAD)` | a reply button |
| `![](https://…/image.png)` | an image |
| `%((template:NAME))%`, `%{{template:NAME}}%` | a stored template |
| `&((namespace=[[…]] template=[[…]] …))&` | a WhatsApp template, which costs money |

Text that comes from a user or a language model can hold shorthand too. `neutralise` it before it is
sent:

    await context.reply(shorthand.neutralise(text_of_a_model))
"""

import re

from sunco_async.bots._constructs import CONSTRUCT

__all__ = ["contains", "neutralise"]

_OPENING = re.compile(r"(?<=[%!])(?=\[)|(?<=[%&])(?=\(\()|(?<=%)(?=\{\{)")

_BREAK = "\u200b"
"""A zero-width space. It separates the two characters that begin a construct."""


def contains(text: str) -> bool:
    """Return whether a text holds shorthand.

    Args:
        text: The text.

    Returns:
        Whether there is at least one complete construct. Forms that differ a little from the
        documented ones count too.
    """
    return CONSTRUCT.search(text) is not None


def neutralise(text: str) -> str:
    """Return a text that reads the same, and that the API sends as plain text.

    A zero-width space is put into every beginning of a construct (`%[`, `![`, `%((`, `%{{` and
    `&((`), also where the construct is not complete. Neutralise the whole text that is sent:
    a construct could arise where two neutralised parts are joined.

    Args:
        text: The text of a user or a language model.

    Returns:
        The text without shorthand. A text without beginnings of constructs is returned unchanged.
    """
    return _OPENING.sub(_BREAK, text)
