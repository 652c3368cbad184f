"""Texts of a bot: shorthand in what it relays, long replies, and what users write or choose."""

import re

import pytest

from sunco_async.bots import incoming_text, shorthand, split_text
from sunco_async.sandbox._content.shorthand import Part, parse_shorthand
from sunco_async.webhooks import Event, UnknownEvent, WebhookPayload

CONSTRUCTS = [
    "%[Buy](https://example.com/buy)",
    "%[Buy](postback:BUY)",
    "%[Yes](reply:YES)",
    "![](https://example.com/cat.png)",
    "![a cat](https://example.com/cat.png)",
    "%((template:welcome))%",
    "%{{template:welcome}}%",
    "&((namespace=[[n]] template=[[t]] fallback=[[f]] language=[[en]] body_text=[[b]]))&",
    "&((template=[[t]]\nfallback=[[f]]))&",
]


@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize("text", ["{}", "before {} after", "50%{}", "!{}", "a\n{}\nb"])
def test_shorthand_is_found_and_neutralised(construct, text):
    text = text.format(construct)
    assert shorthand.contains(text)
    harmless = shorthand.neutralise(text)
    assert not shorthand.contains(harmless)
    assert parse_shorthand(harmless) == [Part(text=harmless.strip())]
    assert parse_shorthand(text) != [Part(text=text.strip())]
    assert harmless.replace("\u200b", "") == text
    assert shorthand.neutralise(harmless) == harmless


@pytest.mark.parametrize(
    "text",
    ["", "hi", "50% off (today)", "a[0](b)", "wow! [link](https://e.com)", "f((x))", "{{name}}"],
)
def test_a_text_without_shorthand_is_unchanged(text):
    assert not shorthand.contains(text)
    assert shorthand.neutralise(text) == text


@pytest.mark.parametrize(
    ("first", "second"),
    [("%[Buy]", "(reply:BUY)"), ("%((template:", "x))%"), ("![", "](https://e)")],
)
def test_an_incomplete_construct_is_neutralised_too(first, second):
    assert not shorthand.contains(shorthand.neutralise(first) + shorthand.neutralise(second))


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 5, [""]),
        ("short", 5, ["short"]),
        ("One two. Three four.", 12, ["One two.", "Three four."]),
        ("One two! Three four. Five", 21, ["One two! Three four.", "Five"]),
        ('He said "no." Then left.', 16, ['He said "no."', "Then left."]),
        ("A first part.\n\nIt is. Two.", 22, ["A first part.", "It is. Two."]),
        ("one two three", 8, ["one two", "three"]),
        ("one\ntwo three", 8, ["one\ntwo", "three"]),
        ("version 1.25 is out", 12, ["version 1.25", "is out"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("\u4f60\u597d\u3002\u518d\u89c1\u3002", 4, ["\u4f60\u597d\u3002", "\u518d\u89c1\u3002"]),
        ("abce\u0301fgh", 4, ["abc", "e\u0301fg", "h"]),
        ("ab\U0001f468\u200d\U0001f469cd", 4, ["ab", "\U0001f468\u200d\U0001f469c", "d"]),
        ("see it %[Buy now](reply:B) ok", 20, ["see it", "%[Buy now](reply:B)", "ok"]),
        ("    abc    ", 5, ["abc"]),
        ("          ", 5, ["     "]),
    ],
)
def test_split_text(text, limit, parts):
    assert split_text(text, limit) == parts
    assert all(len(part) <= limit for part in parts)


@pytest.mark.parametrize("limit", [1, 2, 7, 100, 4096])
def test_splitting_loses_nothing_but_blanks(limit):
    text = "Hi there. %[Buy](reply:B) is it? \u00e9e\u0301 " * 400
    parts = split_text(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "limit", "error"), [(b"x", 5, TypeError), (None, 5, TypeError), ("x", 0, ValueError)]
)
def test_split_text_refuses(text, limit, error):
    with pytest.raises(error):
        split_text(text, limit)


def read(kind: str, **payload) -> Event:
    event = {"id": "e1", "type": kind, "payload": {"conversation": {"id": "c1"}} | payload}
    return WebhookPayload.from_dict({"events": [event]}).events[0]


def message(content: object) -> Event:
    author = {"type": "user", "user": {"id": "u1"}}
    return read("conversation:message", message={"id": "m", "author": author, "content": content})


FORM = [
    {"type": "text", "name": "n", "label": "Name", "text": "Jane"},
    {"type": "email", "name": "e", "label": "Mail", "email": "j@example.com"},
    {"type": "select", "name": "s", "label": "Size", "select": [{"name": "m", "label": "M"}]},
    {"type": "select", "name": "s", "label": "Sizes", "select": [{"name": "m"}, {"name": "l"}]},
]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (message({"type": "text", "text": "hi"}), "hi"),
        (message({"type": "text", "text": "Yes", "payload": "YES"}), "YES"),
        (message({"type": "text"}), ""),
        (message({"type": "text", "text": 5}), ""),
        (message({"type": "image", "mediaUrl": "https://e.com/a.png", "text": "look"}), "look"),
        (message({"type": "file", "mediaUrl": "https://e.com/a.pdf"}), ""),
        (
            message({"type": "formResponse", "fields": FORM}),
            "Name: Jane\nMail: j@example.com\nSize: M\nSizes: m, l",
        ),
        (message({"type": "formResponse", "fields": [], "textFallback": "Name: J"}), "Name: J"),
        (message({"type": "formResponse", "fields": 5}), ""),
        (message({"type": "hologram", "text": "hi"}), ""),
        (message(None), ""),
        (read("conversation:postback", postback={"payload": "BUY"}, user={"id": "u"}), "BUY"),
        (read("conversation:postback", postback={}, user={"id": "u"}), ""),
        (read("conversation:join", user={"id": "u"}), ""),
        (UnknownEvent({"type": "new:event", "payload": {"text": "hi"}}), ""),
    ],
)
def test_incoming_text(event, text):
    assert incoming_text(event) == text
