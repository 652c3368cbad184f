"""The routes for the state, the records, the clock and the deliveries of a sandbox."""

from typing import Any, Protocol

from msgspec import UNSET, Struct, UnsetType

from sunco_async.sandbox._admin.app import AdminApp, AdminCall
from sunco_async.sandbox._admin.views import (
    delivery_view,
    event_view,
    request_view,
    statistics_view,
)
from sunco_async.sandbox._clock import Clock
from sunco_async.sandbox._delivery.deliveries import Deliveries
from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._events.event import Event
from sunco_async.sandbox._http.messages import Response
from sunco_async.sandbox._http.request_log import ReceivedRequest
from sunco_async.sandbox._statistics import SandboxStatistics

Json = dict[str, object]
_DEFAULT_LIMIT = 100


class _Body(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    pass


class ClockBody(_Body, kw_only=True):
    """What to do with the clock, in this order."""

    freeze: float | bool = False
    advance: float = 0.0
    resume: bool = False


class RepeatBody(_Body, kw_only=True):
    """The arguments of `Deliveries.repeat`."""

    share: float = 1.0
    times: int = 1
    seed: int = 0


class ReorderBody(_Body, kw_only=True):
    """The arguments of `Deliveries.reorder`."""

    share: float = 0.5
    within: float = 1.0
    seed: int = 0


class DeliverySettingsBody(_Body, kw_only=True):
    """The settings of deliveries to change."""

    time_scale: float | UnsetType = UNSET
    timeout: float | UnsetType = UNSET
    concurrency: int | UnsetType = UNSET
    combine: int | UnsetType = UNSET
    repeat: RepeatBody | UnsetType = UNSET
    reorder: ReorderBody | UnsetType = UNSET


class AdminTarget(Protocol):
    """What the routes use of a `Sandbox`."""

    @property
    def clock(self) -> Clock: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def requests(self) -> list[ReceivedRequest]: ...
    @property
    def events(self) -> list[Event]: ...
    def statistics(self) -> SandboxStatistics: ...
    def clear_records(self) -> None: ...
    def apps(self) -> list[Json]: ...
    def dump(self) -> bytes: ...
    def restore(self, state: bytes) -> None: ...
    def reset(self) -> None: ...


def add_routes(admin: AdminApp, sandbox: AdminTarget) -> None:
    """Add the routes for everything but the actors."""
    routes = _Routes(sandbox)
    admin.add("GET", "/", routes.show_summary)
    admin.add("GET", "/requests", routes.show_requests)
    admin.add("GET", "/events", routes.show_events)
    admin.add("DELETE", "/records", routes.forget_records)
    admin.add("GET", "/clock", routes.show_clock)
    admin.add("POST", "/clock", routes.set_clock)
    admin.add("GET", "/state", routes.save_state)
    admin.add("PUT", "/state", routes.load_state)
    admin.add("POST", "/reset", routes.reset_state)
    admin.add("GET", "/deliveries", routes.show_deliveries)
    admin.add("POST", "/deliveries/settings", routes.set_deliveries)
    admin.add("POST", "/deliveries/{number}/redeliver", routes.redeliver)


class _Routes:
    def __init__(self, sandbox: AdminTarget) -> None:
        self._sandbox = sandbox

    def show_summary(self, _call: AdminCall) -> Json:
        return {
            "apps": self._sandbox.apps(),
            "statistics": statistics_view(self._sandbox.statistics()),
            "clock": self.show_clock(_call),
            "deliveries": {
                "outstanding": self._sandbox.deliveries.outstanding,
                "revision": self._sandbox.deliveries.revision,
            },
        }

    def show_requests(self, call: AdminCall) -> Json:
        after = call.number("after", 0)
        shown = [each for each in self._sandbox.requests if each.number >= after]
        return {"requests": [request_view(each) for each in _newest(call, shown)]}

    def show_events(self, call: AdminCall) -> Json:
        wanted = call.query.get("conversation")
        shown = [each for each in self._sandbox.events if wanted in (None, each.conversation_id)]
        return {"events": [event_view(each) for each in _newest(call, shown)]}

    def show_deliveries(self, call: AdminCall) -> Json:
        after, wanted = call.number("after", 0), call.query.get("conversation")
        shown = [
            each
            for each in self._sandbox.deliveries
            if each.revision > after and (wanted is None or wanted in each.conversation_ids)
        ]
        return {
            "revision": self._sandbox.deliveries.revision,
            "deliveries": [delivery_view(each) for each in _newest(call, shown)],
        }

    def forget_records(self, _call: AdminCall) -> Json:
        self._sandbox.clear_records()
        self._sandbox.deliveries.clear()
        return {}

    def show_clock(self, _call: AdminCall) -> Json:
        return {"time": self._sandbox.clock(), "isFrozen": self._sandbox.clock.is_frozen}

    def set_clock(self, call: AdminCall) -> Json:
        body = call.read(ClockBody)
        if body.advance < 0:
            raise bad_request("advance must not be negative")
        if body.freeze is not False:
            self._sandbox.clock.freeze(None if body.freeze is True else body.freeze)
        self._sandbox.clock.advance(body.advance)
        if body.resume:
            self._sandbox.clock.resume()
        return self.show_clock(call)

    def save_state(self, _call: AdminCall) -> Response:
        body = self._sandbox.dump()
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        return Response(200, body, headers)

    def load_state(self, call: AdminCall) -> Json:
        self._sandbox.restore(call.body)
        return self.show_summary(call)

    def reset_state(self, call: AdminCall) -> Json:
        self._sandbox.reset()
        return self.show_summary(call)

    def set_deliveries(self, call: AdminCall) -> Json:
        body, deliveries = call.read(DeliverySettingsBody), self._sandbox.deliveries
        if body.time_scale is not UNSET:
            deliveries.time_scale = body.time_scale
        if body.timeout is not UNSET:
            deliveries.timeout = body.timeout
        if body.concurrency is not UNSET:
            deliveries.concurrency = body.concurrency
        if body.combine is not UNSET:
            deliveries.combine(body.combine)
        if body.repeat is not UNSET:
            deliveries.repeat(body.repeat.share, times=body.repeat.times, seed=body.repeat.seed)
        if body.reorder is not UNSET:
            share, within = body.reorder.share, body.reorder.within
            deliveries.reorder(share, within=within, seed=body.reorder.seed)
        return {}

    def redeliver(self, call: AdminCall) -> Json:
        number = call.path["number"]
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise KeyError(number)
        return {"delivery": delivery_view(self._sandbox.deliveries.redeliver(int(number)))}


def _newest(call: AdminCall, records: list[Any]) -> list[Any]:
    """Return the newest of some records, as many as `limit` says."""
    limit = call.number("limit", _DEFAULT_LIMIT)
    return records[-limit:] if limit else []
