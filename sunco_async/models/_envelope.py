"""What surrounds an answer: paging, links and errors."""

from sunco_async.models._base import Model


class Meta(Model, frozen=True, kw_only=True):
    """The paging state of a list answer; a cursor is missing where there is no page that way."""

    has_more: bool | None = None
    after_cursor: str | None = None
    before_cursor: str | None = None


class Links(Model, frozen=True, kw_only=True):
    """The URLs of the neighbouring pages."""

    prev: str | None = None
    next: str | None = None


class Error(Model, frozen=True, kw_only=True):
    """One reason why the API refused a request."""

    code: str | None = None
    title: str | None = None


class ErrorResponse(Model, frozen=True, kw_only=True):
    """The body of an error answer; several errors come only with a 400."""

    errors: list[Error]
