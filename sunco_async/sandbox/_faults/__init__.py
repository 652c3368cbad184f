"""Faults on demand: what goes wrong with which request.

`fault` and `route` read the text of a rule. `choice` decides which fault a request gets, without
I/O. `moving_limit` is the hidden rate limit. `body_changes` edits response bodies, and `delivery`
sends responses wrongly. `faults` is the public object.
"""
