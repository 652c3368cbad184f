"""A request that breaks a rule of the OpenAPI file is refused before anything is sent."""

import json

import msgspec
import pytest
from fakes import client, ok, server

from sunco_async import RequestTooLarge, webhooks
from sunco_async.models import (
    ActivityPost,
    Author,
    Buy,
    CarouselMessage,
    ClientConfirmation,
    ConversationCreateBody,
    ConversionEventsBody,
    Custom,
    Destination,
    FileMessage,
    FormMessage,
    FormMessageField,
    FormOption,
    FormResponseMessage,
    FormResponseMessageField,
    ImageMessage,
    Item,
    Link,
    ListMessage,
    LocationRequest,
    MatchCriteriaTwilio,
    MatchCriteriaWhatsapp,
    Message,
    MessageListResponse,
    MessagePost,
    MetaConversionEvent,
    MetaConversionPayload,
    ParticipantJoinBody,
    ParticipantLeaveBody,
    ParticipantSubSchema,
    Postback,
    Profile,
    Reply,
    SwitchboardIntegrationCreateBody,
    SwitchboardIntegrationUpdateBody,
    TemplateMessage,
    TextMessage,
    Twilio,
    UnknownContent,
    UserCreateBody,
    Web,
    WebUpdate,
    Webview,
)
from sunco_async.models._codec import decoder, encode, encode_body

LINK = Link(uri="https://example.org", text="Go")
BUSINESS = Author(type="business")
NESTED = {"a": {"b": 1}}
LONG = {"a": "x" * 4096}
META = MetaConversionEvent(payload=MetaConversionPayload(data=[{}]))


def item(**fields):
    return Item(**{"title": "Taco", "actions": [LINK]} | fields)


def field(name="n", **fields):
    return FormMessageField(type="text", name=name, label="L", **fields)


def webview(**fields):
    return Webview(uri="https://e", text="t", fallback="https://e", open_on_receive=True, **fields)


BROKEN = [
    # Ids that exclude each other.
    (Author(type="user", user_id="u", user_external_id="e"), "Author: pass at most one of user_id="),
    (Author(type="business", user_id="u"), 'Author: user_id and user_external_id need type="user"'),
    (Author(type="business", user_external_id="e"), 'need type="user"'),
    (Destination(), "Destination: pass exactly one of integration_id= or .* got none"),
    (Destination(integration_id="i", integration_type="web"), "integration_id and integration_type"),
    (ParticipantSubSchema(), "ParticipantSubSchema: pass exactly one of user_id= .* got none"),
    (ParticipantSubSchema(user_id="u", user_external_id="e"), "user_id and user_external_id"),
    (ParticipantJoinBody(subscribe_sdk_client=True), "ParticipantJoinBody: pass exactly one"),
    (ParticipantLeaveBody(user_id="u", participant_id="p"), "user_id and participant_id"),
    (ConversionEventsBody(), "ConversionEventsBody: pass exactly one of messenger="),
    (ConversionEventsBody(messenger=META, whatsapp=META), "messenger and whatsapp"),
    (Twilio(account_sid="a", auth_token="t"), "Twilio: pass at least one of phone_number_sid="),
    (SwitchboardIntegrationCreateBody(name="n"), "pass exactly one of integration_id="),
    (
        SwitchboardIntegrationUpdateBody(integration_id="i", integration_type="t"),
        "pass at most one of integration_id=",
    ),
    # Rich text.
    (TextMessage(), "TextMessage: pass at least one of text= or html_text= or markdown_text="),
    (TextMessage(actions=[]), "TextMessage: pass at least one of text="),
    (TextMessage(html_text="<b>a</b>", markdown_text="**a**"), "html_text and markdown_text"),
    (TextMessage("a", html_text="<b>a</b>", markdown_text="**a**"), "html_text and markdown_text"),
    (ImageMessage("u", html_text="a", markdown_text="a"), "ImageMessage: .* html_text and markdown"),
    (FileMessage("u", html_text="a", markdown_text="a"), "FileMessage: .* html_text and markdown"),
    # Numbers of items, and numeric values.
    (CarouselMessage(items=[]), "CarouselMessage: items is 0 items; the API accepts 1 to 10"),
    (CarouselMessage(items=[item()] * 11), "CarouselMessage: items is 11 items"),
    (ListMessage(items=[item()] * 11), "ListMessage: items is 11 items"),
    (item(actions=[]), "Item: actions is 0 items; the API accepts 1 to 3"),
    (item(actions=[LINK] * 4), "Item: actions is 4 items"),
    (FormMessage(fields=[]), "FormMessage: fields is 0 items"),
    (FormMessage(fields=[field(str(n)) for n in range(21)]), "FormMessage: fields is 21 items"),
    (Custom(webhooks=[]), "Custom: webhooks is 0 items; the API accepts 1 to 1"),
    (field(options=[FormOption(name=str(n)) for n in range(201)]), "options is 201 items"),
    (field(max_size=257), "FormMessageField: max_size is 257; the API accepts 1 to 256"),
    (field(min_size=0), "FormMessageField: min_size is 0; the API accepts 1 to 256"),
    # Texts that are too short.
    (item(title=""), "Item: title is 0 characters; the API accepts 1 to 128"),
    (Profile(given_name=""), "Profile: given_name is 0 characters"),
    (UserCreateBody(external_id=""), "UserCreateBody: external_id is 0 characters"),
    # Names.
    (FormMessage(fields=[field("a"), field("a")]), "FormMessage: two fields have the same name 'a'"),
    (field(options=[FormOption(name="a")] * 2), "two options have the same name 'a'"),
    (SwitchboardIntegrationCreateBody(name="a b", integration_id="i"), "name can only contain letters, digits"),
    # Other rules.
    (FormResponseMessage(fields=[FormResponseMessageField(type="text", name="n", label="l")]),
     "FormResponseMessage cannot be sent"),
    (TextMessage(actions=[webview(), webview()]), "at most one action .* open_on_receive"),
    (CarouselMessage(items=[item(actions=[webview()])] * 2), "at most one action .* open_on_receive"),
    (ListMessage(items=[item(actions=[webview()])], actions=[webview()]), "open_on_receive"),
    (MessagePost(author=BUSINESS, content=TemplateMessage(template={})), 'needs schema="whatsapp"'),
    (ActivityPost(author=Author(type="user", user_id="u"), type="typing:start"), "typing:start"),
    (ConversationCreateBody(type="personal"), "exactly 1 participant; got 0"),
    (MatchCriteriaWhatsapp(integration_id="i", phone_number="212 555"), "phone_number must begin with +"),
    (MatchCriteriaTwilio(integration_id="i", phone_number="1212555"), "phone_number must begin with +"),
    (
        ClientConfirmation(
            type="prompt", message=MessagePost(author=BUSINESS, content=FileMessage("u"))
        ),
        "message must be a text or an image, not file",
    ),
    (
        ClientConfirmation(
            type="prompt",
            message=MessagePost(
                author=BUSINESS,
                content=TextMessage("a", actions=[Reply(text="t", payload="p")]),
            ),
        ),
        "only have actions of type link",
    ),
    (Web(brand_color="#65758e"), "Web: brand_color must be 3 or 6 hexadecimal digits"),
    (WebUpdate(action_color="red"), "WebUpdate: action_color must be 3 or 6 hexadecimal digits"),
]  # fmt: skip
LONG_TEXTS = [
    (TextMessage("x" * 4097), "TextMessage: text is 4097 characters; the API accepts at most 4096"),
    (TextMessage(html_text="x" * 4097), "html_text is 4097 characters"),
    (TextMessage(markdown_text="x" * 4097), "markdown_text is 4097 characters"),
    (item(title="x" * 129), "Item: title is 129 characters; the API accepts at most 128"),
    (item(description="x" * 129), "Item: description is 129 characters"),
    (ImageMessage("u", alt_text="x" * 129), "ImageMessage: alt_text is 129 characters"),
    (Author(type="business", avatar_url="x" * 2049), "Author: avatar_url is 2049 characters"),
    (item(metadata=LONG), "metadata of Item is 4104 bytes as JSON; the API accepts at most 4096"),
]
METADATA = [
    lambda metadata: Postback(text="t", payload="p", metadata=metadata),
    lambda metadata: Reply(text="t", payload="p", metadata=metadata),
    lambda metadata: Link(uri="u", text="t", metadata=metadata),
    lambda metadata: Buy(text="t", amount=1, metadata=metadata),
    lambda metadata: LocationRequest(text="t", metadata=metadata),
    lambda metadata: Webview(uri="u", text="t", fallback="f", metadata=metadata),
    lambda metadata: item(metadata=metadata),
    lambda metadata: MessagePost(author=BUSINESS, content=TextMessage("a"), metadata=metadata),
    lambda metadata: UserCreateBody(metadata=metadata),
]


@pytest.mark.parametrize(("model", "words"), BROKEN)
def test_a_broken_rule_is_a_value_error_that_names_the_fields(model, words):
    for body in (model, {"at": model}, [model], {"deep": [{"at": [model]}]}):
        with pytest.raises(ValueError, match=words):
            encode_body(body)


@pytest.mark.parametrize(("model", "words"), LONG_TEXTS)
def test_a_long_text_raises_request_too_large(model, words):
    with pytest.raises(RequestTooLarge, match=words):
        encode_body({"content": model})


@pytest.mark.parametrize("make", METADATA)
def test_metadata_of_actions_and_items_must_be_flat_and_small(make):
    with pytest.raises(
        TypeError, match=r"metadata of \w+\['a'\] must be a str, a number or a bool"
    ):
        encode_body(make(NESTED))
    with pytest.raises(RequestTooLarge, match=r"metadata of \w+ is 4104 bytes"):
        encode_body(make(LONG))
    encode_body(make({"a": 1, "b": True, "c": "x", "d": 1.5}))


VALID = [
    Author(type="user", user_external_id="e"),
    Author(type="brand-new", user_id="u"),
    Destination(integration_type="none"),
    TextMessage("x" * 4096),
    TextMessage("", actions=[LINK]),
    TextMessage(actions=[LINK]),
    TextMessage("fallback", html_text="<b>a</b>"),
    TextMessage(markdown_text="**a**"),
    TextMessage("a", actions=[webview(), LINK]),
    CarouselMessage(items=[item()] * 10),
    FormMessage(fields=[field(str(n)) for n in range(20)]),
    MessagePost(author=BUSINESS, content=TemplateMessage(template={}), schema="whatsapp"),
    ActivityPost(author=Author(type="user", user_id="u"), type="conversation:read"),
    ActivityPost(author=BUSINESS, type="typing:start"),
    ConversationCreateBody(type="sdkGroup"),
    Profile(given_name=None),
    WebUpdate(brand_color="65758e", action_color="fff"),
    UnknownContent({"type": "x", "items": []}),
    MatchCriteriaTwilio(integration_id="i", phone_number="+1 212-555-2368"),
]


@pytest.mark.parametrize("model", VALID)
def test_a_valid_body_is_encoded_unchanged(model):
    assert encode_body({"at": model}) == encode({"at": model})


@pytest.mark.parametrize(("model", "words"), BROKEN + LONG_TEXTS)
def test_a_response_may_break_every_rule(model, words):
    """Strict decoding, lenient decoding and to_dict run no checks."""
    data = model.to_dict()
    assert decoder(type(model)).decode(encode(model)) == model
    assert msgspec.json.Decoder(type(model)).decode(encode(model)) == model
    assert type(model).from_dict({**data, "brandNew": 1}) == model


def test_a_response_may_break_the_rules_of_nested_structs():
    content = {"type": "carousel", "items": [{"title": "", "actions": [], "metadata": {"a": []}}]}
    messages = {"messages": [{"id": "1", "author": {"type": "business", "userId": "u"},
                              "content": content}, {"content": {"type": "formResponse"}}]}  # fmt: skip
    read = decoder(MessageListResponse).decode(json.dumps(messages).encode())
    assert read.messages[0].content.items[0].title == ""
    event = {"id": "e", "type": "conversation:message", "payload": {
        "conversation": {"id": "c"}, "message": messages["messages"][0]}}  # fmt: skip
    [parsed] = webhooks.parse(json.dumps({"events": [event]})).events
    assert isinstance(parsed, webhooks.ConversationMessageEvent)


@pytest.mark.parametrize(("model", "words"), BROKEN)
def test_a_plain_dict_is_not_checked(model, words):
    assert json.loads(encode_body({"at": model.to_dict()})) == {"at": model.to_dict()}


def test_values_of_the_wrong_type_are_not_checked():
    message = Message.from_dict({"content": {"type": "text", "text": 5}, "references": "none"})
    assert json.loads(encode_body(message)) == message.to_dict()


def test_a_value_that_contains_itself_is_refused():
    cycle = {}
    cycle["cycle"] = [cycle]
    with pytest.raises(ValueError, match="nested too deeply"):
        encode_body({"at": cycle})


JANE = {"user": {"id": "u"}}
CALLS = {
    "author": lambda s: s.messages.post(
        "c", "Hi", author=Author(type="user", user_id="u", user_external_id="e")
    ),
    "destination": lambda s: s.messages.post("c", "Hi", destination=Destination()),
    "content": lambda s: s.messages.post("c", TextMessage()),
    "template": lambda s: s.messages.post("c", TemplateMessage(template={})),
    "activity": lambda s: s.activities.post(
        "c", type="typing:start", author=Author(type="user", user_id="u")
    ),
    "participants": lambda s: s.conversations.create(
        type="personal", participants=[ParticipantSubSchema()]
    ),
    "two": lambda s: s.conversations.create(
        type="personal", participants=[{"userId": "a"}, {"userId": "b"}]
    ),
    "none": lambda s: s.conversations.create(type="personal"),
    "eleven": lambda s: s.conversations.create(
        type="sdkGroup", participants=[{"userId": str(n)} for n in range(11)]
    ),
    "profile": lambda s: s.users.create(external_id="e", profile=Profile(locale="")),
    "events": lambda s: s.conversations.post_conversion_events("c", ConversionEventsBody()),
    "integration": lambda s: s.integrations.create(Custom(webhooks=[])),
    "update": lambda s: s.integrations.update("i", WebUpdate(brand_color="red")),
    "confirmation": lambda s: s.clients.create(
        "u",
        match_criteria={"type": "mailgun"},
        target={"conversationId": "c"},
        confirmation=ClientConfirmation(
            type="prompt", message=MessagePost(author=BUSINESS, content=FileMessage("u"))
        ),
    ),
    "request": lambda s: s.request("POST", "/v2/x", json={"content": TextMessage()}),
}


@pytest.mark.parametrize("name", CALLS)
async def test_an_invalid_call_sends_nothing(name):
    scripted = server(ok(JANE))
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match=r".+"):
            await CALLS[name](sunco)
    assert scripted.count == 0


async def test_an_invalid_dict_is_sent():
    scripted = server(ok({"messages": []}))
    async with client(scripted) as sunco:
        await sunco.messages.post("c", {"type": "template", "template": {}}, destination={})
        await sunco.messages.post("c", {"type": "text"})
    assert scripted.count == 2
