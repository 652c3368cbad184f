"""Reading the rows of a file, their lines, and the errors of a broken file."""

import csv
import io
import os
import tracemalloc

import pytest

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import open_rows
from sunco_async.bulk._sources.text_lines import LINE_LIMIT, SAVE_AS

NOT = f"{SAVE_AS}, or pass its encoding, such as encoding='cp1252'"
NOT_ENCODED = f"{SAVE_AS}, or pass encoding='utf-16-le'"


def read(path, content, row_format=None):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with open_rows(path, row_format) as rows:
        return [(row.line, row.values) for row in rows]


def problem_of(path, content, row_format=None):
    with pytest.raises(InputError) as caught:
        read(path, content, row_format)
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,2\n", [(2, {"a": "1", "b": "2"})]),
        ("a,b\r\n1,2\r\n", [(2, {"a": "1", "b": "2"})]),
        ("a,b\n1,2", [(2, {"a": "1", "b": "2"})]),
        ("\ufeffa,b\n1,2\n", [(2, {"a": "1", "b": "2"})]),
        (" a , b \n 1,2 \n", [(2, {"a": " 1", "b": "2 "})]),
        ("a,b\n\n1,2\n\n\n3,4\n", [(3, {"a": "1", "b": "2"}), (6, {"a": "3", "b": "4"})]),
        (
            'a,b\n"two\nlines","x ""y"" z"\n3,"4, 5"\n',
            [(2, {"a": "two\nlines", "b": 'x "y" z'}), (4, {"a": "3", "b": "4, 5"})],
        ),
        ("a,b\n,\n1,\n , \n", [(3, {"a": "1", "b": ""})]),
        ("a\nJürgen\n様\n", [(2, {"a": "Jürgen"}), (3, {"a": "様"})]),
        ("a,b\n", []),
    ],
)
def test_csv_rows_have_the_line_at_which_they_begin(tmp_path, content, rows):
    assert read(tmp_path / "f.csv", content) == rows


def in_form(form, rows):
    """Write rows in one of the forms in which Excel and its like write a table."""
    form, _, encoding = form.partition(" in ")
    encoding = encoding or "utf-8"
    separator = {"commas": ",", "semicolons": ";", "tabs": "\t", "sep=;": ";", "sep=,": ","}[form]
    out = io.StringIO(newline="")
    if form.startswith("sep="):
        out.write(f"{form}\r\n")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize(
    "form",
    [
        "commas",
        "commas in utf-8-sig",
        "semicolons",
        "semicolons in utf-8-sig",
        "tabs",
        "tabs in utf-16",
        "semicolons in utf-16",
        "commas in utf-16",
        "sep=;",
        "sep=; in utf-8-sig",
        "sep=; in utf-16",
        "sep=,",
    ],
)
def test_every_form_of_a_spreadsheets_table_is_read(tmp_path, form):
    header = ["external_id", "name", "text"]
    rows = [
        ["jane", "Jürgen, 様", 'a "quoted"; text\twith\nlines'],
        ["", "", ""],
        ["joe", "", "5,5; 6"],
        ["  ", "", ""],
    ]
    path = tmp_path / "f.csv"
    path.write_bytes(in_form(form, [header, *rows]))
    top = 3 if form.startswith("sep=") else 2
    expected = [
        (top, dict(zip(header, rows[0], strict=True))),
        (top + 3, dict(zip(header, rows[2], strict=True))),
    ]
    with open_rows(path) as file:
        for _ in range(2):
            assert [(row.line, row.values) for row in file] == expected


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a;b,c\n1;2,3\n", [{"a;b": "1;2", "c": "3"}]),
        ("a;b;c,d\n1;2;3,4\n", [{"a": "1", "b": "2", "c,d": "3,4"}]),
        ("user_id;a,b\n1;2,3\n", [{"user_id": "1", "a,b": "2,3"}]),
        ("user_id,a;b;c;d\n1,2\n", [{"user_id": "1", "a;b;c;d": "2"}]),
        ('user_id;"a,b,c"\n1;2\n', [{"user_id": "1", "a,b,c": "2"}]),
        ("user_id\n1;2\n", [{"user_id": "1;2"}]),
        ("user_id\n1,\n", [{"user_id": "1"}]),
        ("sep=|\nuser_id|b\n1|2,3\n", [{"user_id": "1", "b": "2,3"}]),
        ('"sep=;"\nuser_id;b\n1;2\n', [{"user_id": "1", "b": "2"}]),
        ("SEP=;\r\nuser_id;b\r\n1;2\r\n", [{"user_id": "1", "b": "2"}]),
        ("sep=\t\nuser_id\tb\n1\t2\n", [{"user_id": "1", "b": "2"}]),
        (
            "user_id,b,,\n1,2,,\n3,4,,\n,,,\n",
            [{"user_id": "1", "b": "2"}, {"user_id": "3", "b": "4"}],
        ),
        ("\n\nuser_id;b\n1;2\n", [{"user_id": "1", "b": "2"}]),
        (";;\nuser_id;b;\n1;2;\n", [{"user_id": "1", "b": "2"}]),
    ],
)
def test_the_separator_is_found_from_the_header(tmp_path, content, rows):
    assert [values for _, values in read(tmp_path / "f.csv", content)] == rows


def test_json_lines_in_utf_16_are_read(tmp_path):
    content = '{"a": "Jürgen"}\r\n\r\n{"a": "様"}\r\n'.encode("utf-16")
    assert read(tmp_path / "f.jsonl", content) == [(1, {"a": "Jürgen"}), (3, {"a": "様"})]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ('{"a": 1}\n{"a": "x"}\n', [(1, {"a": 1}), (2, {"a": "x"})]),
        ('\ufeff{"a": 1}', [(1, {"a": 1})]),
        ('\n{"a": null}\r\n  \n{"a": true}\n', [(2, {"a": None}), (4, {"a": True})]),
        ("", []),
    ],
)
def test_json_rows_have_their_line(tmp_path, content, rows):
    assert read(tmp_path / "f.jsonl", content) == rows


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a,b\n1\n", ":2: 1 fields where the header has 2"),
        ("a,b\n1,2\n1,2,3\n", ":3: 3 fields where the header has 2"),
        ("a,a\n1,2\n", ":1: the header names the column 'a' twice"),
        ("a,\n1,2\n", ":2: there is a value in column 2, which has no name in the header"),
        ("", ": the file is empty; it needs a header"),
        (
            'a,b\n1,2\n"x,2\n3,4\n',
            ":3: this is not CSV: a quoted field has no end; the lines below it were not read",
        ),
        ('a,b\n"x"y,2\n', ":2: this is not CSV: ',' expected after '\"'"),
        (b"a,b\n1,2\n\xff,2\n", f":3: column 'a' is not UTF-8: 0xFF; {NOT}"),
        ("a,b\nJürgen,2\n".encode("cp1252"), f":2: column 'a' is not UTF-8: 0xFC; {NOT}"),
        (
            "a\n1\n".encode("utf-16") + b"\x00\xd8",
            f":3: column 'a' is not UTF-16: 0x00 0xD8; {NOT}",
        ),
        (b"a\0\0,b\n", ":1: the line holds null characters; " + NOT_ENCODED),
        (b"PK\x03\x04\x14\x00", f": this is a workbook, not text; {SAVE_AS}"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", f": this is a workbook, not text; {SAVE_AS}"),
        (
            "a,b,,\n1,2,,\n1,2,3,\n",
            ":3: there is a value in column 3, which has no name in the header",
        ),
        ("a,,b\n1,2,3\n", ":1: column 2 of the header has no name"),
        ("a,b,\n1,2,,\n1,2,,3\n", ":3: 4 fields where the header has 2"),
        ("a;b\n1;2;3\n", ":2: 3 fields where the header has 2"),
        ("sep=;\na;b\n1\n", ":3: 1 fields where the header has 2"),
        ("sep=;\n", ": the file is empty; it needs a header"),
        (",,,\n\n", ": the file is empty; it needs a header"),
        (
            "a\n".encode("utf-16") + ("x" * (LINE_LIMIT + 1)).encode("utf-16-le"),
            ":2: the line is longer than 1,048,576 characters",
        ),
        ("a\n" + "x" * (LINE_LIMIT + 1), ":2: the line is longer than 1,048,576 characters"),
    ],
)
def test_the_error_of_a_broken_csv_names_the_line(tmp_path, content, problem):
    assert problem_of(tmp_path / "f.csv", content) == problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"a": 1}\n{"a": \n', ":2: this is not JSON: Expecting value at column 6"),
        ("[1, 2]\n", ":1: a row must be a JSON object"),
        ('"text"\n', ":1: a row must be a JSON object"),
        ('{"a": NaN}\n', ":1: this is not JSON: NaN is not a JSON value"),
        (
            b'{"a": "\xe9"}\n',
            ":1: the line is not UTF-8: 0xE9; pass its encoding, such as encoding='cp1252'",
        ),
    ],
)
def test_the_error_of_broken_json_names_the_line(tmp_path, content, problem):
    assert problem_of(tmp_path / "f.jsonl", content) == problem


def test_json_that_nests_too_deeply_is_an_error(tmp_path):
    deep = '{"a": ' + "[" * 200_000 + "]" * 200_000 + "}\n"
    assert problem_of(tmp_path / "f.jsonl", deep).startswith(":1: this is not JSON: ")


def test_the_suffix_decides_the_format_unless_it_is_passed(tmp_path):
    assert read(tmp_path / "f.NDJSON", '{"a": 1}\n') == [(1, {"a": 1})]
    assert read(tmp_path / "f.tsv", "a\tb\n1\t2\n") == [(2, {"a": "1", "b": "2"})]
    assert read(tmp_path / "f.txt", '{"a": 1}\n', "jsonl") == [(1, {"a": 1})]
    assert problem_of(tmp_path / "f.txt", "a\n1\n") == (
        ": the suffix is neither that of CSV nor of JSON Lines; pass row_format='csv', or jsonl"
    )


def test_a_file_that_cannot_be_read_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: No such file or directory$"):
        read_nothing(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"folder\.csv: Is a directory$"):
        read_nothing(tmp_path / "folder.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match=r"not a regular file; it is read twice"):
        read_nothing(tmp_path / "pipe.csv")


def read_nothing(path):
    with open_rows(path):
        raise AssertionError("it was opened")


def test_each_iteration_begins_at_the_start(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("a\n1\n2\n")
    with open_rows(path) as rows:
        assert next(iter(rows)).values == {"a": "1"}
        assert [row.values["a"] for row in rows] == ["1", "2"]
        assert [row.values["a"] for row in rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (12, "12"), (1.5, "1.5"), (True, "true"), (None, "")],
)
def test_a_json_value_becomes_text_as_json_writes_it(tmp_path, value, text):
    import json

    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps({"a": value}))
    with open_rows(path) as rows:
        assert next(iter(rows)).text("a") == text


def test_a_column_that_is_missing_or_not_text_is_an_error(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('\n{"name": "Jane", "tags": ["a"], "more": {}}\n')
    with open_rows(path) as rows:
        row = next(iter(rows))
    with pytest.raises(InputError, match=r":2: there is no column 'nme' \(there are: name, tags"):
        row.text("nme")
    with pytest.raises(InputError, match=r":2: column 'tags' holds an array, not text$"):
        row.text("tags")
    with pytest.raises(InputError, match=r":2: column 'more' holds an object, not text$"):
        row.text("more")


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path, suffix):
    path = tmp_path / f"f.{suffix}"
    line = '{"a": "%s"}\n' if suffix == "jsonl" else "%s\n"
    with path.open("w") as file:
        file.write("" if suffix == "jsonl" else "a\n")
        for _ in range(20_000):
            file.write(line % ("x" * 100))
    assert path.stat().st_size > 2_000_000
    with open_rows(path) as rows:
        tracemalloc.start()
        try:
            assert sum(1 for _ in rows) == 20_000
            assert tracemalloc.get_traced_memory()[1] < 200_000
        finally:
            tracemalloc.stop()
