"""Records of a sandbox as the admin application shows them."""

from sunco_async.sandbox._delivery.records import Delivery
from sunco_async.sandbox._events.event import Event
from sunco_async.sandbox._http.request_log import ReceivedRequest
from sunco_async.sandbox._statistics import SandboxStatistics

Json = dict[str, object]


def text_of(body: bytes) -> str:
    """Return a body as text; what is not UTF-8 is escaped."""
    return body.decode("utf-8", "backslashreplace")


def request_view(request: ReceivedRequest) -> Json:
    """Return a request with its response."""
    return {
        "number": request.number,
        "time": request.time,
        "method": request.method,
        "path": request.path,
        "operation": request.operation,
        "caller": request.caller,
        "fault": request.fault,
        "status": request.status,
        "body": text_of(request.body),
        "responseBody": text_of(request.response_body),
    }


def event_view(event: Event) -> Json:
    """Return an event with full users and sources."""
    return event.to_dict(full_user=True, full_source=True) | {
        "appId": event.app_id,
        "conversationId": event.conversation_id,
    }


def delivery_view(delivery: Delivery) -> Json:
    """Return a delivery with its attempts; the secret of the webhook is not part of it."""
    return {
        "number": delivery.number,
        "revision": delivery.revision,
        "appId": delivery.app_id,
        "webhookId": delivery.webhook_id,
        "method": delivery.method,
        "url": delivery.url,
        "state": delivery.state,
        "status": delivery.status,
        "nextAttempt": delivery.next_attempt,
        "repeatOf": delivery.repeat_of,
        "events": [{"id": event.id, "type": event.type} for event in delivery.events],
        "conversationIds": delivery.conversation_ids,
        "body": text_of(delivery.body),
        "attempts": [
            {
                "time": attempt.time,
                "duration": attempt.duration,
                "status": attempt.status,
                "error": attempt.error,
                "responseBody": text_of(attempt.response_body),
            }
            for attempt in delivery.attempts
        ],
    }


def statistics_view(statistics: SandboxStatistics) -> Json:
    """Return the counts."""
    return {
        "requests": statistics.requests,
        "throttled": statistics.throttled,
        "operations": statistics.operations,
        "statuses": {str(status): count for status, count in statistics.statuses.items()},
        "users": statistics.users,
        "conversations": statistics.conversations,
        "messages": statistics.messages,
    }
