"""The fields of forms and of the answers to them."""

from typing import Literal, TypeAlias

from sunco_async.models._base import JsonObject, Model

FieldType: TypeAlias = Literal["email", "select", "text"] | str
FieldFormat: TypeAlias = Literal["integer", "decimal"] | str


class FormOption(Model, frozen=True, kw_only=True):
    """One choice of a select field; `name` is unique in the field."""

    label: str | None = None
    name: str | None = None


class Field(Model, frozen=True, kw_only=True):
    """What form fields and their answers share; the answer is under the name of the type.

    The API leaves open what is in `select`; its examples have the choices' `label` and `name`.
    """

    type: FieldType
    name: str
    label: str
    text: str | None = None
    email: str | None = None
    select: list[JsonObject] | None = None
    format: FieldFormat | None = None


class FormMessageField(Field, frozen=True, kw_only=True):
    """A field to fill in; sizes are in characters and apply to text fields."""

    placeholder: str | None = None
    min_size: int | None = None
    max_size: int | None = None
    options: list[FormOption] | None = None


class FormResponseMessageField(Field, frozen=True, kw_only=True):
    """A filled-in field; `quoted_message_id` names the form it answers."""

    quoted_message_id: str | None = None
