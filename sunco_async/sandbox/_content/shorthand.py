"""The text shorthand: buttons, an image and templates written into a text.

- `%[Label](https://…)`, `%[Label](postback:PAYLOAD)` and `%[Label](reply:PAYLOAD)` are buttons.
- `![](https://…/image.png)` makes the message an image, with the rest as its text.
- `%((template:NAME))%` and `%{{template:NAME}}%` send a stored template.
- `&((namespace=[[…]] template=[[…]] fallback=[[…]] language=[[…]] body_text=[[…]]))&` sends a
  WhatsApp template.

It is read out of any text that is sent. A template becomes a message of its own, after the text
that leads to it, so one post can make several messages. The syntax is documented outside the
OpenAPI file, and no grammar is published: what does not match exactly stays text.
"""

import re
from dataclasses import dataclass, field

from sunco_async.sandbox._content.types import Action, Link, Postback, Reply

_BUTTON = re.compile(r"%\[([^\[\]\n]+)\]\(([^()\s]+)\)")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\((https?://[^()\s]+)\)")
_TEMPLATE = re.compile(
    r"%\(\(template:(?P<round>[^()\s]+)\)\)%"
    r"|%\{\{template:(?P<curly>[^{}\s]+)\}\}%"
    r"|&\(\((?P<fields>(?:[^()]|\((?!\()|\)(?!\)&))*)\)\)&"
)
_FIELD = re.compile(r"(\w+)=\[\[(.*?)\]\]", re.DOTALL)


@dataclass(slots=True)
class Part:
    """What one message is made of: text with buttons and an image, or a template."""

    text: str = ""
    actions: list[Action] = field(default_factory=list)
    image_url: str | None = None
    template_name: str | None = None
    whatsapp_template: dict[str, object] | None = None


def has_shorthand(text: str) -> bool:
    """Tell whether a text can hold shorthand at all; most do not."""
    return "](" in text or "((" in text or "{{" in text


def parse_shorthand(text: str) -> list[Part]:
    """Return the messages that a text makes: one, or more with templates in it."""
    parts: list[Part] = []
    start = 0
    for found in _TEMPLATE.finditer(text):
        template = _template(found)
        if template is None:
            continue
        _append_text(parts, text[start : found.start()])
        parts.append(template)
        start = found.end()
    _append_text(parts, text[start:])
    return parts or [Part(text)]


def _template(found: re.Match[str]) -> Part | None:
    name = found["round"] or found["curly"]
    if name is not None:
        return Part(template_name=name)
    values: dict[str, list[str]] = {}
    for key, value in _FIELD.findall(found["fields"]):
        values.setdefault(key, []).append(value)
    if not values.get("template"):
        return None
    template: dict[str, object] = {
        "name": values["template"][0],
        "language": {"policy": "deterministic", "code": values.get("language", ["en"])[0]},
    }
    if values.get("namespace"):
        template["namespace"] = values["namespace"][0]
    if values.get("fallback"):
        template["fallback"] = values["fallback"][0]
    components = [
        {"type": kind, "parameters": [{"type": "text", "text": each} for each in values[key]]}
        for kind, key in (("header", "header_text"), ("body", "body_text"))
        if key in values
    ]
    if components:
        template["components"] = components
    return Part(whatsapp_template=template)


def _append_text(parts: list[Part], text: str) -> None:
    part = Part()

    def button(found: re.Match[str]) -> str:
        label, target = found[1], found[2]
        kind, _, payload = target.partition(":")
        if kind == "postback" and payload:
            part.actions.append(Postback(text=label, payload=payload))
        elif kind == "reply" and payload:
            part.actions.append(Reply(text=label, payload=payload))
        elif payload:
            part.actions.append(Link(text=label, uri=target))
        else:
            return found[0]
        return ""

    def image(found: re.Match[str]) -> str:
        if part.image_url is not None:
            return found[0]
        part.image_url = found[1]
        return ""

    part.text = _IMAGE.sub(image, _BUTTON.sub(button, text)).strip()
    if part.text or part.actions or part.image_url:
        parts.append(part)
