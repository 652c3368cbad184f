"""Credentials that cannot be sent are refused, and no text, log, local or pickle shows them."""

import logging
import pickle
import traceback

import httpx
import pytest
from fakes import USER, client, error, server

from sunco_async import AsyncSunco, BasicAuth, BearerAuth, ConfigurationError, JWTAuth
from sunco_async._base.hidden import Concealed, Hidden
from sunco_async.oauth import OAuthFlow, sign_end_user_token

CANARY = "canary-not-a-secret-0123456789abcdef"


class SecretStr:
    """Like pydantic's: no str, and its repr is stars."""

    def __init__(self, value):
        self.value = value

    def get_secret_value(self):
        return self.value

    def __repr__(self):
        return "SecretStr('**********')"


BAD_TEXTS = {
    "line feed at the end": CANARY + "\n",
    "carriage return at the end": CANARY + "\r\n",
    "blank at the end": CANARY + " ",
    "blank in front": " " + CANARY,
    "tab in front": "\t" + CANARY,
    "no-break space at the end": CANARY + "\xa0",
    "line feed inside": CANARY + "\nX-Evil: 1",
    "NUL inside": CANARY + "\0x",
    "DEL inside": CANARY + "\x7fx",
    "escape code inside": CANARY + "\x1b[0m",
    "byte order mark in front": "\ufeff" + CANARY,
    "zero-width space at the end": CANARY + "\u200b",
    "lone surrogate": CANARY + "\udc80",
    "blanks alone": "   ",
    "empty": "",
}
BAD_TYPES = {
    "bytes": CANARY.encode(),
    "bytearray": bytearray(CANARY.encode()),
    "memoryview": memoryview(CANARY.encode()),
    "int": 12345,
    "SecretStr": SecretStr(CANARY),
    "list": [CANARY],
    "None": None,
}
BAD = {**BAD_TEXTS, **BAD_TYPES}
BAD_TOKENS = {
    **BAD,
    "Bearer in front": f"Bearer {CANARY}",
    "bearer in front": f"bearer {CANARY}",
    "Basic in front": f"Basic {CANARY}",
    "blank inside": f"{CANARY} {CANARY}",
    "non-ASCII": CANARY + "é",
}


def shown(raised):
    """Return whatever a reporter of errors could show, less the frames of this test."""
    while raised.__traceback__.tb_frame.f_code.co_filename == __file__:
        raised.__traceback__ = raised.__traceback__.tb_next
    whole = traceback.TracebackException.from_exception(raised, capture_locals=True)
    return "".join(whole.format()) + repr(raised) + repr(vars(raised)) + repr(pickle.dumps(raised))


def assert_refused(make, *words, caught=ConfigurationError):
    with pytest.raises(caught) as raised:
        make()
    for word in words:
        assert word in str(raised.value)
    assert CANARY not in shown(raised.value)
    assert raised.value.outcome == "not_sent"


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_bearer_token_that_cannot_be_sent(token):
    assert_refused(lambda: BearerAuth(token), "the token")


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", "BEARER "])
def test_the_word_bearer_in_front_of_a_token_is_named(prefix):
    assert_refused(lambda: BearerAuth(prefix + CANARY), 'without "Bearer "')


def test_text_from_a_file_is_told_to_be_stripped():
    for make in (BearerAuth, lambda value: BasicAuth("app_1", value)):
        assert_refused(lambda make=make: make(CANARY + "\n"), "file", "strip")


@pytest.mark.parametrize("secret", BAD.values(), ids=BAD)
def test_a_secret_that_cannot_be_one(secret):
    assert_refused(lambda: BasicAuth("app_1", secret), "secret")
    assert_refused(lambda: JWTAuth("app_1", secret), "secret")
    assert_refused(lambda: sign_end_user_token("app_1", secret, "jane"), "secret")
    assert_refused(lambda: OAuthFlow("client", secret), "client_secret")
    if secret is not None:
        made = {"app_id": "a1", "subdomain": "acme", "key_id": "app_1", "secret": secret}
        assert_refused(lambda: AsyncSunco(**made), "secret=")


def test_a_type_is_named_with_what_to_do():
    assert_refused(lambda: BasicAuth("app_1", CANARY.encode()), "not bytes", "decode")
    assert_refused(lambda: BasicAuth("app_1", SecretStr(CANARY)), "SecretStr", "get_secret_value")
    assert_refused(lambda: BearerAuth(CANARY.encode()), "not bytes", "decode")


@pytest.mark.parametrize(
    "key_id",
    [*BAD.values(), "app_ 1", "app:1", "app_é"],
    ids=[*BAD, "blank inside", "colon", "non-ASCII"],
)
def test_a_key_id_that_cannot_be_one(key_id):
    assert_refused(lambda: BasicAuth(key_id, CANARY), "key_id")
    assert_refused(lambda: JWTAuth(key_id, CANARY), "key_id")
    if key_id is not None:
        made = {"app_id": "a1", "subdomain": "acme", "key_id": key_id, "secret": CANARY}
        assert_refused(lambda: AsyncSunco(**made), "key_id=")


def test_a_swapped_key_id_and_secret_is_told_and_not_shown():
    assert_refused(lambda: BasicAuth(CANARY, "app_1"), "swapped")
    assert_refused(lambda: JWTAuth(CANARY, "act_1"), "swapped")
    made = {"app_id": "a1", "subdomain": "acme", "key_id": CANARY, "secret": "int_1"}
    assert_refused(lambda: AsyncSunco(**made), "swapped")


@pytest.mark.parametrize("variable", ["SUNCO_KEY_SECRET", "SUNCO_KEY_ID"])
@pytest.mark.parametrize(
    "kind", sorted(set(BAD_TEXTS) - {"NUL inside", "empty"})
)  # no variable holds it
def test_a_bad_environment_variable_is_named(variable, kind, monkeypatch):
    value = BAD_TEXTS[kind]
    monkeypatch.setenv("SUNCO_KEY_ID", "app_1")
    monkeypatch.setenv("SUNCO_KEY_SECRET", CANARY)
    monkeypatch.setenv(variable, value)
    assert_refused(lambda: AsyncSunco(app_id="a1", subdomain="acme"), variable)


async def assert_not_sent(auth, caplog, *words):
    """Check it on both ways to the network, and on a client that was passed in."""
    caplog.set_level(logging.DEBUG)
    for passed_in in (False, True):
        scripted = server(USER)
        settings = {}
        http = None
        if passed_in:
            http = httpx.AsyncClient(transport=httpx.MockTransport(scripted.handle))
            settings = {"http_client": http, "transport": None}
        async with client(scripted, auth=auth, **settings) as sunco:
            with pytest.raises(ConfigurationError) as raised:
                await sunco.users.get("u1")
            assert sunco.statistics().attempts == scripted.count == 0
        if http is not None:
            await http.aclose()
        assert (raised.value.outcome, raised.value.attempts) == ("not_sent", 0)
        assert raised.value.operation == "users.get"
        for word in words:
            assert word in str(raised.value)
        assert CANARY not in shown(raised.value)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS)
async def test_a_bad_token_of_a_callable_is_refused_before_anything_is_sent(token, caplog):
    async def source():
        return token

    await assert_not_sent(BearerAuth(source), caplog, "callable of BearerAuth")


async def test_a_callable_that_is_not_async_is_told(caplog):
    await assert_not_sent(BearerAuth(lambda: CANARY), caplog, "must be async", "str")
    await assert_not_sent(BearerAuth(lambda: None), caplog, "must be async", "NoneType")


class Custom:
    """Credentials of the user's own."""

    def __init__(self, *values):
        self.values = list(values)

    async def authorization(self, *, rejected=None):
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]


@pytest.mark.parametrize(
    "value",
    [*BAD.values(), CANARY + "é", CANARY.encode()],
    ids=[*BAD, "non-ASCII", "bytes"],
)
async def test_a_bad_header_of_custom_credentials_is_refused_before_it_is_sent(value, caplog):
    await assert_not_sent(Custom(value), caplog, "Custom.authorization()")


async def test_custom_credentials_that_are_not_async_are_told(caplog):
    class Synchronous:
        def authorization(self, *, rejected=None):
            return CANARY

    await assert_not_sent(Synchronous(), caplog, "Synchronous.authorization()", "async")


async def test_good_custom_credentials_are_sent():
    scripted = server(USER)
    async with client(scripted, auth=Custom(f"Custom {CANARY}")) as sunco:
        await sunco.users.get("u1")
    assert scripted.last.headers["authorization"] == f"Custom {CANARY}"


async def test_a_renewed_header_that_is_bad_is_refused_after_the_401():
    scripted = server(error(401), USER)
    async with client(scripted, auth=Custom("Custom first", CANARY + "\n")) as sunco:
        with pytest.raises(ConfigurationError) as raised:
            await sunco.users.get("u1")
    assert scripted.count == raised.value.attempts == 1
    assert CANARY not in shown(raised.value)


@pytest.mark.parametrize("auth", [("app_1", CANARY), "token", BasicAuth, object(), lambda: None])
def test_credentials_that_are_none_are_refused_at_construction(auth):
    assert_refused(lambda: AsyncSunco(app_id="a1", subdomain="acme", auth=auth), "auth=")


@pytest.mark.parametrize("cls", [BasicAuth, JWTAuth, BearerAuth, OAuthFlow])
def test_a_half_made_object_has_a_repr(cls):
    assert cls.__name__ in repr(object.__new__(cls))


def test_a_hidden_str_stays_hidden_in_pieces():
    from rich.pretty import pretty_repr

    secret = Hidden(CANARY * 10)
    assert str(secret) == CANARY * 10
    assert CANARY[:8] not in repr(secret[:80]) + repr([secret]) + repr({"a": secret})
    assert CANARY[:8] not in pretty_repr({"a": [secret]}, max_string=80)
    for hidden in (secret, Concealed(secret)):
        assert CANARY[:8] not in repr(hidden)
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(hidden)
