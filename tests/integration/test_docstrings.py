"""Every example in a docstring of the package runs."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import respx
from example_code import run, settings_of

import sunco_async
from sunco_async import (
    AsyncSunco,
    Call,
    CallNext,
    Response,
    bots,
    bulk,
    hooks,
    oauth,
    testing,
    webhooks,
)
from sunco_async.sandbox import RateLimit, Sandbox

PACKAGE = Path(sunco_async.__file__).parent
POSTED = {"messages": [{"id": "m1", "content": {"type": "text", "text": "Hello Jane!"}}]}
EVENTS = b"""{"app": {"id": "a"}, "webhook": {"id": "w", "version": "v2"}, "events": [
    {"id": "e1", "type": "conversation:message", "payload": {
        "conversation": {"id": "c1", "type": "personal"},
        "message": {"id": "m1", "author": {"type": "user"},
                    "content": {"type": "text", "text": "Hi"}}}},
    {"id": "e2", "type": "conversation:sung", "payload": {}}
]}"""


def without_sections(docstring):
    """Yield the lines outside of Google-style sections, whose indented lines are no examples."""
    in_section = False
    for line in docstring.splitlines():
        if line in {"Args:", "Attributes:", "Returns:", "Yields:", "Raises:"}:
            in_section = True
        elif line and not line.startswith(" "):
            in_section = False
        if not in_section:
            yield line


def example(path, *, of=None):
    """Give the indented code of the docstring of a module, of a class in one, or of an object."""
    module, _, name = path.partition(":")
    found = importlib.import_module(module)
    if of is not None:
        found = of
    elif name:
        found = getattr(found, name)
    text = "\n".join(without_sections(inspect.getdoc(found)))
    blocks = [line for line in text.splitlines() if line.startswith("    ") or not line]
    return inspect.cleandoc("\n".join(blocks))


async def run_example(path, *, of=None, **namespace):
    await run(example(path, of=of), namespace, source=path)
    return namespace


@pytest.fixture
async def sandbox():
    sandbox = Sandbox()
    async with sandbox.serve() as server:
        with settings_of(sandbox, server):
            yield sandbox


async def new_conversation(sunco):
    user = await sunco.users.create(external_id="jane")
    return await sunco.conversations.create(type="personal", participants=[{"userId": user.id}])


async def test_the_package():
    async with respx.mock() as mock:
        post = mock.post(host="acme.zendesk.com").respond(201, json=POSTED)
        await run_example("sunco_async", AsyncSunco=AsyncSunco, conversation_id="c1")
    assert b"Hello Jane!" in post.calls.last.request.content


async def test_bulk(sandbox):
    async with AsyncSunco() as sunco:
        conversation = await new_conversation(sunco)
        outbox = [bulk.Outgoing("1", "Hello", conversation_id=conversation.id)]
        names = await run_example(
            "sunco_async.bulk", BulkSender=bulk.BulkSender, sunco=sunco, outbox=outbox
        )
    assert isinstance(names["result"], bulk.Sent)


async def test_hooks(sandbox):
    measured = []
    histogram = SimpleNamespace(record=lambda *what: measured.append(what))
    names = await run_example(
        "sunco_async.hooks", **vars(hooks), AsyncSunco=AsyncSunco, histogram=histogram
    )
    async with AsyncSunco(hooks=names["Metrics"]()) as sunco:
        await sunco.users.create(external_id="jane")
    [(seconds, labels)] = measured
    assert seconds > 0
    assert labels == {"status": 201}


async def test_middleware(sandbox, capsys):
    names = await run_example(
        "sunco_async.middleware:Middleware",
        time=time,
        Call=Call,
        Response=Response,
        CallNext=CallNext,
    )
    async with AsyncSunco(middleware=[names["timed"]]) as sunco:
        await sunco.users.create(external_id="jane")
    assert capsys.readouterr().out.startswith("users.create ")


async def test_oauth():
    begin, finish = example("sunco_async.oauth").rsplit("\n", 1)
    names = {"OAuthFlow": oauth.OAuthFlow}
    await run(begin, names, source="sunco_async.oauth")
    names["stored_state"] = state = names["request"].state
    names["callback_url"] = f"https://example.org/callback?code=c1&state={state}"
    async with respx.mock() as mock:
        mock.post(path="/sc/oauth/token").respond(
            json={"access_token": "not-a-token", "token_type": "Bearer"}
        )
        mock.get(path="/sc/v2/tokenInfo").respond(json={"app": {"id": "a1", "subdomain": "acme"}})
        await run(finish, names, source="sunco_async.oauth")
    async with names["sunco"] as sunco:
        assert (sunco.app_id, sunco.base_url) == ("a1", "https://acme.zendesk.com/sc")


async def test_sandbox(capsys):
    names = await run_example(
        "sunco_async.sandbox", Sandbox=Sandbox, RateLimit=RateLimit, httpx=httpx
    )
    async with httpx.AsyncClient(transport=names["transport"], base_url="http://sandbox") as http:
        users = f"/v2/apps/{names['sandbox'].app_id}/users"
        assert (await http.post(users, json={})).status_code == 401
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")


async def test_webhooks(capsys):
    async def body():
        return EVENTS

    request = SimpleNamespace(headers={"X-API-Key": "not-a-secret"}, body=body)
    await run_example(
        "sunco_async.webhooks", webhooks=webhooks, request=request, secret="not-a-secret"
    )
    said, sung = capsys.readouterr().out.splitlines()
    assert said.startswith("c1 user TextMessage(")
    assert sung.startswith("conversation:sung {")


async def deliver(receiver, events=EVENTS):
    """Deliver events to a receiver as the platform does, and wait until they are handled."""
    transport = httpx.ASGITransport(app=receiver)
    async with receiver, httpx.AsyncClient(transport=transport) as platform:
        return await platform.post(
            "http://bot.test/", content=events, headers={"X-API-Key": "not-a-secret"}
        )


@pytest.mark.parametrize(
    "path",
    [
        "sunco_async.webhooks._receiver.receiver:WebhookReceiver",
        "sunco_async.webhooks._receiver.sqlite_inbox:SQLiteInbox",
        "sunco_async.webhooks._receiver.handling:Handling",
    ],
)
async def test_the_webhook_receiver(path, monkeypatch, tmp_path):
    monkeypatch.setenv("WEBHOOK_SECRET", "not-a-secret")
    monkeypatch.chdir(tmp_path)
    names = await run_example(
        path,
        os=os,
        secret="not-a-secret",
        receiver=webhooks.WebhookReceiver(secrets="not-a-secret"),
        **{name: getattr(webhooks, name) for name in webhooks.__all__},
    )
    assert (await deliver(names["receiver"])).status_code == 200


async def test_the_client_of_the_sandbox():
    names = await run_example("sunco_async.testing", Sandbox=Sandbox, client=testing.client)
    assert names["sandbox"].statistics().users == 1


def message_of_jane(conversation):
    return EVENTS.replace(b'"c1"', f'"{conversation.id}"'.encode())


@pytest.mark.parametrize("path", ["sunco_async.bots", "sunco_async.bots._bot:Bot"])
async def test_a_bot(path, sandbox, monkeypatch):
    monkeypatch.setenv("WEBHOOK_SECRET", "not-a-secret")
    async with AsyncSunco() as sunco:
        conversation = await new_conversation(sunco)
        names = await run_example(
            path,
            os=os,
            sunco=sunco,
            bots=bots,
            Bot=bots.Bot,
            Context=bots.Context,
            webhooks=webhooks,
            receiver=webhooks.WebhookReceiver(secrets="not-a-secret"),
        )
        await deliver(names["receiver"], message_of_jane(conversation))
        [message] = (await sunco.messages.list(conversation.id)).items
        assert message.content.text == "You said: Hi"


@pytest.mark.parametrize(
    ("path", "of", "text"),
    [
        ("sunco_async.bots._context:typing", bots.Context.typing, "Hi!"),
        ("sunco_async.bots.shorthand", None, "Hi"),
    ],
)
async def test_a_reply(path, of, text, sandbox):
    async def ask_the_model(question):
        return f"{question}!"

    async with AsyncSunco() as sunco:
        conversation = await new_conversation(sunco)
        receiver = webhooks.WebhookReceiver(secrets="not-a-secret")
        bot = bots.Bot(sunco, receiver)

        @bot.on(webhooks.ConversationMessageEvent)
        async def reply(context):
            await run_example(
                path,
                of=of,
                context=context,
                ask_the_model=ask_the_model,
                shorthand=bots.shorthand,
                text_of_a_model=context.text,
            )

        await deliver(receiver, message_of_jane(conversation))
        [message] = (await sunco.messages.list(conversation.id)).items
        assert message.content.text == text


def test_the_script_makes_the_recipients_of_the_campaign():
    folder = Path(__file__).parents[2] / "examples" / "campaign"
    command = [sys.executable, "make_recipients.py"]
    made = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    assert made == (folder / "recipients.csv").read_bytes()


def test_every_example_in_a_docstring_is_run():
    here = ast.parse(Path(__file__).read_text("utf-8"))
    run_here = {n.value for n in ast.walk(here) if isinstance(n, ast.Constant)}
    found = set()
    # What the wheel brings along of `examples/` is no module of the package.
    for path in set(PACKAGE.rglob("*.py")) - set(PACKAGE.glob("examples/**/*.py")):
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                lines = without_sections(ast.get_docstring(node) or "")
                if any(line.startswith("    ") for line in lines):
                    found.add(f"{module}:{node.name}" if hasattr(node, "name") else module)
    elsewhere = {
        "sunco_async.bulk._sender:BulkSender",  # a doctest, run by test_bulk_sandbox
        "sunco_async.bulk._ledger.states",  # a diagram
        "sunco_async.cli._bulk_app:send",  # the help of a command; see test_campaign_example
        "sunco_async.errors",  # a tree
        "sunco_async.middleware._call:Middleware",  # run here by its public name
    }
    assert found - elsewhere <= run_here
    assert elsewhere <= found
