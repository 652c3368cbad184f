"""The operations on clients."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from sunco_async.sandbox._content.read import read_content
from sunco_async.sandbox._content.types import ImageContent, Link, TextContent
from sunco_async.sandbox._errors import ApiError, bad_request, client_not_found
from sunco_async.sandbox._fields import Email, Identifier
from sunco_async.sandbox._operations.addressing import channel_of, normal_address
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.messages import MessagePostBody
from sunco_async.sandbox._operations.paging import PageQuery, page_of
from sunco_async.sandbox._operations.users import addressed_user
from sunco_async.sandbox._state.channel_messages import send_to_channel
from sunco_async.sandbox._state.client_changes import (
    confirm_link,
    match_link,
    remove_client,
    request_link,
)
from sunco_async.sandbox._state.records import Client, Conversation, LinkRequest, User
from sunco_async.sandbox._views import client_view


class _Criteria(Struct, rename="camel", tag_field="type", kw_only=True):
    integration_id: Identifier
    primary: bool = True


class _Phone(_Criteria, kw_only=True):
    phone_number: str


class _Mailgun(_Criteria, tag="mailgun", kw_only=True):
    address: Email
    subject: str | UnsetType = UNSET


class _Messagebird(_Phone, tag="messagebird", kw_only=True):
    pass


class _Twilio(_Phone, tag="twilio", kw_only=True):
    pass


class _Whatsapp(_Phone, tag="whatsapp", kw_only=True):
    pass


_MatchCriteria = _Mailgun | _Messagebird | _Twilio | _Whatsapp


class ConfirmationBody(Struct):
    """How a link is confirmed, and what is sent to the user for it."""

    type: Literal["immediate", "userActivity", "prompt"]
    message: MessagePostBody | UnsetType = UNSET


class TargetBody(Struct, rename="camel"):
    """The conversation that the client is attached to."""

    conversation_id: str


class ClientCreateBody(Struct, rename="camel"):
    """The body of CreateClient."""

    match_criteria: _MatchCriteria
    confirmation: ConfirmationBody
    target: TargetBody


def create(call: Call) -> object:
    """CreateClient: the client is pending in the response.

    The sandbox finds every address, and confirms an `immediate` link at once. The other two wait
    for `Sandbox.update_client`. A second client for the same address of a user gets a 409, which
    is not documented.
    """
    app, user = call.app, addressed_user(call)
    body = call.read(ClientCreateBody)
    criteria = body.match_criteria
    conversation = _target(call, user, body.target.conversation_id)
    address = _address(criteria)
    channel_of(app, criteria.integration_id, _type(criteria))
    if any(
        each.integration_id == criteria.integration_id
        and address in (each.external_id, each.link and each.link.address)
        for each in user.clients
    ):
        raise ApiError(409, "conflict", "Client already exists")
    message = _message(body.confirmation.message)
    client = Client(
        app.new_id(),
        _type(criteria),
        "pending",
        criteria.integration_id,
        link=LinkRequest(conversation.id, address, body.confirmation.type, criteria.primary),
    )
    for content in message:
        send_to_channel(call.state, client, content, kind="confirmation")
    request_link(app, user, client)
    view = client_view(client)
    match_link(app, user, client)
    if body.confirmation.type == "immediate":
        confirm_link(app, user, client)
    return {"client": view}


def find(call: Call) -> object:
    """ListClients."""
    clients = sorted(addressed_user(call).clients, key=lambda client: client.id)
    page = page_of(
        [client.id for client in clients], PageQuery.forwards(call.query), call.may_be_removed
    )
    return {
        "clients": [client_view(client) for client in clients[page.start : page.stop]],
        **page.envelope(call.url, call.query),
    }


def remove(call: Call) -> object:
    """RemoveClient."""
    user = addressed_user(call)
    client = user.client(call.path["clientId"])
    if client is None:
        raise client_not_found()
    if client.type == "sdk":
        raise bad_request("Cannot remove a client of type 'sdk'")
    remove_client(call.app, user, client)
    return {}


def _target(call: Call, user: User, conversation_id: str) -> Conversation:
    """Return the conversation to attach to, which is a personal one of the user."""
    conversation = call.app.conversation(conversation_id)
    if conversation.participant_of(user.id) is None:
        raise bad_request("User is not a member of the conversation")
    if conversation.type != "personal":
        raise bad_request("A client can only be linked to a personal conversation")
    return conversation


def _type(criteria: _MatchCriteria) -> str:
    return type(criteria).__name__.removeprefix("_").lower()


def _address(criteria: _MatchCriteria) -> str:
    if isinstance(criteria, _Mailgun):
        return normal_address("mailgun", criteria.address)
    return normal_address(_type(criteria), criteria.phone_number)


def _message(message: MessagePostBody | UnsetType) -> list[object]:
    """Return the content of a confirmation message, or raise a 400: it can be text and image."""
    if message is UNSET:
        return []
    if message.author.type != "business":
        raise bad_request("The author of a confirmation message must be the business")
    contents = read_content(message.content, author_type="business", schema=None, templates={})
    for content in contents:
        if not isinstance(content, TextContent | ImageContent):
            raise bad_request("A confirmation message can only be of type text or image")
        if not all(isinstance(action, Link) for action in content.actions or ()):
            raise bad_request("The actions of a confirmation message can only be of type link")
    return contents


HANDLERS: dict[str, Handler] = {
    "clients.create": create,
    "clients.list": find,
    "clients.remove": remove,
}
