"""`sunco.attachments`: files to send."""

from typing import Final, Unpack

from sunco_async._operation import Operation
from sunco_async._upload import Upload, UploadSource
from sunco_async.models import AttachmentResponse, AttachmentSchema
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Attachments"]

_ATTACHMENTS = "/v2/apps/{appId}/attachments"

UPLOAD: Final[Operation[AttachmentSchema]] = Operation(
    name="attachments.upload",
    method="POST",
    path=_ATTACHMENTS,
    answer=AttachmentResponse,
    field="attachment",
)
DELETE: Final[Operation[None]] = Operation(
    name="attachments.delete",
    method="POST",
    path=_ATTACHMENTS + "/remove",
    replay="always",
    gone_is_done=True,
)


class Attachments(Resource):
    """The operations on uploaded files."""

    __slots__ = ()

    async def upload(
        self,
        file: UploadSource,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        access: str = "public",
        for_: str | None = None,
        conversation_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AttachmentSchema:
        """Upload a file: `POST /v2/apps/{appId}/attachments?access=public`.

        `file` is a path, bytes, an open binary file or an async iterator of bytes; it is streamed,
        and read in a thread. `filename` and `content_type` are taken from the path where they are
        not given. With `for_="message"` and a `conversation_id` the file is deleted along with its
        message, conversation or user.

        Raises `RequestTooLarge` for more than 50 MB, and `OSError` for a file that cannot be read,
        before anything is sent. What can be read only once is not sent again by itself.
        """
        return await self._caller.call(
            UPLOAD,
            query={"access": access, "for": for_, "conversationId": conversation_id},
            upload=await Upload.of(file, filename=filename, content_type=content_type),
            options=options,
        )

    async def delete(self, *, media_url: str, **options: Unpack[RequestOptions]) -> None:
        """Delete an uploaded file: `POST /v2/apps/{appId}/attachments/remove`.

        Caches may show it for another 15 minutes. Raises `BadRequest` for a URL that is not one of
        the API's own.
        """
        await self._caller.call(DELETE, json={"mediaUrl": media_url}, options=options)
