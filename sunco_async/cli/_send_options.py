"""The options of `sunco bulk send`, except those of the connection."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sunco_async.bulk._content.row_messages import Duplicates
from sunco_async.bulk._sources.rows import RowFormat, TargetColumn
from sunco_async.cli._settings import not_negative, positive

__all__ = ["ContentOptions", "FileOptions", "Flag", "LedgerOptions", "RunOptions"]

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
Columns = Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)]
Text = Annotated[str | None, Parameter(allow_leading_hyphen=True)]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """How the file is read, and whom a row is for."""

    format: RowFormat | None = None
    """The format of the file. By default its suffix decides."""
    encoding: str | None = None
    """The encoding, such as cp1252 or mac_roman. Default: UTF-8, or UTF-16 if the file says so."""
    delimiter: Text = None
    """The separator of a CSV: one character, or tab. By default it is found from the header."""
    to: TargetColumn | None = None
    """The column that names the target, if several can."""
    key_column: str | None = None
    """The column with a key for each message. Default: key, or else a digest of the message."""
    duplicates: Duplicates = "refuse"
    """What to do with rows whose key or recipient occurs further up."""
    allow_odd_ids: Flag = False
    """Send to ids that a spreadsheet seems to have changed, such as 5.49E+11."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ContentOptions:
    """What is sent."""

    text: Text = None
    """The text, with names of columns in braces: "Hi {name}". {{ and }} are braces."""
    template_file: Path | None = None
    """A file that holds such a text."""
    text_column: str | None = None
    """The column that holds the whole text."""
    templates: Path | None = None
    """A folder with a text for each language: en.txt, pt.txt."""
    language_column: str | None = None
    """The column that names the language of a row, such as en. Default for counts: language."""
    content_file: Path | None = None
    """A file with the content as JSON, whose texts name columns in braces."""
    content_column: str | None = None
    """The column that holds the content as JSON. Default for JSON Lines: content."""
    image_column: str | None = None
    """The column with the URL of an image. The text, if there is one, is sent below it."""
    schema: Literal["whatsapp"] | None = None
    """The form of the content: whatsapp for WhatsApp's own, such as a template."""
    override_column: str | None = None
    """The column with what single channels get instead, as JSON."""
    destination_column: str | None = None
    """The column with the channel to deliver to, as JSON."""
    integration_id: str | None = None
    """The integration to deliver with."""
    metadata_column: Columns = ()
    """A column to send as metadata. Repeat it for several columns."""
    allow_shorthand: Flag = False
    """Send values with the API's text shorthand, such as %[Label](reply:…)."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class LedgerOptions:
    """Where the campaign is recorded."""

    ledger: Path | None = None
    """The ledger of the campaign. Default: the name of the file with .ledger added."""
    no_ledger: Flag = False
    """Record nothing. A run that dies cannot be continued then."""
    dry_run: Flag = False
    """Check the file and show the first three messages, but send nothing."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How it is sent and reported."""

    take_over: Flag = False
    """Open a ledger that another host has not closed. Only if its process has ended."""
    create_users: Flag = False
    """Create the users. Those that exist get the name in the column "name"."""
    concurrency: Annotated[int, Parameter(validator=positive)] = 100
    """Messages under way at once."""
    rate_limit: Annotated[float | None, Parameter(validator=positive)] = None
    """Requests per second, if you know the limit. By default it is found."""
    pace: Annotated[float, Parameter(validator=not_negative)] = 0.0
    """Seconds between two messages to one recipient. WhatsApp allows about one in 6 s."""
    max_failures: Annotated[int | None, Parameter(validator=positive)] = None
    """Failed messages after which the run ends."""
    on_failure: Literal["stop", "continue"] = "stop"
    """What to do with the later messages to a recipient after one has failed."""
    lost_notifications: Literal["report", "resend"] = "report"
    """What to do with a notification whose response was lost."""
    output: Path | None = None
    """A file for the results, one JSON object per line. A continued run adds to it."""
    yes: Flag = False
    """Do not ask before more than 1,000 messages are sent."""
    quiet: Flag = False
    """Show no progress and no remarks, only the report and errors."""
    json: Flag = False
    """Print the report as one JSON object."""
