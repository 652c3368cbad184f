"""Reading the files that spreadsheets write, and the options for those that need one."""

import pytest
from spreadsheets import EXPORTS, HEADER, ROWS

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import open_rows


def read(path, **options):
    with open_rows(path, **options) as rows:
        return [(row.line, row.values) for row in rows]


def problem_of(path, content, **options):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read(path, **options)
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize("name", EXPORTS)
def test_the_file_of_each_program_is_read(tmp_path, name):
    export = EXPORTS[name]()
    path = tmp_path / "f.csv"
    path.write_bytes(export.data)
    expected = [
        (
            line,
            {
                column: cell.replace("\n", export.cell_break)
                for column, cell in zip(HEADER, row, strict=True)
            },
        )
        for line, row in zip(export.lines, ROWS, strict=True)
    ]
    assert read(path, encoding=export.encoding, delimiter=export.delimiter) == expected


@pytest.mark.parametrize("suffix", ["xlsx", "XLSX", "xls", "xlsm", "xlsb", "ods", "numbers"])
def test_a_workbook_is_refused_with_advice(tmp_path, suffix):
    assert problem_of(tmp_path / f"f.{suffix}", "a,b\n") == (
        ': this is a workbook, not text; in a spreadsheet, save it as "CSV UTF-8"'
    )


def test_a_file_in_another_encoding_is_reported_with_its_column_and_the_option(tmp_path):
    content = EXPORTS["Excel CSV"]().data
    assert problem_of(tmp_path / "f.csv", content) == (
        ":2: column 'name' is not UTF-8: 0xFC; in a spreadsheet, save it as \"CSV UTF-8\", "
        "or pass its encoding, such as encoding='cp1252'"
    )


def test_every_row_that_cannot_be_read_is_an_error_in_its_place(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b'a,b\n1,2\n\xff,2\n1\n3,\xe9x\n"x"y,2\n\xff\xfe,1\n5,6\n')
    with open_rows(path) as rows:
        found = [
            str(row).partition(";")[0].removeprefix(str(path))
            if isinstance(row, InputError)
            else row.values
            for row in rows.read()
        ]
    assert found == [
        {"a": "1", "b": "2"},
        ":3: column 'a' is not UTF-8: 0xFF",
        ":4: 1 fields where the header has 2",
        ":5: column 'b' is not UTF-8: 0xE9",
        ":6: this is not CSV: ',' expected after '\"'",
        ":7: column 'a' is not UTF-8: 0xFF 0xFE",
        {"a": "5", "b": "6"},
    ]


def test_every_line_of_json_that_cannot_be_read_is_an_error_in_its_place(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": "\xff"}\n[]\n{"a"\n{"a": 2}\n')
    with open_rows(path) as rows:
        found = [
            str(row).partition(";")[0].removeprefix(str(path))
            if isinstance(row, InputError)
            else row.values
            for row in rows.read()
        ]
    assert found == [
        {"a": 1},
        ":2: the line is not UTF-8: 0xFF",
        ":3: a row must be a JSON object",
        ":4: this is not JSON: Expecting ':' delimiter at column 5",
        {"a": 2},
    ]


def test_a_bad_byte_in_a_column_that_is_dropped_is_no_problem(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert read(path, encoding="ascii") == [(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(
    ("content", "options", "problem"),
    [
        (b"a\xff,b\n1,2\n", {}, ":1: column 1 of the header is not UTF-8: 0xFF"),
        (b'{"a": 1}\n', {}, ":1: this looks like JSON Lines, not like CSV; pass row_format='jsonl'"),
        (b"a\n\x81\n", {"encoding": "cp1252"}, ":2: column 'a' is not CP1252: 0x81"),
        (b"a\n1\n", {"encoding": "nope"}, "there is no encoding 'nope'; use one such as utf-8"),
        (b"a\n1\n", {"encoding": "base64"}, "there is no encoding 'base64'"),
        (b"a\n1\n", {"encoding": "\0"}, "there is no encoding '\\x00'"),
        (b"a\n1\n", {"delimiter": ""}, "the delimiter must be one character"),
        (b"a\n1\n", {"delimiter": ";;"}, "the delimiter must be one character"),
        (b"a\n1\n", {"delimiter": '"'}, "the delimiter must be one character"),
        (b"a\n" + b"x" * 140_000, {}, ":2: this is not CSV: field larger than field limit (131072)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(tmp_path, content, options, problem):
    assert problem_of(tmp_path / "f.csv", content, **options).startswith(problem)


@pytest.mark.parametrize("delimiter", ["|", "tab", "\\t", "\t", ";"])
def test_the_separator_can_be_passed(tmp_path, delimiter):
    separator = "\t" if delimiter in ("tab", "\\t") else delimiter
    path = tmp_path / "f.csv"
    path.write_text(f"user_id{separator}b,c\n1{separator}2,3\n")
    assert read(path, delimiter=delimiter) == [(2, {"user_id": "1", "b,c": "2,3"})]


def test_the_line_with_sep_is_left_out_also_if_the_separator_is_passed(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("sep=,\nuser_id;b\n1;2\n")
    assert read(path, delimiter=";") == [(3, {"user_id": "1", "b": "2"})]


def test_a_file_with_carriage_returns_alone_has_its_lines(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b'a,b\r1,"x\ry"\r\r3,4\r')
    assert read(path) == [(2, {"a": "1", "b": "x\ry"}), (5, {"a": "3", "b": "4"})]
    lines = tmp_path / "f.jsonl"
    lines.write_bytes(b'{"a": 1}\r{"a": 2}\r')
    assert read(lines) == [(1, {"a": 1}), (2, {"a": 2})]


@pytest.mark.parametrize(("content", "columns"), [("a;b;;\n1;2;;\n", ["a", "b"]), ("a\n", ["a"])])
def test_the_columns_of_a_csv_are_those_of_its_header(tmp_path, content, columns):
    path = tmp_path / "f.csv"
    path.write_text(content)
    with open_rows(path) as rows:
        assert rows.columns() == columns
        assert rows.columns() == columns


def test_the_columns_of_json_lines_are_those_of_the_first_row_that_can_be_read(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('[]\n{"a": 1, "b": 2}\n{"c": 1}\n')
    with open_rows(path) as rows:
        assert rows.columns() == ["a", "b"]
    path.write_text("")
    with open_rows(path) as rows:
        assert rows.columns() == []
