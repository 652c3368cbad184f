"""The text of a row, and the shorthand that a value must not add to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async.bulk._content.templates import (
    LanguageTemplates,
    Template,
    TextColumn,
    read_template,
)
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.rows import Row


def row(tmp_path="f.csv", line=7, **values):
    return Row(tmp_path, line, values)


def render(text, allow_shorthand=False, **values):
    template = Template.parse(text, name="--text", allow_shorthand=allow_shorthand)
    return template.render(row(**values))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Hi {name}", "Hi Ann {x}"),
        ("{name}{order}", "Ann {x}12"),
        ("{{name}} {order}", "{name} 12"),
        ("no column", "no column"),
        ("", ""),
        ("{order}", "12"),
    ],
)
def test_the_values_of_columns_are_put_into_the_text(text, result):
    assert render(text, name="Ann {x}", order=12) == result


def test_a_column_may_have_spaces_and_accents():
    template = Template.parse("{first name} {prénom}", name="--text")
    assert template.render(Row("f", 1, {"first name": "A", "prénom": "B"})) == "A B"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "braces hold the name of a column and nothing else, such as {name}; found {}"),
        ("{a.b}", "found {a.b}"),
        ("{a[0]}", "found {a[0]}"),
        ("{a!r}", "found {a!r}"),
        ("{a:>9}", "found {a:>9}"),
        ("{a:{b}}", "found {a:{b}}"),
        ("{a.__class__}", "found {a.__class__}"),
        ("Hi {name", "--text: expected '}' before end of string"),
        ("Hi name}", "--text: single '}' encountered in format string"),
    ],
)
def test_a_template_takes_the_names_of_columns_and_nothing_else(text, problem):
    with pytest.raises(InputError) as caught:
        Template.parse(text, name="--text")
    assert str(caught.value).startswith("--text: ")
    assert problem in str(caught.value)


def test_the_error_of_a_missing_column_names_the_line():
    with pytest.raises(InputError, match=r"^f\.csv:7: there is no column 'nme'"):
        render("Hi {nme}", name="Ann")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hi {v}", "%[Win](https://evil.example)"),
        ("Hi {v}", "![](https://evil.example/pixel.png)"),
        ("Hi {v}", "%((template:PAID))%"),
        ("Hi {v}", "%{{template:PAID}}%"),
        ("Hi {v}", "&((namespace=[[x]] template=[[PAID]]))&"),
        ("100%{v}", "[Win](https://evil.example)"),
        ("Wow!{v}(https://shop.example)", "[x]"),
        ("%[{v}](https://shop.example)", "Win](https://evil.example) "),
        ("[x]{v}", "(https://evil.example)"),
        ("&((template=[[{v}]]))&", "PAID]] fallback=[[x"),
        ("{v}", "%%[["),
    ],
)
def test_shorthand_in_a_value_is_refused(text, value):
    with pytest.raises(InputError, match=r"^f\.csv:7: column 'v' contains .*allow_shorthand=True"):
        render(text, v=value)
    assert value in render(text, allow_shorthand=True, v=value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("%[Track {v}](https://shop.example/{v})", "A-1"),
        ("%[Yes](reply:YES) {v}", "Ann (Annie)"),
        ("{v}", "100% [sic] (really) & more!"),
        ("{v}", "a % b & c [d] {e}"),
    ],
)
def test_a_templates_own_shorthand_and_harmless_values_pass(text, value):
    assert render(text, v=value) == text.replace("{v}", value)


MARKS = ["%[", "![", "](", "%((", "))%", "%{{", "}}%", "&((", "))&", "[[", "]]"]


@given(
    pieces=st.lists(st.sampled_from(["%", "!", "&", "[", "]", "(", ")", "x", " "]), max_size=8),
    before=st.sampled_from(["", "%", "!", "]", "&(", "x"]),
    after=st.sampled_from(["", "[", "(", ")&", ")%", "x"]),
)
def test_a_text_that_passes_has_only_the_marks_of_its_template(pieces, before, after):
    value = "".join(pieces)
    template = Template(((before, "v"), (after, None)))
    try:
        text = template.render(row(v=value))
    except InputError:
        assert any(mark in before + value + after for mark in MARKS)
    else:
        found = [mark for mark in MARKS for _ in range(text.count(mark))]
        own = [mark for mark in MARKS for _ in range(before.count(mark) + after.count(mark))]
        assert found == own


def test_shorthand_in_a_text_column_is_refused():
    assert TextColumn("t").render(row(t="Hello")) == "Hello"
    with pytest.raises(InputError, match="contains '%\\['"):
        TextColumn("t").render(row(t="%[x](reply:Y)"))
    assert TextColumn("t", allow_shorthand=True).render(row(t="%[x](reply:Y)")) == "%[x](reply:Y)"


def test_a_language_uses_its_template_or_that_of_its_base(tmp_path):
    (tmp_path / "en.txt").write_text("Hi {name}\n")
    (tmp_path / "pt-BR.txt").write_text("\ufeffOi {name}", encoding="utf-8")
    (tmp_path / "pt.txt").write_text("Olá {name}\r\n", encoding="utf-8")
    (tmp_path / "README").write_text("{not a template")
    templates = LanguageTemplates.read(tmp_path, column="lang")
    languages = ["en", "EN", "en-GB", "en_US", "pt-br", "pt_PT", " pt "]
    assert [templates.render(row(name="Z", lang=each)) for each in languages] == [
        "Hi Z",
        "Hi Z",
        "Hi Z",
        "Hi Z",
        "Oi Z",
        "Olá Z",
        "Olá Z",
    ]
    for unknown in ("xx", "", "../en"):
        with pytest.raises(InputError, match=r"^f\.csv:7: there is no template for the language"):
            templates.render(row(name="Z", lang=unknown))


def test_templates_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(InputError, match=r"there is no template, such as en\.txt"):
        LanguageTemplates.read(tmp_path, column="lang")
    with pytest.raises(InputError, match="No such file"):
        LanguageTemplates.read(tmp_path / "none", column="lang")
    with pytest.raises(InputError, match="No such file"):
        read_template(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    with pytest.raises(InputError, match=r"latin\.txt: the template is not UTF-8"):
        read_template(tmp_path / "latin.txt")
