"""The ASGI application: what a request passes on its way, and what it leaves behind."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send

from sunco_async.sandbox._errors import (
    ApiError,
    bad_request,
    internal_error,
    not_implemented,
)
from sunco_async.sandbox._events.bus import EventBus
from sunco_async.sandbox._faults.choice import Decision
from sunco_async.sandbox._faults.delivery import deliver, faulty_response
from sunco_async.sandbox._faults.rules import RuleSet
from sunco_async.sandbox._http.access import app_of, check_scope
from sunco_async.sandbox._http.auth import Authenticator
from sunco_async.sandbox._http.host import HostRule, check_request
from sunco_async.sandbox._http.messages import (
    ClientGoneError,
    Response,
    answer_lifespan,
    error_response,
    json_response,
    read_body,
    reply_response,
    send_response,
)
from sunco_async.sandbox._http.request_log import Arrival, RequestLog, log_request
from sunco_async.sandbox._http.router import Router, encoded_paths
from sunco_async.sandbox._operations.call import Call, Handler, Reply, parse_query
from sunco_async.sandbox._operations.catalog import (
    CATALOG,
    JSON_BYTES,
    OTHERS,
    UPLOAD_BYTES,
    Operation,
)
from sunco_async.sandbox._operations.registry import HANDLERS
from sunco_async.sandbox._rate_limit import RateLimiter
from sunco_async.sandbox._state.state import State

# What a form may hold beside its file: boundaries, headers, other fields.
_FORM_BYTES = 64 * 1024

_logger = logging.getLogger("sunco_async.sandbox")


class App:
    """Answers requests for the operations, and for what is mounted beside them.

    Attributes:
        latency: Seconds between the effect of a request and its response.
        mounts: ASGI applications by the first segment of their path, such as `_sandbox`.
        statuses: The number of responses by status.
        operations: The number of requests that reached each operation.
        requests: The number of all requests.
    """

    def __init__(
        self,
        state: State,
        events: EventBus,
        limiter: RateLimiter,
        log: RequestLog,
        faults: RuleSet,
        *,
        latency: float = 0.0,
        handlers: Mapping[str, Handler] = HANDLERS,
    ) -> None:
        self.latency = latency
        self.mounts: dict[str, ASGIApp] = {}
        self.statuses: Counter[int] = Counter()
        self.operations: Counter[str] = Counter()
        self.requests = 0
        self._state = state
        self._events = events
        self._limiter = limiter
        self._log = log
        self._faults = faults
        self._handlers = handlers
        self._router = Router((*CATALOG.values(), *OTHERS))
        self._authenticator = Authenticator(state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send, rule: HostRule) -> None:
        """Answer a request to a host that `rule` allows."""
        if scope["type"] == "lifespan":
            await answer_lifespan(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        whole, path = encoded_paths(scope)
        mounted = self.mounts.get(path[1:].partition("/")[0])
        if mounted is None:
            with self._state.lock:
                self.requests += 1
        try:
            check_request(scope, rule)
        except ApiError as refusal:
            log_request(scope["method"], encoded_paths(scope)[0], refusal.status, None)
            await self._respond(send, error_response(refusal), None)
            return
        if mounted is not None:
            await mounted(scope, receive, send)
            return
        arrival = self._log.arrival(scope, whole)
        decision = self._decide(scope["method"], path, arrival)
        try:
            if decision is not None:
                respond = partial(self._response, scope, receive, whole, path, arrival)
                await self._respond_with_fault(
                    scope, receive, send, respond, arrival=arrival, decision=decision
                )
                return
            response = await self._response(scope, receive, whole, path, arrival)
        except ClientGoneError:
            return
        await self._respond(send, response, arrival)

    def _decide(self, method: str, path: str, arrival: Arrival) -> Decision | None:
        if not self._faults.rules:
            return None
        try:
            arrival.operation = self._router.find(method, path)[0].name
        except ApiError:
            arrival.operation = None
        with self._state.lock:
            decision = self._faults.choose(arrival.operation, method, path)
        if decision is not None:
            arrival.fault = "+".join(decision.names)
        return decision

    async def _respond_with_fault(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        respond: Callable[[], Awaitable[Response]],
        *,
        arrival: Arrival,
        decision: Decision,
    ) -> None:
        response: Response | None = None
        if decision.is_applied:
            response = await respond()
        else:
            # Read to its end: closing a connection with unread bytes on it would reset it.
            arrival.body = await _read_any_body(receive, dict(scope["headers"]))
        response = faulty_response(decision, response)
        with self._state.lock:
            if response is not None and not decision.is_lost:
                self.statuses[response.status] += 1
            self._log.add(arrival, response)
        status = 0 if response is None else response.status
        log_request(arrival.method, arrival.path, status, arrival)
        await deliver(decision, response, scope, receive, send, latency=self.latency)

    async def _respond(self, send: Send, response: Response, arrival: Arrival | None) -> None:
        with self._state.lock:
            self.statuses[response.status] += 1
            if arrival is not None:
                self._log.add(arrival, response)
        if arrival is not None:
            log_request(arrival.method, arrival.path, response.status, arrival)
        if self.latency > 0:
            await anyio.sleep(self.latency)
        await send_response(send, response)

    async def _response(
        self, scope: Scope, receive: Receive, whole: str, path: str, arrival: Arrival
    ) -> Response:
        try:
            return await self._perform(scope, receive, whole, path, arrival)
        except ApiError as refusal:
            return error_response(refusal)
        except ClientGoneError:
            raise
        except Exception:
            _logger.exception("%s %s failed", scope["method"], scope["path"])
            return error_response(internal_error())

    async def _perform(
        self, scope: Scope, receive: Receive, whole: str, path: str, arrival: Arrival
    ) -> Response:
        operation, path_params = self._router.find(scope["method"], path)
        arrival.operation = operation.name
        handler = self._handlers.get(operation.name)
        if handler is None:
            raise not_implemented(operation.name)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        with self._state.lock:
            caller = None
            if operation.scopes is not None:
                caller = self._authenticator.authenticate(headers.get(b"authorization", b""))
                arrival.caller = caller.id
                check_scope(operation, caller)
            elif operation.optional:
                caller = self._authenticator.find(headers.get(b"authorization", b""))
            app = app_of(self._state, caller, path_params.get("appId"))
            if operation.limited:
                self._limiter.admit(caller.id if caller is not None else "")
            max_body = operation.max_body
            if max_body > JSON_BYTES:
                max_body = self._state.attachment_limit + _FORM_BYTES
        query = parse_query(scope.get("query_string", b""))
        body = arrival.body = await read_body(receive, headers, max_body)
        host = headers.get(b"host", b"localhost").decode("latin-1")
        call = Call(
            state=self._state,
            path=path_params,
            query=query,
            url=f"{scope.get('scheme', 'http')}://{host}{whole}",
            body=body,
            content_type=headers.get(b"content-type", b""),
            current_app=app,
            credential=caller,
        )
        with self._state.lock:
            self.operations[operation.name] += 1
            check_query(operation, query)
            try:
                value = handler(call)
                # Encoded under the lock: a list in it may be the record's own.
                if isinstance(value, Reply):
                    return reply_response(value)
                return json_response(operation.status, value)
            finally:
                self._events.commit()


async def _read_any_body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    try:
        return await read_body(receive, headers, UPLOAD_BYTES)
    except ApiError:
        return b""


def check_query(operation: Operation, query: Mapping[str, str]) -> None:
    """Raise a 400 for a query parameter that the operation does not have."""
    for name in query:
        if name not in operation.query:
            if name.partition("[")[0] == "page":
                raise bad_request("Invalid page query parameters")
            raise bad_request(f"Unknown query parameter {name[:100]}")
