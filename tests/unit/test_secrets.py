"""A canary secret, looked for wherever a secret must not be."""

import logging
import pickle
import traceback

import httpx
import pytest
from fakes import USER, client, error, server
from transport_kinds import PARSERS, make_transport

from sunco_async import AsyncSunco, BasicAuth, BearerAuth, ConfigurationError, JWTAuth, SuncoError

CANARY = "canary-not-a-secret-0123456789abcdef"
BASIC = __import__("base64").b64encode(f"app_test:{CANARY}".encode()).decode()

AUTHS = {
    "basic": lambda: BasicAuth("app_test", CANARY),
    "jwt": lambda: JWTAuth("app_test", CANARY),
    "bearer": lambda: BearerAuth(CANARY),
}


def shown(error):
    """Everything that a reporter of errors could show: text, locals of every frame, vars, pickle."""
    whole = "".join(
        traceback.TracebackException.from_exception(error, capture_locals=True).format()
    )
    return whole + repr(error) + repr(vars(error)) + repr(pickle.dumps(error))


def assert_hidden(text, *tokens):
    for token in (CANARY, BASIC, *tokens):
        assert token not in text


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize(
    "step",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
        error(401),
        error(404),
        error(500),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(302, headers={"location": "https://evil.example"}),
    ],
    ids=repr,
)
async def test_no_error_shows_the_secret(auth, step, caplog):
    caplog.set_level(logging.DEBUG)
    scripted = server(step)
    async with client(scripted, auth=AUTHS[auth](), retry=None) as sunco:
        with pytest.raises(SuncoError) as caught:
            await sunco.users.get("u1")
    sent = scripted.last.headers["authorization"].partition(" ")[2]
    # The test's own frame is not ours to hide; the frames below it are.
    caught.value.__traceback__ = caught.value.__traceback__.tb_next
    assert_hidden(shown(caught.value), sent)
    assert_hidden(caplog.text, sent)
    assert_hidden(repr(sunco) + repr(sunco.__dict__), sent)


async def test_a_real_connection_that_fails_shows_nothing_either(caplog):
    caplog.set_level(logging.DEBUG)
    for parser in PARSERS:
        sunco = AsyncSunco(
            base_url="http://127.0.0.1:9",
            app_id="a1",
            key_id="app_test",
            secret=CANARY,
            retry=None,
            transport=make_transport(parser, max_connections=1),
        )
        async with sunco:
            with pytest.raises(SuncoError) as caught:
                await sunco.users.get("u1")
        caught.value.__traceback__ = caught.value.__traceback__.tb_next
        assert_hidden(shown(caught.value))
    assert_hidden(caplog.text)


@pytest.mark.parametrize(
    "wrong", [{}, {"subdomain": "a b"}, {"region": "mars"}, {"base_url": "http://evil.example"}]
)
def test_a_wrong_setting_does_not_show_the_secret_beside_it(wrong, monkeypatch):
    monkeypatch.setenv("SUNCO_KEY_SECRET", CANARY)
    with pytest.raises(ConfigurationError) as caught:
        AsyncSunco(app_id="a1", key_id="app_test", secret=CANARY, **wrong)
    caught.value.__traceback__ = caught.value.__traceback__.tb_next
    assert_hidden(shown(caught.value))


async def test_a_failing_signature_does_not_show_the_secret(monkeypatch):
    from joserfc import jwt

    def broken(*args, **kwargs):
        raise RuntimeError("no entropy")

    monkeypatch.setattr(jwt, "encode", broken)
    async with client(server(USER), auth=JWTAuth("app_test", CANARY)) as sunco:
        with pytest.raises(RuntimeError) as caught:
            await sunco.users.get("u1")
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [
        line
        for frame in frames.stack
        if "/sunco_async/" in frame.filename
        for line in frame.locals or {}
    ]
    assert ours
    text = "".join(str(frame.locals) for frame in frames.stack if "/sunco_async/" in frame.filename)
    assert_hidden(text)


async def test_the_environment_is_not_in_a_traceback(monkeypatch):
    monkeypatch.setenv("SUNCO_KEY_SECRET", CANARY)
    with pytest.raises(ConfigurationError) as caught:
        AsyncSunco(app_id="a1", subdomain="acme")
    caught.value.__traceback__ = caught.value.__traceback__.tb_next
    assert_hidden(shown(caught.value))
