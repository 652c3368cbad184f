"""The groups of operations, as attributes of the client.

A group is constructed when it is first used, because its module and the models in it are imported
only then.
"""

from __future__ import annotations  # evaluated, the annotations would import every group

from functools import cached_property

from sunco_async import resources
from sunco_async._call.pipeline import Pipeline

__all__ = ["Groups"]


class Groups:
    """One attribute for each group of operations."""

    _pipeline: Pipeline

    @cached_property
    def apps(self) -> resources.Apps:
        """The apps of an account. `create`, `list` and `delete` need an account key."""
        return resources.Apps(self._pipeline)

    @cached_property
    def app_keys(self) -> resources.AppKeys:
        """The keys of an app."""
        return resources.AppKeys(self._pipeline)

    @cached_property
    def attachments(self) -> resources.Attachments:
        """Uploads and downloads of files."""
        return resources.Attachments(self._pipeline)

    @cached_property
    def conversations(self) -> resources.Conversations:
        """The conversations of an app."""
        return resources.Conversations(self._pipeline)

    @cached_property
    def participants(self) -> resources.Participants:
        """The participants of a conversation."""
        return resources.Participants(self._pipeline)

    @cached_property
    def messages(self) -> resources.Messages:
        """The messages of a conversation."""
        return resources.Messages(self._pipeline)

    @cached_property
    def activities(self) -> resources.Activities:
        """Typing indicators and read receipts."""
        return resources.Activities(self._pipeline)

    @cached_property
    def switchboard_actions(self) -> resources.SwitchboardActions:
        """Which integration has control of a conversation."""
        return resources.SwitchboardActions(self._pipeline)

    @cached_property
    def integrations(self) -> resources.Integrations:
        """The channels of an app, and its custom integrations."""
        return resources.Integrations(self._pipeline)

    @cached_property
    def custom_integration_keys(self) -> resources.CustomIntegrationKeys:
        """The keys of a custom integration."""
        return resources.CustomIntegrationKeys(self._pipeline)

    @cached_property
    def webhooks(self) -> resources.Webhooks:
        """The webhooks of an integration."""
        return resources.Webhooks(self._pipeline)

    @cached_property
    def switchboards(self) -> resources.Switchboards:
        """The switchboards of an app."""
        return resources.Switchboards(self._pipeline)

    @cached_property
    def switchboard_integrations(self) -> resources.SwitchboardIntegrations:
        """The integrations of a switchboard."""
        return resources.SwitchboardIntegrations(self._pipeline)

    @cached_property
    def users(self) -> resources.Users:
        """The users of an app."""
        return resources.Users(self._pipeline)

    @cached_property
    def clients(self) -> resources.Clients:
        """The clients (channels) of a user."""
        return resources.Clients(self._pipeline)

    @cached_property
    def devices(self) -> resources.Devices:
        """The devices of a user."""
        return resources.Devices(self._pipeline)

    @cached_property
    def notifications(self) -> resources.Notifications:
        """Messages to people who have not written yet (version 1.1 of the API)."""
        return resources.Notifications(self._pipeline)

    @cached_property
    def oauth(self) -> resources.OAuth:
        """The OAuth flow for integrations of technology partners."""
        return resources.OAuth(self._pipeline)
