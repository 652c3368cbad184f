"""The intended differences between the package and the file, each with its reason.

An entry that matches no difference is a finding itself, so that the table stays correct.
"""

from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from drift._findings import Change, Finding

__all__ = ["ACCEPTED", "Difference"]


class Difference(NamedTuple):
    """An expected finding; `*` in its place matches anything."""

    change: Change
    kind: str
    place: str

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding is this difference."""
        return (
            self.change == finding.change
            and self.kind == finding.kind
            and fnmatchcase(finding.place, self.place)
        )


_EVENTS: Final = "webhooks.POST Webhook Event.body.application/json.properties.events.items"
_MESSAGES: Final = "operations.GET /v2/apps/{appId}/conversations/{conversationId}/messages"
_POST_MESSAGE: Final = _MESSAGES.replace("GET", "POST")
_UPLOAD: Final = "operations.POST /v2/apps/{appId}/attachments"

ACCEPTED: Final[dict[Difference, str]] = {
    # Only the package has it.
    Difference("gone", "operation", "operations.POST /v1.1/apps/{appId}/notifications"): (
        "the Notification API is version 1.1, and has no place in the file of version 2"
    ),
    Difference("gone", "schema", "sunco_async.models.Notification*"): (
        "the structs of the Notification API"
    ),
    Difference("gone", "schema", "sunco_async.models.IntegrationBase"): (
        "the schema `integration` is a base and a union at once: `Integration` is the union"
    ),
    Difference("gone", "argument", f"{_UPLOAD}.arguments.filename"): (
        "in the description of the multipart field, not in its schema"
    ),
    Difference("gone", "argument", f"{_UPLOAD}.arguments.content_type"): (
        "in the description of the multipart field, not in its schema"
    ),
    Difference("gone", "argument", f"{_POST_MESSAGE}.arguments.key"): (
        "goes into the metadata, for `messages.find_by_key`"
    ),
    Difference("gone", "argument", f"{_POST_MESSAGE}.arguments.on_unknown"): (
        "what the client does about a lost response"
    ),
    Difference("gone", "discriminator", _EVENTS): (
        "the file distinguishes events by the titles of their schemas; deliveries have `type`"
    ),
    Difference("gone", "field", "schemas.authorWebhook.properties.*"): (
        "AuthorWebhook is an Author: responses and the file's examples have more than the schema"
    ),
    Difference("gone", "field", "schemas.messageWebhook.properties.activity"): (
        "MessageWebhook is a Message, which has it: the schema of the event lacks it"
    ),
    Difference("gone", "field", "schemas.messageWebhook.properties.references"): (
        "MessageWebhook is a Message, which has it: the schema of the event lacks it"
    ),
    Difference("gone", "field", "schemas.userTruncated.properties.*"): (
        "a webhook with includeFullUser sends the whole user, so events have a User everywhere"
    ),
    Difference("gone", "field", "schemas.field.properties.*"): (
        "the fields of prechatCapture have a placeholder in the file's example: FormMessageField"
    ),
    Difference("gone", "field", "schemas.appSubdomain.properties.*"): (
        "AppSubdomain is the app that GetApp returns: `app` and `appSubdomain` in one"
    ),
    Difference("gone", "field", "schemas.defaultResponder.properties.*"): (
        "DefaultResponder is the value of the schema's only key"
    ),
    # Only the file has it.
    Difference("new", "field", "schemas.defaultResponder.properties.defaultResponder"): (
        "DefaultResponder is the value of the schema's only key"
    ),
    Difference("new", "event", "events.passthrough:messaging"): (
        "a trigger without a schema: it is an UnknownEvent"
    ),
    Difference("new", "argument", f"{_MESSAGES}.parameters.query.page"): (
        "ListMessages has pages of 100, whatever `page[size]` says"
    ),
    Difference("new", "argument", "operations.POST /oauth/token.body.*.properties.grant_type"): (
        "it has one value, and the method sends it"
    ),
}
