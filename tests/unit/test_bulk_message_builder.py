"""Building the message of a row."""

import json

import pytest
from msgspec import UNSET

from sunco_async.bulk._content.content import TextContent
from sunco_async.bulk._content.message_builder import MessageBuilder
from sunco_async.bulk._content.targets import choose_target
from sunco_async.bulk._content.templates import Template
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import Row, open_rows

HELLO = Template.parse("Hi {name}", name="--text")


def build(values, *, target="external_id", text=HELLO, **settings):
    return MessageBuilder(target=target, content=TextContent(text), **settings).build(
        Row("f.csv", 9, values)
    )


@pytest.mark.parametrize(
    ("column", "argument"),
    [
        ("conversation_id", "conversation_id"),
        ("user_id", "user_id"),
        ("external_id", "user_external_id"),
    ],
)
def test_a_row_names_its_target(column, argument):
    built = build({column: " jane ", "name": "Jane"}, target=column)
    assert getattr(built.message, argument) == "jane"
    assert (built.message.content, built.line) == ("Hi Jane", 9)
    assert built.message.metadata is UNSET


def test_key_name_and_metadata_come_from_columns():
    values = {"external_id": 12, "name": " Ann ", "no": 7, "vip": True, "note": None, "ref": "A"}
    built = build(
        values,
        key_column="ref",
        name_column="name",
        metadata_columns=("no", "vip", "ref", "note"),
    )
    assert built.message.key == "A"
    assert built.message.user_external_id == "12"
    assert built.message.metadata == {"no": 7, "vip": True, "ref": "A", "note": ""}
    assert built.name == "Ann"


@pytest.mark.parametrize(
    ("values", "settings", "problem"),
    [
        ({"name": "x"}, {}, "there is no column 'external_id' (there are: name)"),
        ({"external_id": "", "name": "x"}, {}, "the row has no external_id"),
        ({"external_id": "  ", "name": "x"}, {}, "the row has no external_id"),
        ({"external_id": None, "name": "x"}, {}, "the row has no external_id"),
        ({"external_id": True, "name": "x"}, {}, "the row has no external_id"),
        ({"external_id": "..", "name": "x"}, {}, "external_id must not be '..'"),
        ({"external_id": "a"}, {}, "there is no column 'name' (there are: external_id)"),
        ({"external_id": "a", "name": "x", "k": ""}, {"key_column": "k"}, "the row has no k"),
        (
            {"external_id": "a", "name": "x"},
            {"metadata_columns": ("m",)},
            "there is no column 'm' (there are: external_id, name)",
        ),
        (
            {"external_id": "a", "name": "x", "m": "y" * 5000},
            {"metadata_columns": ("m",)},
            "metadata is 5008 bytes as JSON; the API accepts at most 4096",
        ),
        (
            {"external_id": "a", "name": "\ud83d"},
            {},
            "the row holds half of a character (a lone surrogate)",
        ),
        (
            {"external_id": "a", "name": " "},
            {"text": Template.parse("{name}", name="--text")},
            "the text is empty",
        ),
    ],
)
def test_the_error_of_a_row_names_its_line(values, settings, problem):
    with pytest.raises(InputError) as caught:
        build(values, **settings)
    assert str(caught.value) == f"f.csv:9: {problem}"


def target_of(tmp_path, values, asked=None):
    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps(values) + "\n" if values is not None else "")
    with open_rows(path) as rows:
        return choose_target(rows, asked)


def test_the_only_column_that_can_name_the_target_is_used(tmp_path):
    assert target_of(tmp_path, {"a": 1, "user_id": "u"}) == "user_id"
    both = {"conversation_id": "c", "external_id": "e"}
    assert target_of(tmp_path, both, "external_id") == "external_id"
    with pytest.raises(
        InputError, match=r"conversation_id and external_id are columns.* target='conversation_id'"
    ):
        target_of(tmp_path, both)
    with pytest.raises(InputError, match=r"external_id; there are: name$"):
        target_of(tmp_path, {"name": "x"})


def test_a_file_without_rows_needs_no_target(tmp_path):
    assert target_of(tmp_path, None) == "conversation_id"
