"""A sandbox that stores uploaded files, which the package's own does not do yet."""

from email import message_from_bytes
from email.policy import HTTP

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sunco_async.sandbox import Sandbox


def read_form(content_type, body):
    """Return name, type and content of the one file of a multipart form."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    [part] = message_from_bytes(head + body, policy=HTTP).iter_parts()
    return part.get_filename(), part.get_content_type(), part.get_payload(decode=True)


class SandboxWithFiles(Sandbox):
    """Serves `POST …/attachments`, and what was uploaded below `/media/`."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.files = []

    def _served(self, host, address):
        sandbox = super()._served(host, address)

        async def app(scope, receive, send):
            request = Request(scope, receive)
            path = scope["path"]
            if scope["method"] == "POST" and path.endswith("/attachments"):
                name, kind, content = read_form(
                    request.headers["content-type"], await request.body()
                )
                self.files.append((name, kind, content))
                url = f"http://{request.headers['host']}/media/{len(self.files)}/{name}"
                attachment = {"mediaUrl": url, "mediaType": kind}
                await JSONResponse({"attachment": attachment}, 201)(scope, receive, send)
            elif path.startswith("/media/"):
                _, kind, content = self.files[int(path.split("/")[2]) - 1]
                await Response(content, media_type=kind)(scope, receive, send)
            else:
                await sandbox(scope, receive, send)

        return app
