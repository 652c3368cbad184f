"""Markdown to HTML, and HTML to plain text, as far as chat messages use them.

Covers paragraphs, headings, lists, fenced and inline code, bold, italics and links. How exactly the
platform converts is not documented.
"""

import html
import re
from html.parser import HTMLParser

_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<!\w)([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_BULLET = re.compile(r"[-*+]\s+(\S.*)")
_NUMBER = re.compile(r"\d+[.)]\s+(\S.*)")
_BLOCK_TAGS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
)


def markdown_to_html(markdown: str) -> str:
    """Return `markdown` as HTML; HTML in it is shown, not passed on."""
    blocks: list[str] = []
    paragraph: list[str] = []
    items: list[str] = []
    list_tag = ""
    code: list[str] | None = None

    def close() -> None:
        if paragraph:
            blocks.append(f"<p>{'<br>'.join(paragraph)}</p>")
            paragraph.clear()
        if items:
            entries = "".join(f"<li>{item}</li>" for item in items)
            blocks.append(f"<{list_tag}>{entries}</{list_tag}>")
            items.clear()

    for line in markdown.splitlines():
        text = line.strip()
        if text.startswith("```"):
            if code is None:
                close()
                code = []
            else:
                blocks.append(_code_block(code))
                code = None
        elif code is not None:
            code.append(line)
        elif not text:
            close()
        elif heading := _HEADING.fullmatch(text):
            close()
            level = len(heading[1])
            blocks.append(f"<h{level}>{_inline(heading[2])}</h{level}>")
        elif entry := _BULLET.fullmatch(text) or _NUMBER.fullmatch(text):
            tag = "ol" if text[0].isdigit() else "ul"
            if paragraph or tag != list_tag:
                close()
            list_tag = tag
            items.append(_inline(entry[1]))
        else:
            if items:
                close()
            paragraph.append(_inline(text))
    if code is not None:
        blocks.append(_code_block(code))
    close()
    return "".join(blocks)


def html_to_text(markup: str) -> str:
    """Return the text of `markup`, a line for each block of it."""
    collector = _TextCollector()
    collector.feed(markup)
    collector.close()
    lines = (" ".join(line.split()) for line in "".join(collector.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature is HTMLParser's
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _code_block(lines: list[str]) -> str:
    return f"<pre><code>{html.escape(chr(10).join(lines), quote=False)}</code></pre>"


def _inline(text: str) -> str:
    # Code is cut out first: nothing inside it is markup.
    parts = _CODE.split(text)
    return "".join(
        f"<code>{html.escape(part, quote=False)}</code>" if index % 2 else _emphasis(part)
        for index, part in enumerate(parts)
    )


def _emphasis(text: str) -> str:
    # Links are cut out as well: an underscore in a URL is no emphasis. The split yields text,
    # label, URL, text, and so on.
    parts = _LINK.split(text)
    out: list[str] = []
    for index in range(0, len(parts), 3):
        out.append(_mark(parts[index]))
        if index + 2 < len(parts):
            target = html.escape(parts[index + 2])
            out.append(f'<a href="{target}">{_mark(parts[index + 1])}</a>')
    return "".join(out)


def _mark(text: str) -> str:
    escaped = html.escape(text, quote=False)
    bold = _BOLD.sub(r"<strong>\2</strong>", escaped)
    return _ITALIC.sub(r"<em>\2</em>", bold)
