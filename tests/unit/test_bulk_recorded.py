"""The messages of a ledger are sent again without their file, and the ledger recognises them."""

import pytest

from sunco_async.bulk import Outgoing, OutgoingNotification
from sunco_async.bulk._content.recorded import recorded_item
from sunco_async.bulk._entry import new_entry
from sunco_async.bulk._ledger.records import LedgerItem
from sunco_async.models import Author, Destination, ImageMessage

ITEMS = {
    "a text to a user": Outgoing("k", "Zoë 👍", user_external_id="jane:1", row={"a": "é"}),
    "a struct with everything": Outgoing(
        "k",
        ImageMessage("https://x/a.png", text="A"),
        conversation_id="c",
        author=Author(type="business", display_name="Steve"),
        destination=Destination(integration_type="whatsapp"),
        metadata={"n": 1, "f": 1.5, "b": True, "s": "x"},
        override={"whatsapp": {"payload": {"z": 1, "a": [None, 2]}}},
    ),
    "a template of whatsapp": Outgoing(
        "k", {"type": "template", "template": {"b": 1, "a": 2}}, user_id="u", schema="whatsapp"
    ),
    "a notification": OutgoingNotification(
        "k",
        {"integrationId": "i", "destinationId": "+1/5"},
        {"type": "text", "text": "Hi"},
        override={"sms": {"text": "x"}},
        row={"phone": "+1"},
    ),
    "a notification with a template": OutgoingNotification(
        "k",
        {"integrationId": "i", "destinationId": "+15"},
        {"type": "template"},
        message_schema="whatsapp",
    ),
}


def recorded(item):
    planned = new_entry(item, "suncoKey").planned()
    values = dict.fromkeys(LedgerItem.__dataclass_fields__)
    values |= {"key": planned.key, "kind": planned.kind, "target": planned.target}
    values |= {"body": planned.body, "row": planned.row, "state": "not_begun"}
    return planned, LedgerItem(**values)


@pytest.mark.parametrize("name", ITEMS)
def test_the_request_and_its_digest_are_the_same(name):
    planned, item = recorded(ITEMS[name])
    again = recorded_item(item)
    assert new_entry(again, "suncoKey").planned() == planned
    assert again.target == ITEMS[name].target


def test_without_its_content_there_is_nothing_to_send():
    _, item = recorded(ITEMS["a text to a user"])
    values = {name: getattr(item, name) for name in LedgerItem.__dataclass_fields__}
    assert recorded_item(LedgerItem(**values | {"body": None, "row": None})) is None
