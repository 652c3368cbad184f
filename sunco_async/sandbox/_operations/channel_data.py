"""The operations that pass data on to a channel, or fetch it there."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.conversations import addressed_conversation


class _Payload(Struct):
    data: list[dict[str, object]]


class _Events(Struct):
    payload: _Payload


class ConversionEventsBody(Struct):
    """The body of PostConversionEvents: exactly one of its fields."""

    messenger: _Events | UnsetType = UNSET
    instagram: _Events | UnsetType = UNSET
    whatsapp: _Events | UnsetType = UNSET


class _DataRef(Struct):
    url: Annotated[str, Meta(min_length=1)]
    bid: str
    key: str
    signature: str
    owner: str


class _Apple(Struct, rename="camel"):
    interactive_data_ref: _DataRef


class DownloadMessageRefBody(Struct, rename="camel"):
    """The body of DownloadMessageRef."""

    user_id: str
    apple: _Apple | UnsetType = UNSET


def post_conversion_events(call: Call) -> object:
    """PostConversionEvents; the data set of an app has the id of the app."""
    addressed_conversation(call)
    body = call.read(ConversionEventsBody)
    given = [each for each in (body.messenger, body.instagram, body.whatsapp) if each is not UNSET]
    if len(given) != 1:
        raise bad_request("One of messenger, instagram or whatsapp is required")
    received = len(given[0].payload.data)
    return {"conversionEvents": {"datasetId": call.app.id, "eventsReceived": received}}


def download_message_ref(call: Call) -> object:
    """DownloadMessageRef: what `Sandbox.add_message_ref` has stored for the URL, else nothing."""
    conversation = addressed_conversation(call)
    body = call.read(DownloadMessageRefBody)
    user = call.app.user_by_id(body.user_id)
    if conversation.participant_of(user.id) is None:
        raise bad_request("User is not a member of the conversation")
    if body.apple is UNSET:
        raise bad_request("apple is required")
    return call.app.data.message_refs.get(body.apple.interactive_data_ref.url, {})


HANDLERS: dict[str, Handler] = {
    "conversations.post_conversion_events": post_conversion_events,
    "conversations.download_message_ref": download_message_ref,
}
