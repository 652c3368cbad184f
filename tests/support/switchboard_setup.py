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
