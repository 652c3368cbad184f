"""The structs: names, constructors, secrets, and unknown members."""

import ast
import copy
import inspect
import pickle
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sunco_async import models
from sunco_async.models import (
    Author,
    ConversationUpdateBody,
    Custom,
    FileMessage,
    ImageMessage,
    MessagePost,
    ParticipantJoinBody,
    Profile,
    Telegram,
    TextMessage,
    Twitter,
    UnknownContent,
    UnknownIntegration,
    UserUpdateBody,
    Webhook,
)
from sunco_async.models._base import Model, Unknown
from sunco_async.models._field_types import is_secret

STRUCTS = sorted(
    (
        member
        for name in models.__all__
        if isinstance(member := getattr(models, name), type) and issubclass(member, Model)
    ),
    key=lambda cls: cls.__name__,
)


def test_public_names_are_sorted_and_complete():
    assert models.__all__ == sorted(set(models.__all__))
    folder = Path(inspect.getfile(models)).parent
    internal = {"_codec", "_encode", "_field_types", "_lenient", "_pydantic", "_timestamps"}
    defined = {
        node.name
        for path in folder.glob("_[a-z]*.py")
        if path.stem not in internal
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }
    assert defined - set(models.__all__) == {"ChannelIntegration", "OpenUnion", "SdkIntegration"}


@pytest.mark.parametrize("cls", STRUCTS)
def test_every_struct_is_frozen_documented_and_without_gc(cls):
    config = cls.__struct_config__
    assert config.frozen
    assert config.omit_defaults
    assert not config.gc
    assert cls.__doc__
    assert "__doc__" in vars(cls)


@pytest.mark.parametrize("cls", STRUCTS)
def test_only_text_and_media_url_are_positional(cls):
    positional = [
        parameter.name
        for parameter in inspect.signature(cls).parameters.values()
        if parameter.kind is not parameter.KEYWORD_ONLY
    ]
    expected = {
        TextMessage: ["text"],
        ImageMessage: ["media_url"],
        FileMessage: ["media_url"],
    }
    assert positional == expected.get(cls, [])


def test_text_and_media_url_can_be_positional():
    assert TextMessage("Hello") == TextMessage(text="Hello")
    assert ImageMessage("https://example.org/a.png").media_url == "https://example.org/a.png"
    assert TextMessage("Hello").type == "text"
    with pytest.raises(TypeError):
        TextMessage("Hello", "<b>Hello</b>")


def test_models_are_read_only():
    with pytest.raises(AttributeError):
        TextMessage("Hello").text = "Bye"
    with pytest.raises(AttributeError):
        UnknownContent({"type": "sticker"}).type = "text"
    with pytest.raises(AttributeError):
        UnknownContent({"type": "sticker"}).raw = {}


SECRETS = [
    (cls, field.name)
    for cls in STRUCTS
    for field in msgspec.structs.fields(cls)
    if is_secret(field.type)
]


def test_fields_with_the_name_of_a_secret_are_secret():
    endings = ("secret", "token", "password", "certificate")
    named = {
        (cls, field.name)
        for cls in STRUCTS
        for field in msgspec.structs.fields(cls)
        if field.name.endswith((*endings, "_key"))
    }
    assert named <= set(SECRETS)
    assert len(SECRETS) > 30


@pytest.mark.parametrize(("cls", "name"), SECRETS)
def test_a_secret_is_in_to_dict_and_not_in_repr(cls, name):
    fields = msgspec.structs.fields(cls)
    required = {field.name: "any" for field in fields if field.required}
    model = cls(**required | {name: "not-a-secret"})
    assert "not-a-secret" in model.to_dict().values()
    assert "not-a-secret" not in repr(model)
    assert "not-a-secret" not in str(model)
    assert "not-a-secret" not in dict(model.__rich_repr__()).values()
    assert f"{name}='***'" in repr(model)


def test_a_nested_secret_is_hidden_too():
    hook = Webhook(target="https://example.org", triggers=["*"], secret="not-a-secret")
    assert "not-a-secret" not in repr(Custom(webhooks=[hook]))
    assert "not-a-secret" not in repr(UnknownIntegration({"type": "kakao", "key": "not-a-secret"}))


def test_repr_shows_the_fields_that_are_set():
    assert repr(Author(type="business", display_name="Steve")) == (
        "Author(type='business', display_name='Steve')"
    )
    assert repr(TextMessage()) == "TextMessage()"
    assert repr(UnknownContent({"type": "sticker"})) == "UnknownContent({'type': 'sticker'})"


def test_unset_is_left_out_and_none_becomes_null():
    assert UserUpdateBody().to_dict() == {}
    assert ConversationUpdateBody(description=None).to_dict() == {"description": None}
    assert Profile(given_name=None, email="jane@example.org").to_dict() == {
        "givenName": None,
        "email": "jane@example.org",
    }


def test_keys_that_are_not_camel_case():
    assert ParticipantJoinBody(user_id="u", subscribe_sdk_client=True).to_dict() == {
        "userId": "u",
        "subscribeSDKClient": True,
    }
    assert models.AppleUpdate(show_ai_disclaimer=False).to_dict() == {"showAIDisclaimer": False}
    options = models.MessengerChannelOptions(messenger_extensions=True, webview_share_button="hide")
    assert options.to_dict() == {"messenger_extensions": True, "webview_share_button": "hide"}


def test_secrets_that_are_only_sent_are_required():
    with pytest.raises(TypeError, match="token"):
        Telegram()
    with pytest.raises(TypeError, match="access_token_secret"):
        Twitter(tier="enterprise", consumer_key="k", consumer_secret="s", access_token_key="t")


@pytest.mark.parametrize(
    "member",
    [getattr(models, name) for name in models.__all__ if name.startswith("Unknown")],
)
def test_unknown_members_are_compared_by_value(member):
    assert issubclass(member, Unknown)
    raw = {"type": "new", "list": [{"a": 1}]}
    value = member(raw)
    assert (value.type, value.raw) == ("new", raw)
    assert value == member(copy.deepcopy(raw))
    assert value != member({"type": "new"})
    assert value != raw
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  # the test pickled them itself
    assert copy.deepcopy(value) == value
    assert member({"type": 5}).type is None
    assert member({}).type is None
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)


def test_unknown_members_of_different_unions_differ():
    assert UnknownContent({"type": "x"}) != UnknownIntegration({"type": "x"})


def test_models_pickle_and_replace():
    post = MessagePost(author=Author(type="business"), content=TextMessage("Hello"))
    assert pickle.loads(pickle.dumps(post)) == post  # noqa: S301  # the test pickled them itself
    other = msgspec.structs.replace(post, content=TextMessage("Bye"))
    assert (post.content, other.content) == (TextMessage("Hello"), TextMessage("Bye"))


def test_to_dict_of_lists_and_unknown_members():
    sent = datetime(2019, 3, 21, 18, 48, 52, 760_000, tzinfo=UTC)
    messages = [
        models.Message(
            id="1", received=sent, content=UnknownContent({"type": "sticker", "at": None})
        ),
        models.Message(id="2", content=TextMessage("Hello")),
    ]
    assert [message.to_dict() for message in messages] == [
        {
            "id": "1",
            "received": "2019-03-21T18:48:52.760Z",
            "content": {"type": "sticker", "at": None},
        },
        {"id": "2", "content": {"type": "text", "text": "Hello"}},
    ]


def test_from_dict():
    data = {"id": "1", "content": {"type": "sticker"}, "new": 1}
    assert models.Message.from_dict(data) == models.Message(
        id="1", content=UnknownContent({"type": "sticker"})
    )
    with pytest.raises(TypeError, match=r"Message\.from_dict needs a dict, not list"):
        models.Message.from_dict([])
