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
        """Upload a file to send it in a message.

        `POST /v2/apps/{appId}/attachments?access=public`

        The file is streamed. Synchronous files are read in a thread; async files (of anyio,
        aiofiles, or an `UploadFile` of Starlette and FastAPI) are awaited. A file is read from its
        current position and is not closed. An upload is retried only if the file can seek.

        Args:
            file: A path, bytes, a binary file, an async file or an async iterator of bytes.
            filename: Defaults to the file's own name.
            content_type: Defaults to the file object's own, or to one guessed from the file name.
            access: The access level; the API takes `"public"` only.
            for_: `"message"` deletes the file with its message, conversation or user.
            conversation_id: The conversation that the file is for.
            **options: `RequestOptions`.

        Returns:
            The attachment; its `media_url` goes into an `ImageMessage` or a `FileMessage`.

        Raises:
            OSError: The file cannot be read, or ended early. An error of the file object itself is
                raised as it is.
            RequestTooLarge: The file is larger than 50 MiB.
            TypeError: `file` is not one of the above, or is open as text.
            ValueError: The file is closed, or `content_type` is not like `"image/png"`.
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
