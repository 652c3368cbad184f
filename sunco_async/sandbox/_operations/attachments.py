"""The operations on attachments, and the media URLs that the sandbox serves."""

import mimetypes
from urllib.parse import quote, urlsplit

from msgspec import Struct

from sunco_async.sandbox._errors import (
    attachment_not_found,
    bad_request,
    forbidden,
    too_large,
    unauthorized,
)
from sunco_async.sandbox._multipart import Part, read_parts
from sunco_async.sandbox._operations.call import Call, Handler, Reply
from sunco_async.sandbox._state.attachment_changes import (
    MEDIA_PATH,
    add_attachment,
    attachment_at,
    remove_attachment,
)
from sunco_async.sandbox._state.records import Attachment

_DEFAULT_TYPE = "application/octet-stream"
# Nothing in a file may run as if it were the sandbox's own page.
_MEDIA_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
}


class AttachmentDeleteBody(Struct, rename="camel"):
    """The body of DeleteAttachment."""

    media_url: str


def upload(call: Call) -> object:
    """UploadAttachment.

    Files of every type are taken: the list of those that the platform refuses is no part of the
    API's description.
    """
    query = call.query
    if query.get("access") != "public":
        raise bad_request("access is required, and public is the only access level available")
    if query.get("for", "message") != "message":
        raise bad_request("for must be message")
    conversation = None
    if "conversationId" in query:
        conversation = call.app.conversation(query["conversationId"])
    source = _source(read_parts(call.body, call.content_type))
    limit = call.state.attachment_limit
    if len(source.content) > limit:
        raise too_large(limit)
    attachment_id = call.app.new_id()
    name = _file_name(source)
    base = call.url[: call.url.index("/v2/apps/")]
    attachment = Attachment(
        attachment_id,
        f"{base}/attachments/v2/{attachment_id}/{quote(name, safe='')}",
        _media_type(source, name),
        source.content,
        conversation_id=None if conversation is None else conversation.id,
        for_message="for" in query,
    )
    add_attachment(call.app, attachment)
    return {"attachment": {"mediaUrl": attachment.media_url, "mediaType": attachment.media_type}}


def delete(call: Call) -> object:
    """DeleteAttachment."""
    url = call.read(AttachmentDeleteBody).media_url
    attachment = attachment_at(call.app, url)
    hosts = {urlsplit(call.url).netloc}
    if attachment is not None:
        hosts.add(urlsplit(attachment.media_url).netloc)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.netloc not in hosts or not MEDIA_PATH.search(parts.path):
        raise bad_request(f"Unsupported media URL for attachment deletion: {url[:2048]}")
    if attachment is None:
        raise attachment_not_found()
    remove_attachment(call.app, attachment)
    return {}


def download(call: Call) -> object:
    """Serve a file at its media URL; private ones to callers who may reach the app."""
    attachment_id = call.path["attachmentId"]
    for app in call.state.apps.values():
        attachment = app.data.attachments.get(attachment_id)
        if attachment is not None:
            if call.state.private_attachments:
                if call.credential is None:
                    raise unauthorized()
                if not call.credential.reaches(app.id):
                    raise forbidden()
            headers = {"content-type": attachment.media_type} | _MEDIA_HEADERS
            return Reply(200, attachment.content, headers)
    raise attachment_not_found()


def _source(parts: list[Part]) -> Part:
    for part in parts:
        if part.name == "source":
            return part
    raise bad_request("source is required")


def _file_name(source: Part) -> str:
    name = (source.file_name or "").replace("\\", "/").rsplit("/", 1)[-1][:255]
    return "file" if name in ("", ".", "..") else name


def _media_type(source: Part, name: str) -> str:
    given = (source.content_type or "").strip()
    if given.isascii() and given.isprintable() and "/" in given:
        return given
    return mimetypes.guess_type(name)[0] or _DEFAULT_TYPE


HANDLERS: dict[str, Handler] = {
    "attachments.upload": upload,
    "attachments.delete": delete,
    "attachments.download": download,
}
