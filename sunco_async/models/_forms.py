"""The fields of forms and of submitted forms."""

from typing import Annotated, Literal, TypeAlias

from sunco_async.models._base import Model
from sunco_async.models._checks import unique_names
from sunco_async.models._field_types import JsonObject, limited

__all__ = [
    "Field",
    "FieldFormat",
    "FieldType",
    "FormMessageField",
    "FormOption",
    "FormResponseMessageField",
]

FieldType: TypeAlias = Literal["email", "select", "text"] | str
"""The type of a form field."""

FieldFormat: TypeAlias = Literal["integer", "decimal"] | str
"""The format of a text field."""


class FormOption(Model, frozen=True, kw_only=True):
    """A choice of a select field.

    Attributes:
        label: The text that the user sees, 1 to 128 characters.
        name: The value of the choice, 1 to 128 characters, unique in its field.
    """

    label: Annotated[str, limited(1, 128)] | None = None
    name: Annotated[str, limited(1, 128)] | None = None


class Field(Model, frozen=True, kw_only=True):
    """The part of a form field that forms and submitted forms have in common.

    The value is in the attribute that is named like `type`.

    Attributes:
        type: The type of the field: `"email"`, `"select"` or `"text"`.
        name: The name of the field, 1 to 128 characters, unique in its form.
        label: The text that the user sees, 1 to 128 characters.
        text: The value of a text field, 1 to 256 characters.
        email: The value of an e-mail field, 1 to 128 characters.
        select: The chosen options of a select field. The schema leaves the keys open; the examples
            have `label` and `name`.
        format: The format of a text field: `"integer"` or `"decimal"`.
    """

    type: FieldType
    name: Annotated[str, limited(1, 128)]
    label: Annotated[str, limited(1, 128)]
    text: Annotated[str, limited(1, 256)] | None = None
    email: Annotated[str, limited(1, 128)] | None = None
    select: list[JsonObject] | None = None
    format: FieldFormat | None = None


class FormMessageField(Field, frozen=True, kw_only=True):
    """A field of a form to fill in.

    Attributes:
        placeholder: The text in the empty field, 1 to 128 characters.
        min_size: The minimum length of a text field in characters, 1 to 256. The API's default is
            1.
        max_size: The maximum length of a text field in characters, 1 to 256. The API's default is
            128.
        options: The choices of a select field, at most 200, with unique names.
    """

    placeholder: Annotated[str, limited(1, 128)] | None = None
    min_size: Annotated[int, limited(1, 256)] | None = None
    max_size: Annotated[int, limited(1, 256)] | None = None
    options: Annotated[list[FormOption], limited(0, 200)] | None = None

    def _check(self) -> None:
        unique_names(self, "options")


class FormResponseMessageField(Field, frozen=True, kw_only=True):
    """A field of a submitted form.

    Attributes:
        quoted_message_id: The id of the message with the form. Only sent.
    """

    quoted_message_id: str | None = None
