"""What a version of the API's OpenAPI file says otherwise than this package.

    python -m drift openapi.yaml            # findings, one a line; exit code 1
    python -m drift openapi.yaml --json
    python -m drift openapi.yaml --update   # this version is the new baseline

Two comparisons, because each sees what the other cannot:

- **snapshot**: everything the file states, place by place (`_facts`), against the same facts of
  the version that this package was written for (`facts.json`). It finds what is new in the API,
  also where the package holds nothing of it: required, nullable, limits, responses, scopes.
- **package**: the structs, operations, arguments and events of the package itself against the
  file. It finds what is left to do after an `--update`, and what was wrong from the beginning.
  `_accepted` lists the differences that are meant, each with its reason.

Prose is not compared, but for the figures in it that are limits (`_prose`).
"""
