"""The content of a row's message: texts, images, any content, WhatsApp, overrides, notifications."""

import json

import pytest
from msgspec import UNSET

from sunco_async.bulk import Outgoing, OutgoingNotification
from sunco_async.bulk._content.content import (
    ContentColumn,
    ImageColumn,
    Schema,
    TextContent,
)
from sunco_async.bulk._content.content_template import read_content_template
from sunco_async.bulk._content.message_builder import MessageBuilder
from sunco_async.bulk._content.templates import Template
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.row import Row

HELLO = Template.parse("Hi {name}", name="--text")
WHATSAPP = Schema("whatsapp")


def build(values, content, *, target="external_id", **settings):
    builder = MessageBuilder(target=target, content=content, **settings)
    return builder.build(Row("f.csv", 9, {"external_id": "jane", "name": "Jane", **values})).message


def problem_of(values, content, **settings):
    with pytest.raises(InputError) as caught:
        build(values, content, **settings)
    return str(caught.value).removeprefix("f.csv:9: ")


COLUMN = ContentColumn("content")
CARD = {
    "type": "carousel",
    "items": [
        {
            "title": "A",
            "actions": [{"type": "link", "text": "Go", "uri": "https://example.org"}],
        }
    ],
}


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (CARD, CARD),
        (json.dumps(CARD), CARD),
        (f"  {json.dumps(CARD)}\n", CARD),
        ("Hello", "Hello"),
        ({"type": "text", "text": "Hello"}, {"type": "text", "text": "Hello"}),
        (
            {"type": "image", "mediaUrl": "https://x/a.png", "newField": 1},
            {"type": "image", "mediaUrl": "https://x/a.png", "newField": 1},
        ),
        (
            {"type": "form", "fields": [{"type": "text", "name": "a", "label": "b"}]},
            {"type": "form", "fields": [{"type": "text", "name": "a", "label": "b"}]},
        ),
    ],
)
def test_a_column_can_hold_any_content(value, content):
    message = build({"content": value}, COLUMN)
    assert isinstance(message, Outgoing)
    assert message.content == content
    assert message.schema is UNSET


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "the row has no content"),
        (None, "the row has no content"),
        ({}, "the row has no content"),
        ([1], "column 'content' holds neither an object nor a text"),
        ('{"type": ', "column 'content' is not JSON: Expecting value"),
        (
            {"type": "imagee"},
            (
                "column 'content' holds content of the type 'imagee'; the API has: text, image, file, "
                "carousel, list, location, form, template"
            ),
        ),
        ({"text": "Hi"}, "column 'content' holds content of the type None; the API has: "),
        (
            {"type": "image"},
            "column 'content': Object missing required field `mediaUrl`",
        ),
        (
            {"type": "text", "text": 5},
            "column 'content': Expected `str | null`, got `int` - at `$.text`",
        ),
        (
            {"type": "carousel", "items": [{"title": "A", "actions": [{"type": "link"}]}]},
            "column 'content': Object missing required field `uri` - at `$.items[0].actions[0]`",
        ),
        ({"type": "carousel", "items": []}, "column 'content': CarouselMessage: items is 0 items"),
        (
            {"type": "text", "text": "x" * 4097},
            "column 'content': TextMessage: text is 4097 characters; the API accepts at most 4096",
        ),
        (
            {"type": "image", "mediaUrl": "https://x/" + "a" * 110_000},
            "the body is 110081 bytes as JSON; the API accepts at most 102400",
        ),
        (
            {"type": "text", "text": "%[Buy](reply:x)"},
            "column 'content' contains '%[', which the API reads as shorthand",
        ),
        ("%[Buy](reply:x)", "column 'content' contains '%[', which the API reads as shorthand"),
    ],
)
def test_content_that_the_api_would_refuse_is_an_error_of_its_row(value, problem):
    assert problem_of({"content": value}, COLUMN).startswith(problem)


def test_shorthand_is_sent_on_demand():
    column = ContentColumn("content", allow_shorthand=True)
    assert build({"content": "%[Buy](reply:x)"}, column).content == "%[Buy](reply:x)"


@pytest.mark.parametrize(
    ("url", "text", "content"),
    [
        ("https://x/a.png", None, {"type": "image", "mediaUrl": "https://x/a.png"}),
        (
            " https://x/a.png ",
            HELLO,
            {"type": "image", "mediaUrl": "https://x/a.png", "text": "Hi Jane"},
        ),
        ("", HELLO, "Hi Jane"),
    ],
)
def test_an_image_has_the_text_below_it(url, text, content):
    assert build({"image": url}, ImageColumn("image", text)).content == content


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "the row has no image"),
        ("a.png", "column 'image' holds no URL of an image: 'a.png'"),
        ("file:///etc/passwd", "column 'image' holds no URL of an image"),
        ("https://", "column 'image' holds no URL of an image"),
        ("https://x/a b.png", "column 'image' holds no URL of an image"),
    ],
)
def test_an_image_needs_a_url(url, problem):
    assert problem_of({"image": url}, ImageColumn("image")).startswith(problem)


TEMPLATE = {
    "type": "template",
    "template": {
        "name": "order_ready",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "{name}"}]}],
    },
}


def test_a_content_file_is_a_template_whose_values_stay_data(tmp_path):
    path = tmp_path / "c.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8-sig")
    content = read_content_template(path, schema=WHATSAPP)
    message = build({"name": '"}], [[%[x](y)'}, content, schema=WHATSAPP)
    assert message.schema == "whatsapp"
    [component] = message.content["template"]["components"]
    assert component["parameters"] == [{"type": "text", "text": '"}], [[%[x](y)'}]
    assert message.content["template"]["name"] == "order_ready"


def test_a_content_file_in_the_apis_own_form_is_checked(tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"type": "text", "text": "Hi {name}"}')
    content = read_content_template(path)
    assert build({}, content).content == {"type": "text", "text": "Hi Jane"}
    assert "is 4099 characters" in problem_of({"name": "x" * 4096}, content)
    assert "shorthand" in problem_of({"name": "%[x](y)"}, content)
    with pytest.raises(InputError, match="there is no column 'name'"):
        content.build(Row("f.csv", 9, {}))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1]", "c.json: the content must be a JSON object"),
        ("{", "c.json: this is not JSON: "),
        ('{"text": "Hi {name.x}"}', "c.json: braces hold the name of a column"),
        (None, "c.json: No such file or directory"),
    ],
)
def test_a_content_file_that_cannot_be_used_is_named(tmp_path, monkeypatch, text, problem):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("c.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_content_template(Path("c.json"))
    assert str(caught.value).startswith(problem)


def test_a_row_can_name_its_form():
    schema = Schema(None, "schema")
    content = ContentColumn("content", schema)
    message = build({"content": TEMPLATE, "schema": "whatsapp"}, content, schema=schema)
    assert (message.schema, message.content) == ("whatsapp", TEMPLATE)
    message = build({"content": CARD, "schema": ""}, content, schema=schema)
    assert message.schema is UNSET
    assert problem_of({"content": CARD, "schema": "sms"}, content, schema=schema) == (
        "column 'schema' must be 'whatsapp' or empty, not 'sms'"
    )
    assert "holds a text, not an object" in problem_of(
        {"content": "Hi", "schema": "whatsapp"}, content, schema=schema
    )


def test_override_and_destination_are_columns():
    override = {"whatsapp": {"payload": {"type": "text"}}}
    values = {"override": override, "destination": '{"integrationType": "whatsapp"}'}
    settings = {"override_column": "override", "destination_column": "destination"}
    message = build(values, TextContent(HELLO), **settings)
    assert message.override == override
    assert message.destination == {"integrationType": "whatsapp"}
    empty = build({"override": "", "destination": None}, TextContent(HELLO), **settings)
    assert (empty.override, empty.destination) == (UNSET, UNSET)
    assert problem_of({"override": "x"}, TextContent(HELLO), **settings).startswith(
        "column 'override' is not JSON"
    )
    assert problem_of({"override": "[]"}, TextContent(HELLO), **settings) == (
        "column 'override' holds no JSON object"
    )


def test_an_integration_is_the_destination_of_all_rows():
    message = build({}, TextContent(HELLO), integration_id="int1")
    assert message.destination == {"integrationId": "int1"}


def notify(values, content=None, **settings):
    content = content or TextContent(HELLO)
    return build(values, content, target="phone", integration_id="int1", **settings)


@pytest.mark.parametrize(
    "phone",
    ["+15145550123", "+1 (514) 555-0123", "0015145550123", " +1.514.555.0123 ", "+1/514/5550123"],
)
def test_a_phone_number_gets_a_notification(phone):
    item = notify({"phone": phone})
    assert isinstance(item, OutgoingNotification)
    assert item.destination == {"integrationId": "int1", "destinationId": "+15145550123"}
    assert item.message == {"type": "text", "text": "Hi Jane"}
    assert (item.message_schema, item.override) == (UNSET, UNSET)
    assert len(item.key) == 32


def test_a_notification_can_be_a_template_of_whatsapp():
    item = notify(
        {"phone": "+15145550123", "content": TEMPLATE, "ref": "k"},
        ContentColumn("content", WHATSAPP),
        schema=WHATSAPP,
        key_column="ref",
    )
    assert (item.key, item.message, item.message_schema) == ("k", TEMPLATE, "whatsapp")


@pytest.mark.parametrize(
    "phone", ["5145550123", "15145550123", "1.51E+10", "+0151234567", "+1", "+1514555O123", "+"]
)
def test_a_number_without_its_country_code_is_refused(phone):
    assert problem_of(
        {"phone": phone}, TextContent(HELLO), target="phone", integration_id="int1"
    ).startswith(
        f"phone {phone!r} is not a phone number with its country code, such as +15145550123; "
    )
    item = notify({"phone": phone}, allow_odd_ids=True)
    assert item.destination["destinationId"] == phone


def test_half_a_character_anywhere_in_the_row_is_an_error():
    assert problem_of({"other": "\ud83d"}, TextContent(HELLO)) == (
        "the row holds half of a character (a lone surrogate)"
    )
