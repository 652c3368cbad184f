"""The metadata that Zendesk's Agent Workspace reads when it receives control of a conversation."""

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict

from sunco_async.models._checks import check_metadata
from sunco_async.resources._base import Metadata

__all__ = ["Requester", "handoff_metadata"]

_SYSTEM = "dataCapture.systemField"
_TICKET_FIELD = "dataCapture.ticketField"
_FIRST_MESSAGE = "first_message_id"


class Requester(TypedDict, total=False):
    """The person whom a ticket is about.

    Attributes:
        name: The name.
        email: The e-mail address.
    """

    name: str
    email: str


def handoff_metadata(
    *,
    tags: Sequence[str] = (),
    ticket_fields: Mapping[int | str, str | int | float | bool] | None = None,
    requester: Requester | None = None,
    first_message_id: str | None = None,
    metadata: Metadata | None = None,
) -> dict[str, str | int | float | bool | None]:
    """Build the metadata of a hand-off to the Agent Workspace, and check it.

    Args:
        tags: The tags of the ticket. A tag has no spaces and no commas.
        ticket_fields: The values of ticket fields, by the numeric id of the field.
        requester: The name and the e-mail address of the requester: `{"name": …, "email": …}`.
        first_message_id: The id of the first message that the ticket shows. By default the
            workspace takes the last 10 messages.
        metadata: More metadata, for other receivers.

    Returns:
        The metadata for `pass_control` and `offer_control`.

    Raises:
        RequestTooLarge: It exceeds 4 KB as JSON.
        TypeError: An argument has the wrong type.
        ValueError: A tag, an id or an e-mail address cannot be used, or `metadata` has a key that
            an argument sets too.
    """
    check_metadata(metadata)
    built: dict[str, str | int | float | bool] = {}
    if joined := ",".join(_checked_tags(tags)):
        built[f"{_SYSTEM}.tags"] = joined
    built |= _field_entries(ticket_fields)
    built |= _requester_entries(requester)
    if first_message_id is not None:
        built[_FIRST_MESSAGE] = _filled("first_message_id", first_message_id)
    for key in metadata or ():
        if key in built:
            raise ValueError(
                f"metadata[{key!r}] is set by an argument of its own: pass one of them"
            )
    result = {**(metadata or {}), **built}
    check_metadata(result)
    return result


def _checked_tags(tags: Sequence[str]) -> list[str]:
    if isinstance(tags, str) or not isinstance(tags, Sequence):
        raise TypeError(f"tags must be a list of str, not {type(tags).__name__}")
    found: list[str] = []
    for tag in tags:
        _filled("tags", tag)
        if re.search(r"[\s,]", tag):
            raise ValueError(f"the tag {tag!r:.80} must not contain spaces or commas")
        if tag not in found:
            found.append(tag)
    return found


def _field_entries(
    fields: Mapping[int | str, str | int | float | bool] | None,
) -> dict[str, str | int | float | bool]:
    if fields is None:
        return {}
    if not isinstance(fields, Mapping):
        raise TypeError(f"ticket_fields must be a mapping, not {type(fields).__name__}")
    entries: dict[str, str | int | float | bool] = {}
    for field_id, value in fields.items():
        if isinstance(field_id, bool) or not isinstance(field_id, int | str):
            raise TypeError(f"the id of a ticket field is a number, not {field_id!r:.80}")
        if not re.fullmatch(r"[0-9]+", str(field_id)):
            raise ValueError(
                f"the id of a ticket field is a number, not {field_id!r:.80}: the Admin Center "
                "shows it beside the name of the field"
            )
        key = f"{_TICKET_FIELD}.{field_id}"
        if key in entries:
            raise ValueError(f"ticket_fields has the field {field_id} twice")
        entries[key] = value
    return entries


def _requester_entries(requester: Requester | None) -> dict[str, str]:
    if requester is None:
        return {}
    if not isinstance(requester, Mapping):
        raise TypeError(f"requester must be a dict, not {type(requester).__name__}")
    for key in requester:
        if key not in ("name", "email"):
            raise TypeError(f'requester has the keys "name" and "email", not {key!r:.80}')
    entries = {
        f"{_SYSTEM}.requester.{key}": _filled(f"requester[{key!r}]", value)
        for key, value in requester.items()
    }
    email = requester.get("email")
    if email is not None and not re.fullmatch(r"[^\s@]+@[^\s@]+", email):
        raise ValueError(f"requester['email'] is not an e-mail address: {email!r:.80}")
    return entries


def _filled(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"{name} must not be empty")
    return value
