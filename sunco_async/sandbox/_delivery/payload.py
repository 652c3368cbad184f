"""What is sent to a webhook, and where its target is probed."""

import httpx
import msgspec

from sunco_async.sandbox._delivery.records import Job
from sunco_async.sandbox._state.records import Webhook


def payload(job: Job, webhook: Webhook) -> bytes:
    """Return the body of a delivery, with users and sources as the webhook wants them."""
    return msgspec.json.encode(
        {
            "app": {"id": job.app_id},
            "webhook": {"id": webhook.id, "version": webhook.version},
            "events": [
                event.to_dict(
                    full_user=webhook.include_full_user, full_source=webhook.include_full_source
                )
                for event in job.events
            ],
        }
    )


def root_of(target: str) -> str:
    """Return the root of a target's host, which the platform probes."""
    try:
        return str(httpx.URL(target).copy_with(path="/", query=None, fragment=None))
    except httpx.InvalidURL:
        return target
