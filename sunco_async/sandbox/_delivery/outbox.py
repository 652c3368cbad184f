"""The deliveries of a sandbox: those that wait, those under way, and the newest that are done.

Nothing here needs an event loop. Every method is called under the sandbox's lock. Each webhook has
a line: its deliveries are attempted in the order of their events, `concurrency` of them at a time.
One that is to be retried leaves the line, so that it does not hold up the rest. This is why the
platform promises no order.
"""

import logging
import random
from collections import deque
from collections.abc import Callable

from sunco_async.sandbox._delivery.journal import Journal
from sunco_async.sandbox._delivery.payload import payload, root_of
from sunco_async.sandbox._delivery.policy import next_attempt, outcome
from sunco_async.sandbox._delivery.records import DeliveryAttempt, DeliveryState, Job
from sunco_async.sandbox._events.event import Event
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Change, WebhookRemoved, WebhookSaved
from sunco_async.sandbox._state.control import receives_event
from sunco_async.sandbox._state.records import Webhook
from sunco_async.sandbox._state.state import State

_logger = logging.getLogger("sunco_async.sandbox")

# How many deliveries may be waiting or under way; one beyond them is dropped.
MAX_OUTSTANDING = 10_000


class _Line:
    __slots__ = ("active", "waiting")

    def __init__(self) -> None:
        self.active = 0
        self.waiting: deque[Job] = deque()


class Outbox:
    """Takes events, and gives out deliveries to send.

    Attributes:
        time_scale: What the documented intervals between attempts are multiplied by.
        concurrency: How many first attempts of one webhook may be under way.
        combined: How many waiting events of one webhook are put in one payload; 0 keeps those of
            different operations apart.
        repeats: The share of deliveries that are repeated, how often, and a source of chance.
        delays: The share of deliveries that are held back, for how many seconds at most, and a
            source of chance.
        journal: The newest deliveries.
        on_work: Called when there may be something to send.
    """

    def __init__(self, state: State, *, time_scale: float, keep: int) -> None:
        self.time_scale = time_scale
        self.concurrency = 1
        self.combined = 0
        self.repeats: tuple[float, int, random.Random] | None = None
        self.delays: tuple[float, float, random.Random] | None = None
        self.on_work: Callable[[], None] | None = None
        self.outstanding: int = 0
        self.state = state
        self.journal: Journal = Journal(keep)
        self._lines: dict[str, _Line] = {}
        # Deliveries that no line holds and no runner has: probes, and what a runner gave back.
        self._loose: deque[Job] = deque()
        # Deliveries whose next attempt has a time.
        self._timed: set[Job] = set()
        self._dropping = False
        state.listeners.append(self._on_change)

    # What the event bus calls.

    def wants(self, app_id: str, trigger: str) -> bool:
        """Tell whether a webhook of the app has this trigger."""
        app = self.state.apps.get(app_id)
        return app is not None and any(trigger in each.triggers for each in _webhooks(app))

    def take(self, events: list[Event]) -> None:
        """Make deliveries of the events of one operation."""
        app = self.state.apps.get(events[0].app_id)
        if app is None:
            return
        for webhook in _webhooks(app):
            wanted = [event for event in events if _is_for(app, webhook, event)]
            if wanted and not self._combine(webhook, wanted):
                self._add(self._new(app.id, webhook, wanted))
        self._work()

    def _combine(self, webhook: Webhook, events: list[Event]) -> bool:
        """Put events into the payload that waits last in the line, if it has room for them."""
        waiting = self._lines[webhook.id].waiting if webhook.id in self._lines else None
        if not waiting or waiting[-1].body or waiting[-1].repeat_of is not None:
            return False
        last = waiting[-1]
        if len(last.events) + len(events) > self.combined:
            return False
        last.events += events
        self.journal.changed(last)
        return True

    def _on_change(self, app: AppState, change: Change) -> None:
        if isinstance(change, WebhookSaved):
            url = root_of(change.webhook.target)
            self._add(
                Job(self.journal.next_number(), app.id, change.webhook.id, url, [], is_probe=True)
            )
            self._work()
        elif isinstance(change, WebhookRemoved):
            self._cancel(change.webhook.id)

    # What a runner calls.

    def start(self) -> list[Job]:
        """Return the deliveries to send now, or at their time, and count them as under way."""
        jobs = list(self._loose)
        self._loose.clear()
        for line in self._lines.values():
            while line.waiting and line.active < self.concurrency:
                job = line.waiting.popleft()
                held = self._held_back()
                if held is not None:
                    job.next_attempt = held
                    self._timed.add(job)
                    self.journal.changed(job)
                else:
                    line.active += 1
                    job.in_line = True
                jobs.append(job)
        return jobs

    def begin(self, job: Job) -> tuple[str, dict[str, str], bytes] | None:
        """Return the method, headers and body of an attempt, or None if its webhook is gone."""
        self._timed.discard(job)
        if job.is_over:
            return None
        app = self.state.apps.get(job.app_id)
        webhook = None if app is None else app.data.webhooks.get(job.webhook_id)
        if app is None or webhook is None:
            self._end(job, "cancelled")
            return None
        job.state, job.next_attempt = "sending", None
        if job.first_time is None:
            job.first_time = self.state.clock()
        self.journal.changed(job)
        if job.is_probe:
            return "HEAD", {}, b""
        job.url = webhook.target
        job.body = job.body or payload(job, webhook)
        return (
            "POST",
            {"content-type": "application/json", "x-api-key": webhook.secret},
            job.body,
        )

    def finish(self, job: Job, attempt: DeliveryAttempt, *, is_final: bool = False) -> bool:
        """Record an attempt; tell whether there is to be another at `job.next_attempt`."""
        job.attempts.append(attempt)
        if job.is_over:  # cancelled meanwhile
            self.journal.changed(job)
            return False
        verdict = outcome(attempt.status)
        if verdict == "delivered":
            self._end(job, "delivered")
            self._repeat(job)
            return False
        if verdict == "refused":
            self._end(job, "refused")
            return False
        first = attempt.time if job.first_time is None else job.first_time
        following = next_attempt(first, len(job.attempts), self.time_scale)
        if following is None or is_final or job.is_probe:
            self._end(job, "failed")
            return False
        job.state, job.next_attempt = "retrying", following
        self._timed.add(job)
        self._leave_line(job)
        self.journal.changed(job)
        return True

    def interrupt(self, job: Job) -> None:
        """Take back a delivery that its runner did not finish, to be started again."""
        if job.is_over:
            return
        if job.state == "sending":
            job.state = "retrying" if job.attempts else "queued"
        was_in_line = job.in_line
        self._leave_line(job)
        if was_in_line and job.webhook_id in self._lines:
            self._lines[job.webhook_id].waiting.appendleft(job)
        else:
            self._loose.append(job)
        self.journal.changed(job)

    # What users call.

    def redeliver(self, number: int) -> Job:
        """Deliver the events of a delivery once more."""
        original = self.journal.find(number)
        if original.is_probe:
            raise KeyError(number)
        job = self._copy(original)
        self._add(job)
        self._work()
        return job

    def is_settled(self, now: float, *, frozen: bool) -> bool:
        """Tell whether all deliveries have ended; with a frozen clock, all whose time has come."""
        if not self.outstanding:
            return True
        if not frozen or self.outstanding > len(self._timed):
            return False
        return all(job.next_attempt is None or job.next_attempt > now for job in self._timed)

    def cancel_all(self) -> None:
        """Cancel every delivery that has not ended."""
        for webhook_id in list(self._lines):
            self._cancel(webhook_id)
        for job in [*self._loose, *self._timed]:
            if not job.is_over:
                self._end(job, "cancelled")

    def _new(self, app_id: str, webhook: Webhook, events: list[Event]) -> Job:
        return Job(self.journal.next_number(), app_id, webhook.id, webhook.target, events)

    def _copy(self, job: Job) -> Job:
        number = self.journal.next_number()
        return Job(number, job.app_id, job.webhook_id, job.url, [*job.events], repeat_of=job.number)

    def _add(self, job: Job) -> None:
        self.journal.add(job)
        if self.outstanding >= MAX_OUTSTANDING:
            job.state = "dropped"
            self.journal.changed(job)
            if not self._dropping:
                _logger.warning(
                    "%d webhook deliveries are waiting: more are dropped", self.outstanding
                )
            self._dropping = True
            return
        self._dropping = False
        self.outstanding += 1
        if job.is_probe:
            self._loose.append(job)
        else:
            self._lines.setdefault(job.webhook_id, _Line()).waiting.append(job)
        self.journal.changed(job)

    def _held_back(self) -> float | None:
        if self.delays is None:
            return None
        share, longest, chance = self.delays
        if chance.random() >= share:
            return None
        return self.state.clock() + chance.uniform(0, longest) * self.time_scale

    def _repeat(self, job: Job) -> None:
        if self.repeats is None or job.is_probe or job.repeat_of is not None:
            return
        share, times, chance = self.repeats
        if chance.random() < share:
            for _ in range(times):
                self._add(self._copy(job))

    def _cancel(self, webhook_id: str) -> None:
        """Cancel what goes to a webhook; a request under way is not broken off."""
        line = self._lines.pop(webhook_id, None)
        waiting = [] if line is None else line.waiting
        timed = [job for job in (*self._timed, *self._loose) if job.webhook_id == webhook_id]
        for job in [*waiting, *timed]:
            if not job.is_over:
                self._end(job, "cancelled")

    def _end(self, job: Job, state: DeliveryState) -> None:
        job.state = state
        job.next_attempt = None
        self.outstanding -= 1
        self._timed.discard(job)
        self._leave_line(job)
        self.journal.changed(job)

    def _leave_line(self, job: Job) -> None:
        if job.in_line:
            job.in_line = False
            if job.webhook_id in self._lines:
                self._lines[job.webhook_id].active -= 1

    def _work(self) -> None:
        if self.on_work is not None:
            self.on_work()


def _webhooks(app: AppState) -> list[Webhook]:
    return list(app.data.webhooks.values())


def _is_for(app: AppState, webhook: Webhook, event: Event) -> bool:
    """Tell whether a webhook has the trigger and the switchboard lets the event through."""
    if event.type not in webhook.triggers:
        return False
    conversation = app.conversations.get(event.conversation_id or "")
    return receives_event(app, webhook.integration_id, conversation, event.type)
