"""From a row of the file to the message that is sent for it."""

from dataclasses import dataclass

from msgspec import UNSET

from sunco_async.bulk import Outgoing
from sunco_async.cli._errors import UsageError
from sunco_async.cli._odd_ids import BLANKS, OddIdError, odd_id
from sunco_async.cli._rows import TARGETS, Row, RowFile, TargetColumn
from sunco_async.cli._templates import TextSource
from sunco_async.errors import RequestTooLarge
from sunco_async.resources._base import Metadata, check_metadata

__all__ = ["MessageBuilder", "RowMessage", "choose_target"]


@dataclass(frozen=True, slots=True)
class RowMessage:
    """A message, the line it comes from, and what the row says of its user."""

    message: Outgoing
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBuilder:
    """Makes the message of a row, or says at which line of the file it cannot.

    `name_column` is read where users are created; a row without it has no name. An id that cannot
    be meant as one is refused (see `_odd_ids`) unless `allow_odd_ids` is set.
    """

    target: TargetColumn
    text: TextSource
    key_column: str | None = None
    metadata_columns: tuple[str, ...] = ()
    name_column: str | None = None
    allow_odd_ids: bool = False

    def compose(self, row: Row) -> RowMessage:
        """Make the message of a row; raises `UsageError`, an `OddIdError` for an odd id."""
        target = _required(row, self.target, BLANKS)
        if target in (".", ".."):  # as a path segment, it would name something else
            raise row.error(f"{self.target} must not be {target!r}")
        text = self.text.render(row)
        if not text.strip():
            raise row.error("the text is empty")
        key = f"line {row.line}" if self.key_column is None else _required(row, self.key_column)
        metadata = self._metadata(row)
        _check_encodable(row, target, text, key)
        # Last, so that a row with another problem is not reported as one that could be sent.
        if not self.allow_odd_ids and (problem := odd_id(target)):
            raise OddIdError(row.path, row.line, self.target, target, problem)
        message = Outgoing(
            key,
            text,
            conversation_id=target if self.target == "conversation_id" else None,
            user_id=target if self.target == "user_id" else None,
            user_external_id=target if self.target == "external_id" else None,
            metadata=metadata or UNSET,
        )
        return RowMessage(message, row.line, self._name(row))

    def _name(self, row: Row) -> str:
        if self.name_column is None or self.name_column not in row.values:
            return ""
        return row.text(self.name_column).strip()

    def _metadata(self, row: Row) -> Metadata:
        metadata: dict[str, str | int | float | bool | None] = {}
        for column in self.metadata_columns:
            text = row.text(column)
            value = row.values[column]
            metadata[column] = value if isinstance(value, int | float) else text
        try:
            check_metadata(metadata)
        except (RequestTooLarge, ValueError) as error:
            raise row.error(str(error)) from None
        return metadata


def choose_target(rows: RowFile, asked: TargetColumn | None) -> TargetColumn:
    """Settle which column names a row's target: the one asked for, else the only one there is.

    The first row decides for the whole file.
    """
    if asked is not None:
        return asked
    first = next(iter(rows), None)
    if first is None:
        return "conversation_id"  # of no row
    found: list[TargetColumn] = [name for name in TARGETS if name in first.values]
    if not found:
        raise UsageError(
            f"{rows.path}: a row names its target in a column {', '.join(TARGETS[:-1])} "
            f"or {TARGETS[-1]}; there are: {', '.join(first.values) or 'none'}"
        )
    if len(found) > 1:
        raise UsageError(
            f"{rows.path}: {' and '.join(found)} are columns, and each can name the target; "
            f"pass --to {found[0]} or another"
        )
    return found[0]


def _required(row: Row, column: str, blanks: str | None = None) -> str:
    """Return the text of a column without the blanks around it, or raise if there is none."""
    value = row.values.get(column)
    if column in row.values and (value is None or value == "" or isinstance(value, bool)):
        raise row.error(f"the row has no {column}")
    text = row.text(column)
    if not text.strip():
        raise row.error(f"the row has no {column}")
    return text.strip(blanks)


def _check_encodable(row: Row, *texts: str) -> None:
    """Refuse half an emoji, which JSON can write, as an escape, and UTF-8 cannot."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise row.error("the row holds half of a character (a lone surrogate)") from None
