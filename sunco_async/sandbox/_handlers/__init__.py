"""What each operation does: functions of the store and a request, one module per group.

A handler returns the answer, which becomes its JSON, or raises an `ApiError`. It runs alone: the
sandbox holds the store's lock meanwhile.
"""
