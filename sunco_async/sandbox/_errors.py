"""What the sandbox answers when it refuses a request."""

from collections.abc import Iterable, Mapping


class ApiError(Exception):
    """A refusal: an HTTP status, and the `code` and `title` of its one error."""

    def __init__(
        self, status: int, code: str, title: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, code, title)
        self.status = status
        self.code = code
        self.title = title
        self.headers = headers or {}


def bad_request(title: str) -> ApiError:
    """Return a 400 that says in `title` what is wrong."""
    return ApiError(400, "bad_request", title)


def app_not_found() -> ApiError:
    """Return the 404 for an app that is not the sandbox's."""
    return ApiError(404, "app_not_found", "App not found")


def conversation_not_found() -> ApiError:
    """Return the 404 for an unknown conversation."""
    return ApiError(404, "conversation_not_found", "Conversation not found")


def attachment_not_found() -> ApiError:
    """Return the 404 for a media URL that has no attachment."""
    return ApiError(404, "not_found", "Attachment not found")


def client_not_found() -> ApiError:
    """Return the 404 for an unknown client."""
    return ApiError(404, "client_not_found", "Client not found")


def device_not_found() -> ApiError:
    """Return the 404 for an unknown device."""
    return ApiError(404, "device_not_found", "Device not found")


def user_not_found() -> ApiError:
    """Return the 404 for an unknown user."""
    return ApiError(404, "user_not_found", "User not found")


def integration_not_found() -> ApiError:
    """Return the 404 for an unknown integration."""
    return ApiError(404, "integration_not_found", "Integration not found")


def switchboard_not_found() -> ApiError:
    """Return the 404 for an unknown switchboard."""
    return ApiError(404, "switchboard_not_found", "Switchboard not found")


def switchboard_integration_not_found() -> ApiError:
    """Return the 404 for an unknown switchboard integration."""
    return ApiError(404, "switchboard_integration_not_found", "SwitchboardIntegration not found")


def not_found() -> ApiError:
    """Return the 404 for anything else that does not exist."""
    return ApiError(404, "not_found", "Resource not found")


def method_not_allowed(allowed: Iterable[str]) -> ApiError:
    """Return the 405 for a method that a path does not have."""
    headers = {"allow": ", ".join(sorted(allowed))}
    return ApiError(405, "method_not_allowed", "Method not allowed", headers)


def too_large(limit: int) -> ApiError:
    """Return the 413 for a request body of more than `limit` bytes."""
    return ApiError(413, "payload_too_large", f"Request body exceeds {limit // 1024}kb")


def not_a_member() -> ApiError:
    """Return the 404 for leaving a conversation one is not in."""
    return ApiError(404, "not_found", "User is not a member of the conversation")


def forbidden() -> ApiError:
    """Return the 403 for a key whose scope does not cover the operation."""
    return ApiError(403, "forbidden", "Forbidden")


def unauthorized() -> ApiError:
    """Return the 401 for missing or wrong credentials."""
    return ApiError(
        401,
        "unauthorized",
        "Authorization is required",
        {"www-authenticate": 'Basic realm="sandbox"'},
    )


def misdirected(problem: str) -> ApiError:
    """Return the 421 for a request to a host that the sandbox does not know as its own."""
    return ApiError(
        421,
        "misdirected_request",
        f"The request {problem}, and the sandbox answers for loopback names and known hosts only. "
        "To allow a host, name it: Sandbox(hosts=[...]), or sunco sandbox --allow-host NAME",
    )


def cross_origin(problem: str) -> ApiError:
    """Return the 403 for a request of a web page that is not local."""
    return ApiError(
        403,
        "cross_origin",
        f"The request {problem}, and the sandbox answers local web pages only. "
        "To allow a host, name it: Sandbox(hosts=[...]), or sunco sandbox --allow-host NAME",
    )


def not_implemented(operation: str) -> ApiError:
    """Return the 501 for an operation that the sandbox does not have."""
    return ApiError(501, "not_implemented", f"The sandbox does not implement {operation} yet")


def internal_error() -> ApiError:
    """Return the 500 for a bug of the sandbox's own."""
    return ApiError(500, "internal_server_error", "Internal server error")
