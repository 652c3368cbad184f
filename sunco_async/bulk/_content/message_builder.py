"""Building the message of a row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from msgspec import UNSET

from sunco_async._call.reconcile import METADATA_KEY
from sunco_async.bulk._content.content import THE_API, ContentSource, Schema, json_object
from sunco_async.bulk._content.keys import digest_key, row_key
from sunco_async.bulk._content.targets import check_not_odd, phone_number, target_id
from sunco_async.bulk._entry import Item, build_body
from sunco_async.bulk._items import Outgoing, OutgoingNotification
from sunco_async.bulk._sources.row import Row
from sunco_async.bulk._sources.rows import TargetColumn
from sunco_async.errors import RequestTooLarge
from sunco_async.resources._base import Metadata, check_metadata

__all__ = ["MessageBuilder", "RowMessage"]


@dataclass(frozen=True, slots=True)
class RowMessage:
    """The message of a row.

    Attributes:
        message: The message.
        line: The line of the row in its file.
        name: The given name of the user, where users are created; else "".
        language: The language of the row, where a column names it; else "".
    """

    message: Item
    line: int
    name: str = ""
    language: str = ""

    @property
    def outgoing(self) -> Outgoing:
        """The message, which is not a notification.

        Raises:
            TypeError: It is a notification.
        """
        if not isinstance(self.message, Outgoing):
            raise TypeError("this message is a notification")
        return self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBuilder:
    """Builds the messages of rows.

    Attributes:
        target: The column that names the conversation or the user, or a phone number, to which a
            notification is sent.
        content: Produces the content of a message.
        schema: Finds the form of the content: the API's own, or WhatsApp's.
        key_column: The column that holds the key of a message. By default the key is a digest of
            the target and the message.
        metadata_columns: Columns to send as metadata.
        override_column: The column that holds what single channels get instead of the content.
        destination_column: The column that holds the channel to deliver to.
        integration_id: The integration to deliver with, if no column names the channel.
            Notifications need one.
        name_column: The column that holds the given name of a user to create. A row without this
            column has no name.
        language_column: The column that names the language of a row. It is only counted.
        allow_odd_ids: Whether ids are sent that a spreadsheet seems to have changed; see `odd_ids`.
    """

    target: TargetColumn
    content: ContentSource
    schema: Schema = THE_API
    key_column: str | None = None
    metadata_columns: tuple[str, ...] = ()
    override_column: str | None = None
    destination_column: str | None = None
    integration_id: str | None = None
    name_column: str | None = None
    language_column: str | None = None
    allow_odd_ids: bool = False

    def build(self, row: Row) -> RowMessage:
        """Build the message of a row, and check it as if it were sent.

        Args:
            row: The row.

        Raises:
            InputError: The row makes no message, or one that cannot be sent. It names the line.
        """
        if self.target == "phone":
            return self._row_message(row, _checked(row, self._notification(row)))
        target = target_id(row, self.target)
        message = Outgoing(
            self._key(row),
            self.content.build(row),
            conversation_id=target if self.target == "conversation_id" else None,
            user_id=target if self.target == "user_id" else None,
            user_external_id=target if self.target == "external_id" else None,
            metadata=self._metadata(row) or UNSET,
            schema=self.schema.of(row) or UNSET,
            override=self._object(row, self.override_column) or UNSET,
            destination=self._destination(row) or UNSET,
            row=row.values,
        )
        checked = _checked(row, message)
        # Last, so that a row with another problem is not reported as one that could be sent.
        if not self.allow_odd_ids:
            check_not_odd(row, self.target, target)
        return self._row_message(row, checked)

    def _row_message(self, row: Row, message: Item) -> RowMessage:
        name, language = _optional(row, self.name_column), _optional(row, self.language_column)
        return RowMessage(message, row.line, name, language)

    def _key(self, row: Row) -> str:
        return "" if self.key_column is None else row_key(row, self.key_column)

    def _notification(self, row: Row) -> OutgoingNotification:
        phone = phone_number(row, self.target, allow_odd=self.allow_odd_ids)
        content = self.content.build(row)
        return OutgoingNotification(
            self._key(row),
            {"integrationId": self.integration_id, "destinationId": phone},
            {"type": "text", "text": content} if isinstance(content, str) else content,
            override=self._object(row, self.override_column) or UNSET,
            message_schema=self.schema.of(row) or UNSET,
            row=row.values,
        )

    def _destination(self, row: Row) -> dict[str, Any] | None:
        named = self._object(row, self.destination_column)
        if named is None and self.integration_id is not None:
            return {"integrationId": self.integration_id}
        return named

    def _object(self, row: Row, column: str | None) -> dict[str, Any] | None:
        """Return the object in an optional column, or None where it is empty."""
        if column is None or row.values.get(column) in (None, ""):
            return None
        return json_object(row, column)

    def _metadata(self, row: Row) -> Metadata:
        metadata: dict[str, str | int | float | bool | None] = {}
        for column in self.metadata_columns:
            text = row.text(column)
            value = row.values[column]
            metadata[column] = value if isinstance(value, int | float) else text
        return metadata


def _checked(row: Row, message: Item) -> Item:
    """Check a message as if it were sent, and give it a digest as its key if it has none."""
    try:
        msgspec.json.encode(row.values)  # a ledger stores the row
        metadata = message.metadata if isinstance(message, Outgoing) else UNSET
        check_metadata(metadata)
        body = build_body(message)
        if not message.key:
            message = replace(message, key=digest_key(message.target, body))
        if isinstance(message, Outgoing):  # a ledger adds the key to the metadata
            given = metadata if isinstance(metadata, Mapping) else {}
            check_metadata({**given, METADATA_KEY: message.key})
    except UnicodeEncodeError:  # JSON can write half an emoji as an escape, and UTF-8 cannot
        raise row.error("the row holds half of a character (a lone surrogate)") from None
    except (RequestTooLarge, TypeError, ValueError) as error:
        text = error.message if isinstance(error, RequestTooLarge) else str(error)
        raise row.error(text) from None
    return message


def _optional(row: Row, column: str | None) -> str:
    if column is None or column not in row.values:
        return ""
    return row.text(column).strip()
