"""Uploads and downloads of files: `sunco.attachments`."""

from typing import Final, Unpack, overload

from sunco_async._base.download_target import DownloadTarget, open_target
from sunco_async._base.operation import Operation
from sunco_async._base.option_checks import check_count
from sunco_async._base.upload import UPLOAD_LIMIT, Upload, UploadSource
from sunco_async.models import (
    AttachmentDeleteBody,
    AttachmentResponse,
    AttachmentSchema,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Attachments"]

_ATTACHMENTS = "/v2/apps/{appId}/attachments"

UPLOAD: Final[Operation[AttachmentSchema]] = Operation(
    name="attachments.upload",
    method="POST",
    path=_ATTACHMENTS,
    response=AttachmentResponse,
    field="attachment",
)
DELETE: Final[Operation[None]] = Operation(
    name="attachments.delete",
    method="POST",
    path=_ATTACHMENTS + "/remove",
    body=AttachmentDeleteBody,
    replay="always",
    missing_is_success=True,
)


class Attachments(Resource):
    """The operations on files."""

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
            filename: The name of the file. By default it is the file's own name.
            content_type: The media type, such as `"image/png"`. By default it is the file object's
                own, or guessed from the file name.
            access: The access level. The API accepts `"public"` only.
            for_: `"message"` deletes the file with its message, conversation or user.
            conversation_id: The conversation that the file is for.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The attachment; its `media_url` goes into an `ImageMessage` or a `FileMessage`.

        Raises:
            OSError: The file cannot be read, or ended early. An error of the file object itself is
                raised unchanged.
            RequestTooLarge: The file is larger than 50 MiB.
            TypeError: `file` is not one of the above, or is open as text.
            ValueError: The file is closed, or `content_type` is not like `"image/png"`.
        """
        return await self._pipeline.call(
            UPLOAD,
            query={"access": access, "for": for_, "conversationId": conversation_id},
            upload=await Upload.of(file, filename=filename, content_type=content_type),
            options=options,
        )

    @overload
    async def download(
        self,
        media_url: str,
        *,
        to: None = ...,
        max_size: int | None = ...,
        other_hosts: bool = ...,
        **options: Unpack[RequestOptions],
    ) -> bytes: ...

    @overload
    async def download(
        self,
        media_url: str,
        *,
        to: DownloadTarget,
        max_size: int | None = ...,
        other_hosts: bool = ...,
        **options: Unpack[RequestOptions],
    ) -> None: ...

    async def download(
        self,
        media_url: str,
        *,
        to: DownloadTarget | None = None,
        max_size: int | None = None,
        other_hosts: bool = False,
        **options: Unpack[RequestOptions],
    ) -> bytes | None:
        """Download an attachment, which may be private, by the URL in its message.

        `GET {media_url}`

        The credentials are sent to the account's own host only (scheme, host and port of the base
        URL). A redirect to a storage host is followed without credentials, three redirects at most.
        The download is retried like any GET and then starts again.

        Args:
            media_url: The `media_url` of a message's content or of an attachment; https.
            to: A path, a binary file or an async file. A path is written under a temporary name
                and renamed when the download is complete; a file object is written after the
                download is complete, at its position, and is not closed. None returns the bytes.
            max_size: The largest file in bytes, after decompression. Defaults to 50 MiB, the size
                of an upload. In memory, the client's `max_body_size` is the limit if it is smaller.
            other_hosts: Also fetch from a host that is not the account's own, without credentials.
                The URL in a message may come from an end user, so do not set this if the process
                can reach hosts that the user cannot.
            **options: The options of this call; see `RequestOptions`. `extra_headers` are sent to
                the account's own host only.

        Returns:
            The file's bytes, or None with `to`.

        Raises:
            AuthenticationFailed: The credentials do not give access to the file.
            NotFound: The file does not exist, or was deleted.
            OSError: The file cannot be written.
            ResponseDecodeError: The file is larger than `max_size`, or the response is an HTML
                page.
            UnexpectedRedirect: There were too many redirects, or one to a URL that is not https.
            ValueError: `media_url` is not an https URL on the account's own host.
        """
        if max_size is None:
            max_size = UPLOAD_LIMIT
        check_count("max_size", max_size)
        limit = max_size if to is not None else min(max_size, self._pipeline.body_limit)
        from sunco_async._call.fetch import fetch_file  # noqa: PLC0415 - few programs download files

        return await fetch_file(
            self._pipeline,
            media_url,
            open_target(to, limit),
            other_hosts=other_hosts,
            options=options,
        )

    async def delete(self, *, media_url: str, **options: Unpack[RequestOptions]) -> None:
        """Delete an uploaded file.

        `POST /v2/apps/{appId}/attachments/remove`

        Caches may serve the file for another 15 minutes.

        Args:
            media_url: The `media_url` of the attachment, or of the message that it was sent in.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            BadRequest: The URL is not one of the API's own.
            NotFound: The file does not exist.
        """
        await self._pipeline.call(
            DELETE, body=AttachmentDeleteBody(media_url=media_url), options=options
        )
