"""What the sandbox answers when it refuses a request."""

from collections.abc import Mapping


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


def conversation_not_found() -> ApiError:
    """Return the 404 for an unknown conversation."""
    return ApiError(404, "conversation_not_found", "Conversation not found")


def user_not_found() -> ApiError:
    """Return the 404 for an unknown user."""
    return ApiError(404, "user_not_found", "User not found")


def not_found() -> ApiError:
    """Return the 404 for anything else that does not exist."""
    return ApiError(404, "not_found", "Resource not found")


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
