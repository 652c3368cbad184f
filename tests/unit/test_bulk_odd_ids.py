"""Ids that a spreadsheet seems to have changed."""

# ruff: noqa: RUF001 - digits and letters of other scripts are meant

import json

import pytest

from sunco_async.bulk._content.content import TextContent
from sunco_async.bulk._content.message_builder import MessageBuilder
from sunco_async.bulk._content.row_messages import RowMessages
from sunco_async.bulk._content.templates import Template
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.odd_ids import odd_id
from sunco_async.bulk._sources.rows import TARGETS, Row, open_rows
from sunco_async.cli import main

SHORTENED = "a number that a spreadsheet has shortened"
ZEROS = "a number with a decimal part of zeros"
GROUPED = "a number whose digits a spreadsheet has grouped"
DATE = "a date"
WORD = "an error word of a spreadsheet"
NO_VALUE = "for a boolean or for no value"
INVISIBLE = "a control character or an invisible one"

ODD = {
    SHORTENED: """
        5.49E+11 5.49e+11 5.49E11 5,49E+11 5,49E11 5E+11 5e-11 -5.49E+11 +5.49E+11 5.49112E+011
        5.E+11 .5E+12 549.0E+9 1e+300 12e+45 5.49E-05 ５.４９Ｅ＋１１ ٥٫٤٩E+١١ 5.49E\u221211
        5.49×10^11 5.49x10^11 5.49*10^11 5.49·1011
    """,
    ZEROS: "549112233445.0 549112233445,0 549112233445.00 1.0 0.0 -5.0 +49170123456.0 ５.０ 5٫0",
    GROUPED: """
        549,911,223 549.911.223 549'911'223 549’911’223 1,234 12,34,567 549,911,223.50
        549.911.223,50 1.234,50 -549,911,223
    """,
    "formula": '=A1 ="549911223" =SUM(A1:A3) = =+5491122 +SUM(A1) -IF(A1) @SUM(A1)',
    "apostrophe": "'549112233445 '+549112233445 ’549112233445",
    DATE: """
        02-Jan 2-Jan 1-Mar 2-Sep-24 02-Jan-2024 Jan-24 Jan-2024 2.Jan 2/Jan 2-jan 02-Jän 2-Mrz
        2-Dez-2024 2-janv. 2-févr.-24 2-août 2-ene 2-dic-2024 2-gen 2-mag 02-mei 02-out 1/2/2024
        01/02/2024 1.2.2024 01.02.2024 31-12-2024 2024-01-02 2024/1/2 2024-01-02T00:00:00
    """,
    WORD: """
        #N/A #n/a #NV #N/D #NB #I/T #NA #Н/Д #YOK N/A n/a #REF! #VALUE! #NAME? #DIV/0! #NULL! #NUM!
        #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #ERROR! #BEZUG! #WERT! #NAME? #ZAHL! #ÜBERLAUF!
        #¿NOMBRE? #¡VALOR! #¡REF! #¡DIV/0! #¡NUM! #NOM? #VALEUR! #NOMBRE! #NOME? #VALOR! #VERW!
        #WAARDE! #NAAM? #ССЫЛКА! #ЗНАЧ! #ИМЯ? #ADR! #ARG! #NAZWA? #REFERENS! #VÄRDEFEL! #AD?
        #DEĞER! #BAŞV! #HODNOTA! #NÁZEV? #ÉRTÉK! #HIV! #GETTING_DATA ## ######## Err:502 Fehler:502
    """,
    NO_VALUE: """
        TRUE True true FALSE false NULL null Null None none nil nan NaN NAN NaT undefined <NA> (null)
        \\N inf -inf Infinity WAHR FALSCH VRAI FAUX VERDADERO FALSO VERDADEIRO VERO WAAR ИСТИНА
        PRAWDA IGAZ
    """,
    "no letter and no digit": "- -- ? ??? _ ... / * % ---- ,",
}


def words(text):
    return [word.replace("\\\\", "\\") for word in text.split()]


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        *((problem, text) for problem, texts in ODD.items() for text in words(texts)),
        (SHORTENED, "5.49 E+11"),
        (SHORTENED, "5.49E+ 11"),
        (DATE, "2 Jan 2024"),
        (DATE, "1/2/2024 12:00:00 AM"),
        (DATE, "2024-01-02 00:00:00"),
        (NO_VALUE, "[object Object]"),
        ("lost in a conversion", "J\ufffdrgen"),
        *(
            (INVISIBLE, text)
            for character in (
                "\0\x01\x07\t\n\r\x1b\x1c\x1f\x7f\x85\x9f\u00a0\u00ad\u034f\u061c\u115f\u1680"
                "\u180e\u2000\u2003\u2007\u2009\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e"
                "\u202f\u205f\u2060\u2066\u2069\u2800\u3000\u3164\ue000\ufeff\uffa0\ufff9\U000e0041"
            )
            for text in (f"{character}549112233445", f"5491{character}2233", f"jane{character}")
        ),
    ],
    ids=ascii,
)
def test_a_value_that_is_not_usable_as_an_id_is_odd(problem, text):
    assert problem in (odd_id(text) or "")


FINE = """
    jane Jane o'neill 549112233445 00549112233445 +549112233445 +49-170-1234567 +1.234.567.890
    (555)123-4567 0 1 -1 007 12e45 12E45 5e10 0e0 1e5 5963ceb97cde542d000dbdb1 123456789012345678901e45
    0x1F 1.5 12.345 10,5 1.2.3 1.10 192.168.0.1 v1.0 1.0.0 1.0a jane@example.org a/b?c a%2Fb #1234
    #tag #5 @jane jane=5 a=b user:512 tenant:502 error:x id-1-2 1-2 12/5 12:30 DEC-12 JAN-2024 5-NOV
    2024 20240102 1-Janet Jan Mai march-24 2024-13-02 true-blue nanette Vero Sand vero tosi
    falso wahr Nullmeyer none-of-us inf1 N/AB #N/A-5 Jürgen ジェーン 様 josé Ñandú Ελένη مريم חנה नमस्ते
    👍 ❤️ 🇩🇪 user_1 550e8400-e29b-41d4-a716-446655440000 550e8400-e29b-41d4 U+1 {5} $5 5% €5 5€
"""


@pytest.mark.parametrize("text", [*FINE.split(), "Jane Doe", "+49 170 123 4567", "549 911 223"])
def test_values_that_are_used_as_ids_are_not_odd(text):
    assert odd_id(text) is None


HI = TextContent(Template.parse("Hi", name="--text"))


def built(value, column="external_id", **settings):
    builder = MessageBuilder(target=column, content=HI, **settings)
    return builder.build(Row("f.csv", 9, {column: value})).message


@pytest.mark.parametrize("column", TARGETS)
def test_every_column_that_names_a_target_is_checked(column):
    with pytest.raises(InputError) as caught:
        built("5.49E+11", column)
    assert str(caught.value) == (
        f"f.csv:9: {column} '5.49E+11' is a number that a spreadsheet has shortened; format the "
        "column as text in the spreadsheet and export the file again, or pass allow_odd_ids=True to "
        "send such ids as they are"
    )
    message = built("5.49E+11", column, allow_odd_ids=True)
    assert "5.49E+11" in (message.conversation_id, message.user_id, message.user_external_id)


@pytest.mark.parametrize("value", ["  jane ", "\tjane\r\n", "jane\n"])
def test_plain_blanks_around_an_id_are_removed(value):
    assert built(value).user_external_id == "jane"


@pytest.mark.parametrize("value", ["jane\u00a0", "\ufeffjane", "\u3000jane", "jane\x1f"])
def test_an_invisible_character_around_an_id_is_shown_and_can_be_sent(value):
    with pytest.raises(InputError, match="invisible") as caught:
        built(value)
    assert repr(value) in str(caught.value)
    assert str(caught.value).isprintable()
    assert built(value, allow_odd_ids=True).user_external_id == value


@pytest.mark.parametrize(
    ("value", "problem"),
    [(5.49e11, ZEROS), (1e300, SHORTENED), (-5.0, ZEROS), (5e-7, SHORTENED)],
)
def test_a_float_in_json_is_odd(value, problem):
    with pytest.raises(InputError, match=problem):
        built(value)


def test_an_integer_in_json_is_an_id():
    assert built(549112233445).user_external_id == "549112233445"


def test_a_long_value_is_cut():
    with pytest.raises(InputError) as caught:
        built("=" + "x" * 5000)
    assert len(str(caught.value)) < 300


def bulk(capsys, path, *options):
    code = main(["bulk", "send", str(path), "--text", "Hi", *options])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(autouse=True)
def _no_server(monkeypatch):
    monkeypatch.setenv("SUNCO_BASE_URL", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("SUNCO_APP_ID", "a1")
    monkeypatch.setenv("SUNCO_KEY_ID", "app_test")
    monkeypatch.setenv("SUNCO_KEY_SECRET", "not-a-secret")


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--create-users",)])
def test_all_odd_rows_are_counted_and_the_first_twenty_listed(tmp_path, capsys, options):
    path = tmp_path / "f.csv"
    odd = [f"5.4{n}E+11" for n in range(1200)]
    path.write_text("external_id;n\njane;1\n" + "".join(f"{each};1\n" for each in odd) + "joe;1\n")
    code, out, err = bulk(capsys, path, *options)
    assert (code, out) == (2, "")
    first, *listed, more, advice = err.splitlines()
    assert first == f"sunco: {path}: 1,200 rows cannot be sent; nothing was sent"
    assert listed == [
        f"  {path}:{line}: external_id {value!r} is a number that a spreadsheet has shortened"
        for line, value in enumerate(odd[:20], 3)
    ]
    assert more == "  and 1,180 more"
    assert "--allow-odd-ids" in advice


def test_twenty_odd_rows_are_all_listed(tmp_path, capsys):
    path = tmp_path / "f.jsonl"
    path.write_text("".join(json.dumps({"user_id": f"#REF{n}!"}) + "\n" for n in range(20)))
    code, _, err = bulk(capsys, path)
    assert code == 2
    assert len(err.splitlines()) == 22
    assert "more" not in err


def test_one_odd_row_is_one_sentence(tmp_path, capsys):
    path = tmp_path / "f.csv"
    path.write_text("external_id\njane\n#N/A\n")
    code, _, err = bulk(capsys, path)
    assert code == 2
    assert err.startswith(f"sunco: {path}:3: external_id '#N/A' is an error word")
    assert err.count("\n") == 1


def test_other_problems_of_a_file_are_reported_with_them(tmp_path, capsys):
    path = tmp_path / "f.csv"
    path.write_text("external_id,n\n5.49E+11,1\njane\n")
    code, _, err = bulk(capsys, path)
    assert code == 2
    assert err.splitlines()[:3] == [
        f"sunco: {path}: 2 rows cannot be sent; nothing was sent",
        f"  {path}:2: external_id '5.49E+11' is a number that a spreadsheet has shortened",
        f"  {path}:3: 1 fields where the header has 2",
    ]


def test_odd_ids_are_sent_on_demand(tmp_path, capsys):
    path = tmp_path / "f.csv"
    path.write_text("external_id\n5.49E+11\nNULL\n")
    code, out, _ = bulk(capsys, path, "--allow-odd-ids", "--dry-run", "--json")
    assert code == 0
    assert [row["to"] for row in json.loads(out)["first"]] == ["5.49E+11", "NULL"]


def test_the_check_does_not_hold_the_file(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("external_id\n" + "jane\n" * 300 + "5.4E+11\n" * 300)
    builder = MessageBuilder(target="external_id", content=HI)
    with open_rows(path) as rows:
        with pytest.raises(InputError, match="300 rows cannot be sent") as caught:
            RowMessages(rows, builder, duplicates="send").check()
        assert (
            str(caught.value)
            .splitlines()[-1]
            .endswith("pass allow_odd_ids=True to send such ids as they are")
        )
        lenient = MessageBuilder(target="external_id", content=HI, allow_odd_ids=True)
        assert RowMessages(rows, lenient, duplicates="send").check().messages == 600
