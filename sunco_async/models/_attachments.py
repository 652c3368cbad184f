"""Uploaded files."""

from sunco_async.models._base import Model

__all__ = ["AttachmentDeleteBody", "AttachmentResponse", "AttachmentSchema"]


class AttachmentSchema(Model, frozen=True, kw_only=True):
    """An uploaded file.

    Attributes:
        media_url: The URL of the file. Private attachments can only be read with the credentials of
            the caller.
        media_type: The media type of the file, such as `"image/png"`.
    """

    media_url: str = ""
    media_type: str | None = None


class AttachmentResponse(Model, frozen=True, kw_only=True):
    """The response with one uploaded file.

    Attributes:
        attachment: The uploaded file.
    """

    attachment: AttachmentSchema | None = None


class AttachmentDeleteBody(Model, frozen=True, kw_only=True):
    """The body of the request that deletes an uploaded file.

    Attributes:
        media_url: The URL of the file, as in the message that contained it.
    """

    media_url: str
