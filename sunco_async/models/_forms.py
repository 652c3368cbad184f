"""The fields of forms and of the answers to them."""

from typing import Annotated, Literal, TypeAlias

from sunco_async.models._base import JsonObject, Model, limited
from sunco_async.models._checks import unique_names

FieldType: TypeAlias = Literal["email", "select", "text"] | str
FieldFormat: TypeAlias = Literal["integer", "decimal"] | str


class FormOption(Model, frozen=True, kw_only=True):
    """One choice of a select field; `name` is unique in the field."""

    label: Annotated[str, limited(1, 128)] | None = None
    name: Annotated[str, limited(1, 128)] | None = None


class Field(Model, frozen=True, kw_only=True):
    """What form fields and their answers share; the answer is under the name of the type.

    The API leaves open what is in `select`; its examples have the choices' `label` and `name`.
    """

    type: FieldType
    name: Annotated[str, limited(1, 128)]
    label: Annotated[str, limited(1, 128)]
    text: Annotated[str, limited(1, 256)] | None = None
    email: Annotated[str, limited(1, 128)] | None = None
    select: list[JsonObject] | None = None
    format: FieldFormat | None = None


class FormMessageField(Field, frozen=True, kw_only=True):
    """A field to fill in; sizes are in characters and apply to text fields."""

    placeholder: Annotated[str, limited(1, 128)] | None = None
    min_size: Annotated[int, limited(1, 256)] | None = None
    max_size: Annotated[int, limited(1, 256)] | None = None
    options: Annotated[list[FormOption], limited(0, 200)] | None = None

    def _check(self) -> None:
        unique_names(self, "options")


class FormResponseMessageField(Field, frozen=True, kw_only=True):
    """A filled-in field; `quoted_message_id` names the form it answers."""

    quoted_message_id: str | None = None
