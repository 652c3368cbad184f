"""Uploaded files."""

from sunco_async.models._base import Model


class AttachmentSchema(Model, frozen=True, kw_only=True):
    """An uploaded file; reading a private one takes the caller's credentials."""

    media_url: str = ""
    media_type: str | None = None


class AttachmentResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one attachment."""

    attachment: AttachmentSchema | None = None


class AttachmentDeleteBody(Model, frozen=True, kw_only=True):
    """The body that deletes an attachment by the URL its message carried."""

    media_url: str
