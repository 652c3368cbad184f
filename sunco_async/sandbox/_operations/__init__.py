"""What each operation does: one module for each of the 17 groups.

A handler is a function from a `Call` to a response value, which becomes the JSON of the response;
it raises an `ApiError` to refuse. It looks records up, reads the body (`call.read`, a msgspec
struct with the documented rules), checks the rest, and then calls mutations of `_state`. Every
check comes before the first mutation, so that a refused call has changed nothing. It runs alone:
the sandbox holds its lock meanwhile.

`catalog` lists all 68 operations; `registry` joins it with the `HANDLERS` of each group. An
operation without a handler answers 501.
"""
