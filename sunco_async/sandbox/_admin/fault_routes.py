"""The routes for faults and the rate limit."""

import time
from typing import Literal, Protocol

from msgspec import Struct

from sunco_async.sandbox._admin.app import AdminApp, AdminCall
from sunco_async.sandbox._faults.faults import Faults
from sunco_async.sandbox._rate_limit import RateLimit

Json = dict[str, object]


class FaultBody(Struct, forbid_unknown_fields=True):
    """A rule as text, as the command line takes it."""

    rule: str


class RateLimitBody(Struct, rename="camel", forbid_unknown_fields=True):
    """The fields of `RateLimit`."""

    rate: float
    burst: float | None = None
    window: float | None = None
    retry_after: bool | Literal["date"] = True


class FaultTarget(Protocol):
    """What the routes use of a `Sandbox`."""

    @property
    def rate_limit(self) -> RateLimit | None: ...

    @rate_limit.setter
    def rate_limit(self, limit: RateLimit | None) -> None: ...

    @property
    def faults(self) -> Faults: ...


def add_fault_routes(admin: AdminApp, sandbox: FaultTarget) -> None:
    """Add the routes."""
    routes = _FaultRoutes(sandbox)
    admin.add("GET", "/faults", routes.show)
    admin.add("POST", "/faults", routes.add)
    admin.add("DELETE", "/faults", routes.clear)
    admin.add("GET", "/rate-limit", routes.show_limit)
    admin.add("PUT", "/rate-limit", routes.set_limit)


class _FaultRoutes:
    def __init__(self, sandbox: FaultTarget) -> None:
        self._sandbox = sandbox

    def show(self, _call: AdminCall) -> Json:
        return {
            "faults": [
                {"rule": each.text, "requests": each.requests, "injected": each.injected}
                for each in self._sandbox.faults.rules
            ]
        }

    def add(self, call: AdminCall) -> Json:
        self._sandbox.faults.add_text(call.read(FaultBody).rule)
        return self.show(call)

    def clear(self, call: AdminCall) -> Json:
        self._sandbox.faults.clear()
        return self.show(call)

    def show_limit(self, _call: AdminCall) -> Json:
        limit = self._sandbox.rate_limit
        if limit is None:
            return {"rateLimit": None}
        return {
            "rateLimit": {
                "rate": limit.rate,
                "burst": limit.burst,
                "window": limit.window,
                "retryAfter": limit.retry_after,
            }
        }

    def set_limit(self, call: AdminCall) -> Json:
        if call.body.strip() == b"null":
            self._sandbox.rate_limit = None
        else:
            body = call.read(RateLimitBody)
            before = self._sandbox.rate_limit
            self._sandbox.rate_limit = RateLimit(
                body.rate,
                body.burst,
                body.window,
                retry_after=body.retry_after,
                # The clock that was given to the limit before stays.
                clock=time.monotonic if before is None else before.clock,
            )
        return self.show_limit(call)
