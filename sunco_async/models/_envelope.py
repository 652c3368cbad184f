"""The parts of responses that surround the objects: paging, links and errors."""

from sunco_async.models._base import Model

__all__ = ["Error", "ErrorResponse", "Links", "Meta"]


class Meta(Model, frozen=True, kw_only=True):
    """The paging state of a list response.

    Attributes:
        has_more: Whether there are more records.
        after_cursor: The cursor of the next page, for `page[after]`. Absent if there is none.
        before_cursor: The cursor of the previous page, for `page[before]`. Absent if there is none.
    """

    has_more: bool | None = None
    after_cursor: str | None = None
    before_cursor: str | None = None


class Links(Model, frozen=True, kw_only=True):
    """The URLs of the neighbouring pages of a list response.

    Attributes:
        prev: The URL of the previous page. Absent if there is none.
        next: The URL of the next page. Absent if there is none.
    """

    prev: str | None = None
    next: str | None = None


class Error(Model, frozen=True, kw_only=True):
    """A reason why the API refused a request.

    Attributes:
        code: The code of the error, such as `"not_found"`.
        title: A description of the error.
    """

    code: str | None = None
    title: str | None = None


class ErrorResponse(Model, frozen=True, kw_only=True):
    """The body of an error response.

    Attributes:
        errors: The reasons. Only a 400 has more than one.
    """

    errors: list[Error]
