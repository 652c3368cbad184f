"""Errors of a campaign's input, in Python and on the command line."""

import copy
import pickle

import pytest

from sunco_async.bulk._errors import InputError, InputErrors
from sunco_async.cli._errors import input_error_text


@pytest.mark.parametrize(
    ("option", "argument", "command_line"),
    [
        (("allow_odd_ids", True), "allow_odd_ids=True", "--allow-odd-ids"),
        (("target", "user_id"), "target='user_id'", "--to user_id"),
        (("row_format", "csv"), "row_format='csv'", "--format csv"),
    ],
)
def test_a_setting_is_an_argument_in_python_and_an_option_of_the_command(
    option, argument, command_line
):
    problem = "f.csv:2: the text holds {option} and allow_odd_ids="
    error = InputError(problem, advice="pass {option} to send it", option=option)
    assert str(error) == f"{problem}; pass {argument} to send it"
    assert input_error_text(error) == f"{problem}; pass {command_line} to send it"


def test_an_error_without_advice_is_its_problem():
    error = InputError("f.csv: the file is empty")
    assert str(error) == input_error_text(error) == "f.csv: the file is empty"


def test_the_advice_of_a_list_is_a_line_of_its_own():
    first = [
        InputError(each, advice="pass {option}", option=("allow_odd_ids", True)) for each in "ab"
    ]
    error = InputErrors("30 rows", first, 30)
    expected = "30 rows\n  a\n  b\n  and 28 more\nPass --allow-odd-ids"
    assert input_error_text(error) == expected
    assert input_error_text(pickle.loads(pickle.dumps(error))) == expected  # noqa: S301 - its own


@pytest.mark.parametrize(
    "copied",
    [copy.copy, lambda error: pickle.loads(pickle.dumps(error))],  # noqa: S301 - its own
    ids=["copy", "pickle"],
)
def test_an_error_can_be_copied(copied):
    error = copied(InputError("a problem", advice="pass {option}", option=("allow_odd_ids", True)))
    assert str(error) == "a problem; pass allow_odd_ids=True"
    assert input_error_text(error) == "a problem; pass --allow-odd-ids"
