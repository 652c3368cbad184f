"""Building the message of a row."""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import UNSET

from sunco_async.bulk._content.templates import TextSource
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._items import Outgoing
from sunco_async.bulk._sources.odd_ids import BLANKS, OddIdError, odd_id, odd_id_error, report_of
from sunco_async.bulk._sources.rows import TARGETS, Row, RowFile, TargetColumn
from sunco_async.errors import RequestTooLarge
from sunco_async.resources._base import Metadata, check_metadata

__all__ = ["MessageBuilder", "RowMessage", "RowMessages", "choose_target"]


@dataclass(frozen=True, slots=True)
class RowMessage:
    """The message of a row.

    Attributes:
        message: The message.
        line: The line of the row in its file.
        name: The given name of the user, where users are created; else "".
    """

    message: Outgoing
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBuilder:
    """Builds the messages of rows.

    Attributes:
        target: The column that names the conversation or the user.
        text: Produces the text of a message.
        key_column: The column that holds the key of a message. By default the key is the line.
        metadata_columns: Columns to send as metadata.
        name_column: The column that holds the given name of a user to create. A row without this
            column has no name.
        allow_odd_ids: Whether ids are sent that a spreadsheet seems to have changed; see `odd_ids`.
    """

    target: TargetColumn
    text: TextSource
    key_column: str | None = None
    metadata_columns: tuple[str, ...] = ()
    name_column: str | None = None
    allow_odd_ids: bool = False

    def build(self, row: Row) -> RowMessage:
        """Build the message of a row.

        Args:
            row: The row.

        Raises:
            InputError: The row makes no message. It names the line.
            OddIdError: A spreadsheet seems to have changed the id.
        """
        target = _required(row, self.target, BLANKS)
        if target in (".", ".."):  # as a path segment, it would name another resource
            raise row.error(f"{self.target} must not be {target!r}")
        text = self.text.render(row)
        if not text.strip():
            raise row.error("the text is empty")
        key = f"line {row.line}" if self.key_column is None else _required(row, self.key_column)
        metadata = self._metadata(row)
        _check_encodable(row, target, text, key)
        # Last, so that a row with another problem is not reported as one that could be sent.
        if not self.allow_odd_ids and (problem := odd_id(target)):
            raise odd_id_error(row.path, row.line, self.target, target, problem)
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


@dataclass(frozen=True, slots=True)
class RowMessages:
    """The messages of a file. Each iteration reads the file from its start.

    Attributes:
        rows: The rows of the file.
        builder: Builds the message of a row.
    """

    rows: RowFile
    builder: MessageBuilder

    def __iter__(self) -> Iterator[RowMessage]:
        return map(self.builder.build, self.rows)

    def check(self) -> int:
        """Read the whole file and build each message.

        Returns:
            How many messages the file makes.

        Raises:
            InputError: The first row with a problem. Odd ids are reported for all rows at once,
                since they have one cause.
        """
        total = 0

        def odd_rows() -> Iterator[OddIdError]:
            nonlocal total
            for row in self.rows:
                try:
                    self.builder.build(row)
                except OddIdError as error:
                    yield error
                total += 1

        if odd := report_of(self.rows.path, odd_rows()):
            raise odd
        return total


def choose_target(rows: RowFile, asked: TargetColumn | None) -> TargetColumn:
    """Choose the column that names the target of each row.

    Args:
        rows: The rows of the file. The first one decides for all.
        asked: The column to use. By default it is the only one that can name a target.

    Raises:
        InputError: No column or several columns can name the target.
    """
    if asked is not None:
        return asked
    first = next(iter(rows), None)
    if first is None:
        return "conversation_id"  # there is no row that it matters for
    found: list[TargetColumn] = [name for name in TARGETS if name in first.values]
    if not found:
        raise InputError(
            f"{rows.path}: a row names its target in a column {', '.join(TARGETS[:-1])} "
            f"or {TARGETS[-1]}; there are: {', '.join(first.values) or 'none'}"
        )
    if len(found) > 1:
        raise InputError(
            f"{rows.path}: {' and '.join(found)} are columns, and each can name the target",
            advice="pass {option} or another",
            option=("target", found[0]),
        )
    return found[0]


def _required(row: Row, column: str, blanks: str | None = None) -> str:
    """Return the text of a column without the blanks around it, or raise if it is empty."""
    value = row.values.get(column)
    if column in row.values and (value is None or value == "" or isinstance(value, bool)):
        raise row.error(f"the row has no {column}")
    text = row.text(column)
    if not text.strip():
        raise row.error(f"the row has no {column}")
    return text.strip(blanks)


def _check_encodable(row: Row, *texts: str) -> None:
    """Refuse half an emoji, which JSON can write as an escape and UTF-8 cannot."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise row.error("the row holds half of a character (a lone surrogate)") from None
