"""A switchboard in a sandbox, with custom integrations to put on it."""

from channel_bodies import integration_body
from sandbox_api import Api


class Board:
    """One switchboard, which is disabled at first."""

    def __init__(self, api: Api, switchboard_id: str) -> None:
        self.api = api
        self.id = switchboard_id
        self.path = f"/switchboards/{switchboard_id}"
        self.members = f"{self.path}/switchboardIntegrations"

    @classmethod
    async def create(cls, api: Api) -> "Board":
        return cls(api, (await api.call("POST", "/switchboards", 201))["switchboard"]["id"])

    async def integration(self, kind: str = "custom") -> str:
        """Create an integration; return its id. Of custom ones an app can have ten."""
        body = integration_body(kind)
        return (await self.api.call("POST", "/integrations", 201, body))["integration"]["id"]

    async def add(self, name: str, **fields) -> dict:
        """Create a switchboard integration of a custom integration of its own."""
        body = {"name": name, "integrationId": await self.integration(), **fields}
        made = await self.api.call("POST", self.members, 201, body)
        return made["switchboardIntegration"]

    async def enable(self, default: dict) -> None:
        """Enable the switchboard with this default."""
        body = {"enabled": True, "defaultSwitchboardIntegrationId": default["id"]}
        await self.api.call("PATCH", self.path, 200, body)


class Desk:
    """An enabled switchboard with a bot, which is the default, and a human after it."""

    def __init__(self, board, bot, human, user, conversation):
        self.api = board.api
        self.board = board
        self.bot = bot
        self.human = human
        self.user = user
        self.conversation = conversation

    async def act(self, action, status=200, body=None, key=None):
        path = f"/conversations/{self.conversation}/{action}Control"
        return await self.api.call("POST", path, status, body, key=key)

    async def control(self):
        """Return the names of who is active and who is pending."""
        shown = await self.api.call("GET", f"/conversations/{self.conversation}")
        return names(shown["conversation"])

    async def key(self, member):
        path = f"/integrations/{member['integrationId']}/keys"
        return (await self.api.call("POST", path, 201, {"displayName": "K"}))["key"]["id"]

    def events(self):
        """Return the switchboard events so far, with who was active and pending, and forget them."""
        events = [each for each in self.api.sandbox.events if each.type.startswith("switchboard:")]
        self.api.sandbox.clear_records()
        return [
            (each.type.removeprefix("switchboard:"), *names(each.payload["conversation"]))
            for each in events
        ]


def names(conversation):
    shown = (conversation.get(f"{state}SwitchboardIntegration") for state in ("active", "pending"))
    return tuple(each and each["name"] for each in shown)
