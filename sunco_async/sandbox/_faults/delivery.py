"""Sending a response wrongly, or not at all."""

from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._faults.body_changes import change_body, with_body
from sunco_async.sandbox._faults.choice import Decision
from sunco_async.sandbox._faults.connection import Connection
from sunco_async.sandbox._faults.fault import Fault
from sunco_async.sandbox._http.messages import Response, error_response, send_response

__all__ = ["deliver", "faulty_response"]

_PIECES = 10


def faulty_response(decision: Decision, response: Response | None) -> Response | None:
    """Return the response that is sent, from the sandbox's own.

    Args:
        decision: What goes wrong.
        response: The response of the sandbox, or None if the request took no effect.
    """
    fault = decision.outcome
    if fault is not None and fault.action in ("status", "rate_limit"):
        return _error(fault)
    if fault is not None and fault.action == "html":
        return _page(fault.status)
    if response is None or not decision.changes:
        return response
    return change_body(response, decision.changes)


async def deliver(
    decision: Decision,
    response: Response | None,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    latency: float,
) -> None:
    """Send a response as the decision demands.

    Args:
        decision: What goes wrong.
        response: What `faulty_response` returned.
        scope: The ASGI scope of the request.
        receive: The ASGI function that receives, as far as the request's body has been read.
        send: The ASGI function that sends.
        latency: The latency of every response, in seconds, to which that of the decision is added.
    """
    action = "none" if decision.outcome is None else decision.outcome.action
    connection = Connection(scope, receive)
    latency += decision.latency
    if latency > 0 and not await connection.pause(latency):
        return
    if action == "close":
        await connection.close()
    elif action == "reset":
        await connection.reset()
    elif action == "hang":
        await connection.wait_for_client()
    if response is None or decision.is_lost:
        return
    if action in ("close_in_body", "reset_in_body"):
        await _start(send, response)
        half = response.body[: max(1, len(response.body) // 2)]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await (connection.close if action == "close_in_body" else connection.reset)(sent=True)
    elif action == "slow_body" and decision.outcome is not None:
        await _send_slowly(send, response, connection, decision.outcome.seconds[0])
    elif action == "half_json":
        await send_response(send, with_body(response, response.body[: len(response.body) // 2]))
    else:
        await send_response(send, response)
        if action == "stale":
            connection.close_silently()


async def _start(send: Send, response: Response) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": response.headers,
        }
    )


async def _send_slowly(
    send: Send, response: Response, connection: Connection, seconds: float
) -> None:
    await _start(send, response)
    body = response.body
    size = max(1, -(-len(body) // _PIECES))
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not await connection.pause(seconds / len(pieces), total=seconds):
            return
    await send({"type": "http.response.body", "body": b""})


def _error(fault: Fault) -> Response:
    try:
        title = HTTPStatus(fault.status).phrase
    except ValueError:
        title = "Error"
    code = title.lower().replace(" ", "_").replace("-", "_")
    headers = {} if fault.retry_after is None else {"retry-after": fault.retry_after}
    return error_response(ApiError(fault.status, code, title, headers))


def _page(status: int) -> Response:
    try:
        title = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        title = str(status)
    if status < 300:
        title = "Sign in to the network"
    body = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body><center><h1>{title}</h1></center><hr><center>proxy</center></body>\r\n</html>\r\n"
    ).encode()
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    return Response(status, body, headers)
