"""The groups of operations, as attributes of the client; each is made when it is first used.

Until then neither the module of a group nor the models in it are imported.
"""

from __future__ import annotations  # evaluated, the annotations would import every group

from functools import cached_property

from sunco_async import resources

__all__ = ["Groups"]


class Groups(resources.Caller):
    """What a client can be asked: one attribute for each group of operations."""

    @cached_property
    def apps(self) -> resources.Apps:
        """The apps of an account; for keys of an account or a service account."""
        return resources.Apps(self)

    @cached_property
    def app_keys(self) -> resources.AppKeys:
        """The keys of an app."""
        return resources.AppKeys(self)

    @cached_property
    def attachments(self) -> resources.Attachments:
        """Files to send."""
        return resources.Attachments(self)

    @cached_property
    def conversations(self) -> resources.Conversations:
        """What users and the business say to each other."""
        return resources.Conversations(self)

    @cached_property
    def participants(self) -> resources.Participants:
        """Who is in a conversation."""
        return resources.Participants(self)

    @cached_property
    def messages(self) -> resources.Messages:
        """What is said in a conversation."""
        return resources.Messages(self)

    @cached_property
    def activities(self) -> resources.Activities:
        """Typing, and having read."""
        return resources.Activities(self)

    @cached_property
    def switchboard_actions(self) -> resources.SwitchboardActions:
        """Who has control of a conversation."""
        return resources.SwitchboardActions(self)

    @cached_property
    def integrations(self) -> resources.Integrations:
        """The channels of an app."""
        return resources.Integrations(self)

    @cached_property
    def custom_integration_keys(self) -> resources.CustomIntegrationKeys:
        """The keys of a custom integration."""
        return resources.CustomIntegrationKeys(self)

    @cached_property
    def webhooks(self) -> resources.Webhooks:
        """Where the API sends its events."""
        return resources.Webhooks(self)

    @cached_property
    def switchboards(self) -> resources.Switchboards:
        """How control is passed between integrations."""
        return resources.Switchboards(self)

    @cached_property
    def switchboard_integrations(self) -> resources.SwitchboardIntegrations:
        """The integrations of a switchboard."""
        return resources.SwitchboardIntegrations(self)

    @cached_property
    def users(self) -> resources.Users:
        """The people that a business talks with."""
        return resources.Users(self)

    @cached_property
    def clients(self) -> resources.Clients:
        """The channels that a user can be reached on."""
        return resources.Clients(self)

    @cached_property
    def devices(self) -> resources.Devices:
        """The devices of a user."""
        return resources.Devices(self)

    @cached_property
    def notifications(self) -> resources.Notifications:
        """Messages to people who have not written yet, by version 1.1 of the API."""
        return resources.Notifications(self)

    @cached_property
    def oauth(self) -> resources.OAuth:
        """Access for integrations of technology partners."""
        return resources.OAuth(self)
