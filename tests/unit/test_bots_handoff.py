"""The metadata of a hand-off to the Agent Workspace."""

import pytest

from sunco_async import RequestTooLarge
from sunco_async.bots import handoff_metadata

FIELD = "dataCapture.systemField"


@pytest.mark.parametrize(
    ("arguments", "metadata"),
    [
        ({}, {}),
        ({"tags": ["vip"]}, {f"{FIELD}.tags": "vip"}),
        ({"tags": ("a", "b", "a")}, {f"{FIELD}.tags": "a,b"}),
        (
            {"ticket_fields": {360001: "red", "7": 5, 8: True}},
            {
                "dataCapture.ticketField.360001": "red",
                "dataCapture.ticketField.7": 5,
                "dataCapture.ticketField.8": True,
            },
        ),
        (
            {"requester": {"name": "Jane", "email": "jane@example.com"}},
            {f"{FIELD}.requester.name": "Jane", f"{FIELD}.requester.email": "jane@example.com"},
        ),
        ({"requester": {"name": "Jane"}}, {f"{FIELD}.requester.name": "Jane"}),
        ({"first_message_id": "m1"}, {"first_message_id": "m1"}),
        ({"metadata": {"x": 1}, "tags": ["a"]}, {"x": 1, f"{FIELD}.tags": "a"}),
    ],
)
def test_the_metadata(arguments, metadata):
    assert handoff_metadata(**arguments) == metadata


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"tags": "vip"}, TypeError, "tags must be a list"),
        ({"tags": [5]}, TypeError, "tags must be a str"),
        ({"tags": [""]}, ValueError, "tags must not be empty"),
        ({"tags": ["a b"]}, ValueError, "'a b'"),
        ({"tags": ["a,b"]}, ValueError, "'a,b'"),
        ({"ticket_fields": {"colour": "red"}}, ValueError, "Admin Center"),
        ({"ticket_fields": {-1: "red"}}, ValueError, "is a number"),
        ({"ticket_fields": {"\u0661": "red"}}, ValueError, "is a number"),
        ({"ticket_fields": {True: "red"}}, TypeError, "is a number"),
        ({"ticket_fields": {1: "red", "1": "blue"}}, ValueError, "1 twice"),
        ({"ticket_fields": {1: ["red"]}}, TypeError, "metadata is flat"),
        ({"ticket_fields": [1]}, TypeError, "must be a mapping"),
        ({"requester": "Jane"}, TypeError, "must be a dict"),
        ({"requester": {"mail": "j@example.com"}}, TypeError, "'mail'"),
        ({"requester": {"email": "jane"}}, ValueError, "not an e-mail"),
        ({"requester": {"email": None}}, TypeError, "must be a str"),
        ({"requester": {"name": " "}}, ValueError, "must not be empty"),
        ({"first_message_id": ""}, ValueError, "must not be empty"),
        ({"metadata": {"x": {}}}, TypeError, "metadata is flat"),
        ({"metadata": 5}, TypeError, "must be a mapping"),
        (
            {"metadata": {"first_message_id": "m"}, "first_message_id": "n"},
            ValueError,
            "of its own",
        ),
        ({"metadata": {f"{FIELD}.tags": "m"}, "tags": ["n"]}, ValueError, "of its own"),
        ({"ticket_fields": {1: "x" * 5000}}, RequestTooLarge, "4096"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, error, text):
    with pytest.raises(error, match=text):
        handoff_metadata(**arguments)
