"""Changes as the webhook events that the documentation lists for them.

`payloads` has one function for each kind of change. `bus` builds the events of a change at once,
while the records are as the change left them, and hands those of one operation on together, to
sinks: the log of events here, and the delivery to webhooks.
"""
