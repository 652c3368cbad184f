"""Comparing this package with a version of the API's OpenAPI file.

    python -m drift openapi.yaml            # findings, one per line; exit code 1
    python -m drift openapi.yaml --json
    python -m drift openapi.yaml --update   # make this version the baseline

There are two comparisons, because each finds differences that the other cannot find:

- **snapshot**: the facts of the file (`_facts`) against the facts of the version that this package
  was written for (`facts.json`). It finds everything new in the API, also if the package has no
  form of it: required, nullable, limits, responses, scopes.
- **package**: the structs, operations, arguments and events of the package against the file. It
  finds what remains to be done after an `--update`, and mistakes in the package. `_accepted` lists
  the intended differences, each with its reason.

Descriptions are not compared, except for the limits in them (`_prose`).
"""
