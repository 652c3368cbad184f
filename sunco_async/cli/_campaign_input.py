"""From the options of `sunco bulk send` to the messages of its file."""

from collections.abc import Sequence

from sunco_async.bulk._content.content import (
    ContentColumn,
    ContentSource,
    ImageColumn,
    Schema,
    TextContent,
)
from sunco_async.bulk._content.content_template import read_content_template
from sunco_async.bulk._content.keys import KEY_COLUMN
from sunco_async.bulk._content.message_builder import MessageBuilder
from sunco_async.bulk._content.row_messages import RowMessages
from sunco_async.bulk._content.targets import choose_target
from sunco_async.bulk._content.templates import (
    LanguageTemplates,
    Template,
    TextColumn,
    TextSource,
    read_template,
)
from sunco_async.bulk._sources.rows import RowFile
from sunco_async.cli._errors import UsageError
from sunco_async.cli._send_options import ContentOptions, FileOptions

__all__ = ["check_options", "row_messages"]

_CONTENT_COLUMN = "content"
_LANGUAGE_COLUMN = "language"


def check_options(options: ContentOptions) -> None:
    """Check that the options of the content fit each other, before the file is opened.

    Args:
        options: The options of the content.

    Raises:
        UsageError: They contradict each other.
    """
    passed = [*_texts(options), *_contents(options)]
    if len(passed) > 1:
        raise UsageError(f"{' and '.join(passed)} contradict each other; pass one of them")
    if options.image_column is not None and _contents(options):
        raise UsageError(f"--image-column and {passed[0]} contradict each other; pass one of them")
    if options.templates is not None and options.language_column is None:
        raise UsageError("--templates and --language-column must be passed together")
    if options.schema is not None and (_texts(options) or options.image_column is not None):
        raise UsageError("--schema whatsapp needs --content-file, --content-column or JSON Lines")
    if options.integration_id is not None and options.destination_column is not None:
        raise UsageError("--integration-id and --destination-column contradict each other")


def row_messages(
    rows: RowFile, file_options: FileOptions, options: ContentOptions, *, create_users: bool
) -> RowMessages:
    """Return the messages of a file.

    Args:
        rows: The rows of the file.
        file_options: The options of the file.
        options: The options of the content.
        create_users: Whether the users are created.

    Raises:
        InputError: The file or a template cannot be used.
        UsageError: The options do not fit the file.
    """
    text = _text_source(options)
    columns = rows.columns()
    # In JSON Lines, a row with content may also have the other fields of a message.
    in_rows = _has_content_field(rows, columns, options)
    if text is None and not _contents(options) and not in_rows and options.image_column is None:
        raise UsageError(
            "there is nothing to send: pass --text, --template-file, --text-column, "
            "--content-file, --content-column, --image-column, or --templates with "
            "--language-column"
        )
    target = choose_target(rows, file_options.to)
    if create_users and target != "external_id":
        raise UsageError(
            f"--create-users creates users by external_id, and the rows name their {target}"
        )
    if target == "phone":
        _check_notifications(options)
    key_column = file_options.key_column
    if key_column is None and KEY_COLUMN in columns:
        key_column = KEY_COLUMN
    language_column = options.language_column
    if language_column is None and _LANGUAGE_COLUMN in columns:
        language_column = _LANGUAGE_COLUMN
    schema = Schema(options.schema, _if(in_rows, "schema"))
    builder = MessageBuilder(
        target=target,
        content=_content_source(options, text, schema),
        schema=schema,
        key_column=key_column,
        metadata_columns=options.metadata_column,
        override_column=options.override_column or _if(in_rows, "override"),
        destination_column=options.destination_column or _if(in_rows, "destination"),
        integration_id=options.integration_id,
        name_column="name" if create_users else None,
        language_column=language_column,
        allow_odd_ids=file_options.allow_odd_ids,
    )
    return RowMessages(rows, builder, duplicates=file_options.duplicates)


def _check_notifications(options: ContentOptions) -> None:
    if options.integration_id is None:
        raise UsageError("--to phone needs --integration-id: the integration to send with")
    for name, value in (
        ("--metadata-column", options.metadata_column),
        ("--destination-column", options.destination_column),
    ):
        if value:
            raise UsageError(f"{name} cannot be used with --to phone")


def _has_content_field(rows: RowFile, columns: Sequence[str], options: ContentOptions) -> bool:
    if _texts(options) or options.image_column is not None or options.content_file is not None:
        return False
    if options.content_column is not None:
        return rows.format == "jsonl"
    return rows.format == "jsonl" and _CONTENT_COLUMN in columns


def _texts(options: ContentOptions) -> list[str]:
    """Return the options that were passed for a text."""
    return _passed(
        {
            "--text": options.text,
            "--template-file": options.template_file,
            "--text-column": options.text_column,
            "--templates": options.templates,
        }
    )


def _contents(options: ContentOptions) -> list[str]:
    """Return the options that were passed for any other content."""
    return _passed(
        {"--content-file": options.content_file, "--content-column": options.content_column}
    )


def _passed(options: dict[str, object]) -> list[str]:
    return [name for name, value in options.items() if value is not None]


def _if(condition: bool, value: str) -> str | None:
    return value if condition else None


def _text_source(options: ContentOptions) -> TextSource | None:
    allow = options.allow_shorthand
    if options.text is not None:
        return Template.parse(options.text, name="--text", allow_shorthand=allow)
    if options.template_file is not None:
        return read_template(options.template_file, allow_shorthand=allow)
    if options.text_column is not None:
        return TextColumn(options.text_column, allow)
    if options.templates is not None and options.language_column is not None:
        return LanguageTemplates.read(
            options.templates, column=options.language_column, allow_shorthand=allow
        )
    return None


def _content_source(
    options: ContentOptions, text: TextSource | None, schema: Schema
) -> ContentSource:
    if options.image_column is not None:
        return ImageColumn(options.image_column, text)
    if text is not None:
        return TextContent(text)
    if options.content_file is not None:
        return read_content_template(
            options.content_file, schema=schema, allow_shorthand=options.allow_shorthand
        )
    column = options.content_column or _CONTENT_COLUMN
    return ContentColumn(column, schema, options.allow_shorthand)
