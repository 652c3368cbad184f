"""Which webhooks get an event while a switchboard routes conversations."""

import pytest
from sandbox_api import sandbox_api
from switchboard_setup import Board
from webhook_target import Target

from sunco_async.sandbox import Clock


class Hooks:
    """A switchboard with a bot, a human on standby without events, and a watcher beside it."""

    def __init__(self, board):
        self.board = board
        self.api = board.api
        self.targets = {}

    async def add(self, name, integration_id, *triggers):
        url = f"https://{name}.example"
        target = self.targets[name] = Target()
        self.api.sandbox.route(url, target)
        self.api.sandbox.add_webhook(url, triggers, integration_id=integration_id)
        await self.api.sandbox.deliveries.settled()

    async def received(self):
        """Return the types of the events that each target got, and forget them."""
        await self.api.sandbox.deliveries.settled()
        found = {
            name: [event["type"] for each in target.payloads for event in each["events"]]
            for name, target in self.targets.items()
        }
        for target in self.targets.values():
            target.requests.clear()
        return found


@pytest.fixture
async def hooks():
    async with sandbox_api(clock=Clock(1_750_000_000)) as api, api.sandbox:
        board = await Board.create(api)
        hooks = Hooks(board)
        triggers = ("conversation:message", "switchboard:offerControl", "switchboard:passControl")
        bot = await board.add("bot", deliverStandbyEvents=False)
        human = await board.add("human", deliverStandbyEvents=False)
        await hooks.add("bot", bot["integrationId"], *triggers)
        await hooks.add("human", human["integrationId"], *triggers)
        await hooks.add("watcher", await board.integration(), *triggers)
        await board.enable(bot)
        yield hooks


async def test_the_integration_in_control_gets_the_events(hooks):
    api = hooks.api
    conversation = await api.conversation(await api.user())
    message, offer, passed = (
        ["conversation:message"],
        ["switchboard:offerControl"],
        ["switchboard:passControl"],
    )
    await api.post(conversation, "Hello")
    assert await hooks.received() == {"bot": message, "human": [], "watcher": message}
    path = f"/conversations/{conversation}"
    await api.call("POST", f"{path}/offerControl", 200, {"switchboardIntegration": "human"})
    assert await hooks.received() == {"bot": offer, "human": offer, "watcher": offer}
    await api.post(conversation, "Hello")
    assert await hooks.received() == {"bot": message, "human": [], "watcher": message}
    await api.call("POST", f"{path}/passControl", 200, {"switchboardIntegration": "human"})
    assert await hooks.received() == {"bot": [], "human": passed, "watcher": passed}
    await api.post(conversation, "Hello")
    assert await hooks.received() == {"bot": [], "human": message, "watcher": message}
    await api.call("PATCH", hooks.board.path, 200, {"enabled": False})
    await api.post(conversation, "Hello")
    assert await hooks.received() == {"bot": message, "human": message, "watcher": message}
