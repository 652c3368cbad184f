"""Checking all rows of a file: bad ones, duplicates, keys and counts."""

import json

import pytest

from sunco_async.bulk._content.content import TextContent
from sunco_async.bulk._content.message_builder import MessageBuilder
from sunco_async.bulk._content.row_messages import RowMessages
from sunco_async.bulk._content.templates import Template
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import open_rows

HELLO = TextContent(Template.parse("Hi {name}", name="--text"))


def checked(path, content, *, duplicates="refuse", keys=False, **settings):
    """Return what the check has found, and the lines and keys of the messages to send."""
    path.write_text(content, encoding="utf-8")
    settings.setdefault("key_column", None)
    builder = MessageBuilder(target="external_id", content=HELLO, **settings)
    with open_rows(path) as rows:
        messages = RowMessages(rows, builder, duplicates=duplicates)
        found = messages.check()
        both = [
            [(each.line, each.message.key) if keys else each.line for each in messages]
            for _ in range(2)
        ]
        messages.close()
    assert both[0] == both[1]
    return found, both[0]


def problems(path, content, **settings):
    with pytest.raises(InputError) as caught:
        checked(path, content, **settings)
    return str(caught.value).replace(str(path), "f")


def test_all_bad_rows_are_in_one_error(tmp_path):
    content = "external_id,name\na,A\n,B\nc\nd, \n" + "5.4E+11,x\n" * 30
    text = problems(tmp_path / "f.csv", content, duplicates="send")
    first, *listed, more, advice = text.splitlines()
    assert first == "f: 32 rows cannot be sent; nothing was sent"
    assert listed[:3] == [
        "  f:3: the row has no external_id",
        "  f:4: 1 fields where the header has 2",
        "  f:6: external_id '5.4E+11' is a number that a spreadsheet has shortened",
    ]
    assert len(listed) == 20
    assert more == "  and 12 more"
    assert advice.startswith("Format the column as text")


def test_a_column_that_no_row_has_is_reported_once(tmp_path):
    text = problems(tmp_path / "f.csv", "external_id,nme\n" + "a,A\n" * 30)
    assert text == "f:2: there is no column 'name' (there are: external_id, nme)"
    text = problems(tmp_path / "f.jsonl", '{"external_id": "a"}\n{"external_id": "b"}\n')
    assert text.splitlines()[0] == "f: 2 rows cannot be sent; nothing was sent"


REPEATED = "external_id,name,ref\na,A,1\nb,B,2\na,C,3\nd,D,2\na,A,1\n"


def test_duplicates_are_refused_and_named(tmp_path):
    assert problems(tmp_path / "f.csv", REPEATED, key_column="ref").splitlines() == [
        "f: 3 rows cannot be sent; nothing was sent",
        "  f:5: ref '2' is also in line 3",
        "  f:6: ref '1' is also in line 2",
        "  f:4: external_id 'a' is also in line 2",
        (
            "A key names one message; choose another column, or pass duplicates='skip' to leave out "
            "such rows"
        ),
        "Pass duplicates='skip' to leave out such rows, or send to send them all",
    ]


def test_duplicates_can_be_skipped(tmp_path):
    found, lines = checked(tmp_path / "f.csv", REPEATED, key_column="ref", duplicates="skip")
    assert lines == [2, 3]
    assert (found.rows, found.messages, found.recipients) == (5, 2, 3)
    assert (found.duplicate_keys, found.duplicate_recipients) == (2, 2)


def test_repeated_recipients_can_be_sent_and_repeated_keys_cannot(tmp_path):
    content = "external_id,name,ref\na,A,1\na,A,2\na,B,3\n"
    found, lines = checked(tmp_path / "f.csv", content, key_column="ref", duplicates="send")
    assert (lines, found.messages, found.recipients) == ([2, 3, 4], 3, 1)
    text = problems(tmp_path / "f.csv", REPEATED, key_column="ref", duplicates="send")
    assert text.splitlines()[1:3] == [
        "  f:5: ref '2' is also in line 3",
        "  f:6: ref '1' is also in line 2",
    ]


def test_without_a_key_column_the_key_is_a_digest_that_a_repetition_numbers(tmp_path):
    content = "external_id,name\na,A\na,B\na,A\na,A\n"
    _, found = checked(tmp_path / "f.csv", content, duplicates="send", keys=True)
    keys = dict(found)
    assert len(keys[2]) == 32
    assert keys[3] not in (keys[2], keys[4])
    assert (keys[4], keys[5]) == (f"{keys[2]}-2", f"{keys[2]}-3")


def test_the_digest_does_not_change_with_the_line(tmp_path):
    path = tmp_path / "f.csv"
    _, before = checked(path, "external_id,name\na,A\nb,B\n", keys=True)
    _, after = checked(path, "external_id,name\nnew,N\na,A\n\nb,B\n", keys=True)
    assert [key for _, key in after][1:] == [key for _, key in before]
    assert [line for line, _ in after] == [2, 3, 5]


@pytest.mark.parametrize(
    ("ref", "problem"),
    [
        ("", "f:2: the row has no ref"),
        ("   ", "f:2: the row has no ref"),
        ("k" * 257, "f:2: ref has 257 characters; a key has at most 256"),
    ],
)
def test_a_key_that_is_missing_or_too_long_is_an_error(tmp_path, ref, problem):
    content = f"external_id,name,ref\na,A,{ref}\n"
    assert problems(tmp_path / "f.csv", content, key_column="ref") == problem


def test_the_metadata_must_have_room_for_the_key(tmp_path):
    row = {"external_id": "a", "name": "A", "ref": "k" * 200, "note": "x" * 4000}
    text = problems(
        tmp_path / "f.jsonl", json.dumps(row), key_column="ref", metadata_columns=("note",)
    )
    assert text == "f:1: metadata is 4225 bytes as JSON; the API accepts at most 4096"


def test_languages_and_the_longest_text_are_counted(tmp_path):
    content = "external_id,name,lang\na,A,en\nb,Berta,de\nc,C,en\nd,D,\n"
    found, _ = checked(tmp_path / "f.csv", content, language_column="lang")
    assert found.languages == {"en": 2, "de": 1}
    assert (found.longest, found.longest_line) == (8, 3)


def test_the_row_goes_with_its_message(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("external_id,name,ref,\na,A,7,\n")
    builder = MessageBuilder(target="external_id", content=HELLO, key_column="ref")
    with open_rows(path) as rows:
        [message] = RowMessages(rows, builder)
    assert message.message.row == {"external_id": "a", "name": "A", "ref": "7"}


@pytest.mark.slow
def test_the_memory_does_not_grow_with_the_number_of_rows(tmp_path):
    import tracemalloc

    path = tmp_path / "f.csv"
    with path.open("w") as file:
        file.write("external_id,name\n")
        file.writelines(f"user-{number:060},N{number}\n" for number in range(20_000))
    builder = MessageBuilder(target="external_id", content=HELLO)
    with open_rows(path) as rows:
        messages = RowMessages(rows, builder)
        tracemalloc.start()
        try:
            assert messages.check().messages == 20_000
            assert tracemalloc.get_traced_memory()[1] < 2_000_000
        finally:
            tracemalloc.stop()
        messages.close()
