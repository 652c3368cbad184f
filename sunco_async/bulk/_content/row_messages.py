"""The messages of a file: checking all of them, and reading them again to send them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from sunco_async.bulk._content.message_builder import MessageBuilder, RowMessage
from sunco_async.bulk._errors import InputError
from sunco_async.bulk._items import Outgoing
from sunco_async.bulk._sources.bad_rows import BadRows
from sunco_async.bulk._sources.duplicates import DuplicateFinder
from sunco_async.bulk._sources.row import MissingColumn
from sunco_async.bulk._sources.rows import RowFile

__all__ = ["Duplicates", "FileCheck", "RowMessages"]

Duplicates: TypeAlias = Literal["refuse", "skip", "send"]
"""What becomes of a row whose key or recipient occurs further up."""

MAX_LANGUAGES = 50
"""Languages that are counted separately. All others are counted as `other`."""


@dataclass(slots=True)
class FileCheck:
    """What a file holds.

    Attributes:
        rows: Rows, without empty ones.
        messages: Messages to send.
        duplicate_keys: Rows whose key occurs further up.
        duplicate_recipients: Rows whose recipient occurs further up.
        recipients: Recipients, each counted once.
        languages: Rows by language, where a column names it.
        longest: Characters of the longest text.
        longest_line: The line of its row.
    """

    rows: int = 0
    messages: int = 0
    duplicate_keys: int = 0
    duplicate_recipients: int = 0
    recipients: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    longest: int = 0
    longest_line: int = 0

    def add(self, message: RowMessage) -> None:
        """Count a row.

        Args:
            message: Its message.
        """
        self.rows += 1
        if message.language:
            known = message.language in self.languages or len(self.languages) < MAX_LANGUAGES
            self.languages[message.language if known else "other"] += 1
        item = message.message
        content = item.content if isinstance(item, Outgoing) else item.message
        text = content.get("text") if isinstance(content, Mapping) else content
        if isinstance(text, str) and len(text) > self.longest:
            self.longest, self.longest_line = len(text), message.line


class RowMessages:
    """The messages of a file. Each iteration reads the file from its start.

    Args:
        rows: The rows of the file.
        builder: Builds the message of a row.
        duplicates: What becomes of a row whose key or recipient occurs further up: `"refuse"`
            refuses the file, `"skip"` leaves the row out, `"send"` sends it. Without a key column,
            the key of a repeated message gets a number.
    """

    def __init__(
        self, rows: RowFile, builder: MessageBuilder, *, duplicates: Duplicates = "refuse"
    ) -> None:
        self.rows = rows
        self.builder = builder
        self._duplicates = duplicates
        self._finder: DuplicateFinder | None = None

    def close(self) -> None:
        """Delete what the check has written to a temporary file. It may be closed twice."""
        finder, self._finder = self._finder, None
        if finder is not None:
            finder.close()

    def check(self) -> FileCheck:
        """Read the whole file and build each message.

        Returns:
            What the file holds.

        Raises:
            InputError: All rows with a problem, or all duplicates: the first twenty, and their
                number.
        """
        self.close()
        self._finder = finder = DuplicateFinder(self.rows.path)
        found, bad = FileCheck(), BadRows(self.rows.path)
        for row in self.rows.read():
            try:
                if isinstance(row, InputError):
                    raise row
                message = self.builder.build(row)
            except InputError as error:
                if isinstance(error, MissingColumn) and self.rows.format == "csv":
                    raise  # it would be the error of every row
                bad.add(error)
                continue
            found.add(message)
            target = message.message.target
            finder.add(message.line, message.message.key, str(target))
        finder.find()
        found.duplicate_keys = finder.count("key")
        found.duplicate_recipients = finder.count("recipient")
        found.recipients = found.rows - found.duplicate_recipients
        found.messages = found.rows - (finder.rows() if self._duplicates == "skip" else 0)
        self._refuse(finder, bad)
        if (problem := bad.error()) is not None:
            raise problem
        return found

    def _refuse(self, finder: DuplicateFinder, bad: BadRows) -> None:
        """Add the duplicates that cannot be sent to the bad rows."""
        path, column = self.rows.path, self.builder.key_column
        if self._duplicates == "skip":
            return
        keys: set[int] = set()
        if column is not None:
            advice = "a key names one message; choose another column"
            if self._duplicates == "refuse":
                advice += ", or pass {option} to leave out such rows"
            for line, _, value, first in finder.duplicates("key"):
                problem = f"{path}:{line}: {column} {_shown(value)} is also in line {first}"
                keys.add(line)
                bad.add(InputError(problem, advice=advice, option=("duplicates", "skip")))
        if self._duplicates == "refuse":
            for line, _, value, first in finder.duplicates("recipient"):
                if line in keys:
                    continue
                target = value.partition(":")[2]
                if self.builder.target == "phone":
                    target = target.rpartition("/")[2]
                problem = (
                    f"{path}:{line}: {self.builder.target} {_shown(target)} is also in line {first}"
                )
                advice = "pass {option} to leave out such rows, or send to send them all"
                bad.add(InputError(problem, advice=advice, option=("duplicates", "skip")))

    def __iter__(self) -> Iterator[RowMessage]:
        """Build the messages to send. Without a check, duplicates are not known and are sent."""
        messages = map(self.builder.build, self.rows)
        if self._finder is None:
            return messages
        if self._duplicates == "skip":
            return _without(messages, self._finder.lines())
        if self.builder.key_column is None:
            return _numbered(messages, self._finder.repetitions())
        return messages


def _without(messages: Iterator[RowMessage], lines: Iterator[int]) -> Iterator[RowMessage]:
    """Leave out the messages of some lines. Both are in the order of the file."""
    skipped = next(lines, 0)
    for message in messages:
        if message.line == skipped:
            skipped = next(lines, 0)
        else:
            yield message


def _numbered(
    messages: Iterator[RowMessage], repetitions: Iterator[tuple[int, int]]
) -> Iterator[RowMessage]:
    """Add a number to the keys of some lines. Both are in the order of the file."""
    line, earlier = next(repetitions, (0, 0))
    for message in messages:
        if message.line == line:
            key = f"{message.message.key}-{earlier + 1}"
            yield replace(message, message=replace(message.message, key=key))
            line, earlier = next(repetitions, (0, 0))
        else:
            yield message


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else f"{value[:57]}...")
