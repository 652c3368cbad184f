"""The responses of today's API, decoded by the retired official client and by ours.

    SUNCO_OPENAPI=openapi.yaml python benchmarks/compatibility.py [--quick] [--list]

The corpus is made from the API's OpenAPI file: its examples of responses and webhooks, and
generated ones with every field of a schema. All are decoded again after each change that the API's
promise of compatibility allows, one change at a time, at every depth. Each client gets the same
bytes: the
official one in an environment of its own, through its `ApiClient` (see `_official_responses.py`),
ours through the functions that the client itself calls.
"""

import argparse
import copy
import importlib
import json
import multiprocessing
import os
import pkgutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import msgspec
from _official_responses import OfficialClient, Reading, official_client
from _tables import Table

from sunco_async import models, resources, webhooks
from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.page_reading import read_page
from sunco_async._call.response import read_response
from sunco_async.middleware import Response
from sunco_async.models._codec import decoder
from sunco_async.resources.messages import LIST as LIST_MESSAGES

Schema: TypeAlias = Mapping[str, Any]
Path_: TypeAlias = tuple[str | int, ...]

HOW_TO = (
    "save the OpenAPI file of the API reference, "
    "https://developer.zendesk.com/api-reference/conversations/, "
    "install pyyaml, and set SUNCO_OPENAPI to the file's path"
)
DELIVERY = ("x-webhooks", "Webhook Event", "post", "requestBody", "content", "application/json")
BRAND_NEW = "brand-new"
MISSING = object()
OUTCOMES = ("clean", "lost", "raised")  # of a reading, from best to worst
NOTHING_NEW = 100  # generated responses in a row, after which the next will not be new either


class FileMissing(RuntimeError):
    """The OpenAPI file, or what reads it, is not there; the text says how to get it."""


@dataclass(frozen=True)
class View:
    """A schema with `$ref` and `allOf` taken together: what it says of one value."""

    name: str
    kind: str
    properties: Mapping[str, Schema]
    required: frozenset[str]
    items: Schema | None
    enum: tuple[object, ...]
    nullable: bool
    write_only: bool
    tag: str | None  # the property that tells the members of a union apart
    members: Mapping[str, str]  # the `$ref` of each member by its tag
    hints: Mapping[str, Any]  # example, format and bounds


class File:
    """The OpenAPI file, and what its schemas say."""

    def __init__(self, content: Schema) -> None:
        self.content = content
        self._views: dict[int, tuple[Schema, View]] = {}  # the schema too, so that its id stays

    def at(self, ref: str) -> Any:
        """Follow a `$ref`."""
        return self.dig(*ref.removeprefix("#/").split("/"))

    def dig(self, *keys: str) -> Any:
        """Follow keys from the top."""
        found: Any = self.content
        for key in keys:
            found = found[key]
        return found

    def view(self, schema: Schema) -> View:
        """Return what a schema says, its parts taken together."""
        if id(schema) not in self._views:
            self._views[id(schema)] = schema, self._view(schema)
        return self._views[id(schema)][1]

    def _view(self, schema: Schema) -> View:
        parts = list(self._parts(schema))
        first: dict[str, Any] = {}
        for part in parts:
            first = {**part, **first}
        union = first.get("discriminator", {})
        members = union.get("mapping") or {
            option["$ref"].rsplit("/", 1)[1]: option["$ref"]
            for option in (first.get("oneOf", ()) if union else ())
        }
        return View(
            name=self._name(schema),
            kind=first.get("type", "object"),
            properties={k: v for part in parts for k, v in part.get("properties", {}).items()},
            required=frozenset(key for part in parts for key in part.get("required", ())),
            items=first.get("items"),
            enum=tuple(first.get("enum", ())),
            nullable=any(part.get("nullable") for part in parts),
            write_only=any(part.get("writeOnly") for part in parts),
            tag=union.get("propertyName"),
            members=members,
            hints=first,
        )

    def member(self, view: View, tag: object) -> View:
        """Return the member of a union, or, for a tag that none has, what all have in common."""
        ref = view.members.get(tag) if isinstance(tag, str) else None
        found = self.view(self.at(ref)) if ref else view
        properties = {str(view.tag): {"type": "string"}, **found.properties}
        return replace(found, tag=None, members={}, properties=properties)

    def _parts(self, schema: Schema) -> Iterator[Schema]:
        while "$ref" in schema:
            schema = self.at(schema["$ref"])
        yield schema
        for part in schema.get("allOf", ()):
            yield from self._parts(part)

    def _name(self, schema: Schema) -> str:
        [only] = schema.get("allOf", [schema])[:1]
        return str(only.get("$ref", only.get("title", ""))).rsplit("/", 1)[-1]

    def examples(self, media: Schema) -> list[Any]:
        """Return the values of the examples of a body."""
        named = media.get("examples", {}).values()
        return [(self.at(e["$ref"]) if "$ref" in e else e)["value"] for e in named]


# What is read: a response of an operation, or a webhook's body.


@dataclass(frozen=True)
class Case:
    """A body, where it comes from, and what is to read it; `change` is None as long as it is whole.

    `operation_id` is None for a webhook's body, and `operation` is ours of that id.
    """

    origin: str
    schema: Schema
    value: Any
    operation_id: str | None = None
    operation: Operation[Any] | None = None
    status: int = 200
    change: str | None = None
    where: str = ""

    @property
    def response(self) -> type[models.Model] | None:
        """The struct of the whole response."""
        return None if self.operation is None else self.operation.response

    @property
    def asked_for(self) -> str | None:
        """The key of the one value in a response that a call of ours returns."""
        if self.response is None or self.operation is None:
            return None
        names = {part.name: part.encode_name for part in msgspec.structs.fields(self.response)}
        return names.get(self.operation.field or "")


def documented(file: File) -> Iterator[Case]:
    """Yield a whole case for every documented example of a response that has content."""
    ours = {
        (operation.method, operation.path): operation
        for module in pkgutil.iter_modules(resources.__path__)
        for operation in vars(
            importlib.import_module(f"sunco_async.resources.{module.name}")
        ).values()
        if isinstance(operation, Operation) and operation.response is not None
    }
    for path, methods in file.content["paths"].items():
        for method, said in methods.items():
            operation = ours.get((method.upper(), path))
            if operation is None:
                continue
            [status] = [code for code in said["responses"] if str(code).startswith("2")]
            media = said["responses"][status]["content"]["application/json"]
            blank = Case(
                "responses", media["schema"], None, said["operationId"], operation, int(status)
            )
            yield from (replace(blank, value=value) for value in file.examples(media))
            if not media.get("examples"):
                yield blank  # its schema is still one to generate responses of
    media = file.dig(*DELIVERY)
    yield from (Case("webhooks", delivery(file), value) for value in file.examples(media))


def delivery(file: File) -> Schema:
    """Return the schema of a webhook's body, with what the file leaves out: events go by type."""
    schema = file.dig(*DELIVERY, "schema")
    mapping = {
        file.at(option["$ref"])["title"]: option["$ref"]
        for option in schema["properties"]["events"]["items"]["anyOf"]
    }
    union = {"discriminator": {"propertyName": "type", "mapping": mapping}}
    events = {"type": "array", "items": union}
    return {**schema, "properties": {**schema["properties"], "events": events}}


def event_classes(file: File) -> dict[str, str]:
    """Return the name that a class of each event type has, if there is one."""
    mapping = delivery(file)["properties"]["events"]["items"]["discriminator"]["mapping"]
    names = {tag: ref.rsplit("/", 1)[1] for tag, ref in mapping.items()}
    return {tag: name[0].upper() + name[1:] for tag, name in names.items()}


def generated(file: File, cases: Sequence[Case]) -> Iterator[Case]:
    """Yield full responses of each schema, until every union member and enum value has been in one.

    Write-only fields stay out, as OpenAPI has it. Where a response has some, the same with them
    come too, under an origin of their own: a client may wrongly count on them.
    """
    one_of_each = {case.response: case for case in cases}
    for case in one_of_each.values():
        made: dict[bool, list[Any]] = {}
        for write_only in (False, True):
            seen: set[object] = set()
            dull = number = 0
            made[write_only] = []
            while dull < NOTHING_NEW:
                value = full(file, file.view(case.schema), number, write_only=write_only)
                new = {
                    (place.label, str(place.value) if place.view.enum else "")
                    for place in places(file, file.view(case.schema), value)
                } - seen
                seen |= new
                number, dull = number + 1, 0 if new else dull + 1
                if new:
                    made[write_only].append(value)
        origin = f"full {case.origin}"
        yield from (replace(case, origin=origin, value=value) for value in made[False])
        if case.response is not None and made[True] != made[False]:
            more = f"{origin}, write-only fields too"
            yield from (replace(case, origin=more, value=value) for value in made[True])


def full(
    file: File, view: View, number: int, *, write_only: bool, outer: tuple[str, ...] = ()
) -> Any:
    """Make a value with every field of a schema; the number picks union members and enum values."""
    if view.tag:
        tags = sorted(view.members)
        tag = tags[number % len(tags)]
        inside = file.member(view, tag)
        made = full(file, inside, number, write_only=write_only, outer=(*outer, view.name))
        return {**made, view.tag: tag}
    if view.properties:
        outer = (*outer, view.name)
        found = {key: file.view(schema) for key, schema in view.properties.items()}
        return {
            key: full(file, inside, number, write_only=write_only, outer=outer)
            for key, inside in found.items()
            if not (inside.write_only and not write_only) and not _repeats(file, inside, outer)
        }
    if view.items is not None:
        item = file.view(view.items)
        count = max(1, view.hints.get("minItems", 1))
        return [full(file, item, number, write_only=write_only, outer=outer)] * count
    return {"lang": "en-ca"} if view.kind == "object" else scalar(view, number)


def _repeats(file: File, view: View, outer: tuple[str, ...]) -> bool:
    """Tell whether a value would hold one of its own kind."""
    item = file.view(view.items) if view.items is not None else view
    return bool(item.name) and item.name in outer


def scalar(view: View, number: int) -> Any:
    """Make a string, number or boolean that a schema allows, its own example where that fits."""
    if view.enum:
        return view.enum[number % len(view.enum)]
    types: Any = {"string": str, "integer": int, "number": (int, float), "boolean": bool}[view.kind]
    example = view.hints.get("example")
    if isinstance(example, types) and (view.kind == "boolean" or not isinstance(example, bool)):
        return example
    if view.kind == "string":
        text = {"uri": "https://example.org/a", "email": "jane@example.org"}
        return text.get(view.hints.get("format", ""), "text")[: view.hints.get("maxLength")]
    return {"integer": view.hints.get("minimum", 5), "number": 5.5, "boolean": True}[view.kind]


# How a body may change.


@dataclass(frozen=True)
class Place:
    """A value in a body that the schema knows: where it is, and what the schema says of it.

    The label is the path with the union members on it and without the numbers.
    """

    path: Path_
    label: str
    view: View
    value: Any
    optional: bool = False
    is_tag: bool = False


def places(file: File, view: View, value: Any) -> Iterator[Place]:
    """Yield every value in a body that its schema knows, from the outside in."""
    yield from _places(file, Place((), "", view, value))


def _places(file: File, place: Place) -> Iterator[Place]:
    view, value, tag = place.view, place.value, place.view.tag
    label = place.label
    if tag and isinstance(value, dict):
        label = f"{label}({value.get(tag)})"
        view = file.member(view, value.get(tag))
    place = replace(place, label=label, view=view)
    yield place
    if isinstance(value, dict):
        for key in filter(view.properties.__contains__, value):
            inside = replace(
                place,
                path=(*place.path, key),
                label=f"{label}.{key}".lstrip("."),
                view=file.view(view.properties[key]),
                value=value[key],
                optional=key not in view.required and key != tag,
                is_tag=key == tag,
            )
            yield from _places(file, inside)
    elif isinstance(value, list) and view.items is not None:
        items = file.view(view.items)
        for number, item in enumerate(value):
            inside = Place((*place.path, number), f"{label}[]", items, item)
            yield from _places(file, inside)


def changes(case: Case, place: Place) -> Iterator[tuple[str, Any]]:
    """Yield each change that a value may meet: what it is called, and the value afterwards."""
    view, value = place.view, place.value
    if isinstance(value, dict) and view.properties:
        yield "unknown key", {**value, "brandNew": {"type": BRAND_NEW}}
    if place.is_tag:
        yield "unknown union member", BRAND_NEW
    elif view.enum and isinstance(value, str):
        yield "unknown enum value", BRAND_NEW
    if isinstance(value, list) and value:
        wanted = max(len(value), view.hints.get("maxItems", 0)) + 1
        yield "longer array", [value[n % len(value)] for n in range(wanted)]
    if place.path == (case.asked_for,):
        yield "null: what was asked for", None
        yield "missing: what was asked for", MISSING
    elif place.optional:
        yield f"null: {'nullable' if view.nullable else 'optional, but not nullable'}", None
        yield "missing: optional", MISSING


def changed(body: Any, path: Path_, value: Any) -> Any:
    """Return a body with another value in one place."""
    if not path:
        return value
    body = copy.deepcopy(body)
    parent = body
    for key in path[:-1]:
        parent = parent[key]
    if value is MISSING:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return body


def mutants(file: File, cases: Sequence[Case]) -> Iterator[tuple[Case, Case]]:
    """Yield each kind of change in each place of each schema once, with the case it is made from.

    The first case that has the place is the one that is changed.
    """
    seen: set[tuple[object, str, str]] = set()
    for case in cases:
        for place in places(file, file.view(case.schema), case.value):
            for change, value in changes(case, place):
                key = (case.response, place.label, change)
                if key not in seen:
                    seen.add(key)
                    body = changed(case.value, place.path, value)
                    yield case, replace(case, value=body, change=change, where=place.label)


# How it is read, and what is lost.


def read_ours(case: Case, body: bytes) -> Reading:
    """Read a body as our client does, and write what was read."""
    read: models.Model | webhooks.WebhookPayload
    try:
        if case.operation is None:
            read = webhooks.parse(body)
        else:
            response = Response(case.status, httpx.Headers(), body)
            unwrap(case.operation, response)
            read = decoder(case.operation.response).decode(body)
        return Reading(value=read.to_dict())
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is counted
        return Reading(raised=type(error).__name__)


def unwrap(operation: Operation[Any], response: Response) -> object:
    """Return what a call of ours returns for a response."""
    if isinstance(operation, ListOperation):
        return read_page(operation, response, backward=operation.direction == "backward")
    return read_response(operation, response)


def read_official(
    client: OfficialClient, classes: Mapping[str, str], case: Case, body: bytes
) -> Reading | None:
    """Let the official client read a body; None where it has nothing to read it with."""
    if case.operation_id is None:
        return client.read_delivery(body, classes)
    return client.read_response(case.operation_id, case.status, body)


def known(file: File, view: View, value: Any) -> Any:
    """Return a value without the keys that its schema does not know."""
    if view.tag and isinstance(value, dict):
        view = file.member(view, value.get(view.tag))
    if isinstance(value, dict) and view.properties:
        return {
            key: known(file, file.view(view.properties[key]), item)
            for key, item in value.items()
            if key in view.properties
        }
    if isinstance(value, list) and view.items is not None:
        items = file.view(view.items)
        return [known(file, items, item) for item in value]
    return value


def lost(sent: Any, read: Any, path: str = "") -> Iterator[str]:
    """Yield the path of each value that was sent and not read, or not as the same thing.

    A null holds nothing that could be lost, whatever a reader makes of it.
    """
    if isinstance(sent, dict) and isinstance(read, dict):
        for key, value in sent.items():
            yield from lost(value, read.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for one, other in zip(sent, read, strict=True):
            yield from lost(one, other, f"{path}[]")
    elif sent is not None and not _same(sent, read):
        yield path


def _same(sent: Any, read: Any) -> bool:
    if isinstance(sent, bool) or isinstance(read, bool):
        return sent is read
    return bool(sent == read) or (_moment(sent) is not None and _moment(sent) == _moment(read))


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None


# The counts.


class Comparison:
    """Both clients at work on the same bodies; counts by kind of body and client."""

    def __init__(
        self, file: File, client: OfficialClient, tell: Callable[[str], None] | None
    ) -> None:
        self._file = file
        self._client = client
        self._classes = event_classes(file)
        self._tell = tell
        self.counts: dict[tuple[str, str], Counter[str]] = {}
        self.reasons: Counter[tuple[str, str]] = Counter()

    def read(self, case: Case, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """Let both read a body, and return what came of it: `raised`, `lost` or `clean`.

        `before` is what came of it before it was changed.
        """
        body = json.dumps(case.value).encode()
        sent = known(self._file, self._file.view(case.schema), case.value)
        kind = case.change or case.origin
        readings = {
            "official": read_official(self._client, self._classes, case, body),
            "ours": read_ours(case, body),
        }
        came: dict[str, str] = {}
        for name, reading in readings.items():
            counts = self.counts.setdefault((kind, name), Counter())
            if reading is None:
                counts["no class"] += 1
                continue
            gone = [] if reading.raised else list(lost(sent, reading.value))
            came[name] = "raised" if reading.raised else "lost" if gone else "clean"
            counts[came[name]] += 1
            if before and OUTCOMES.index(came[name]) > OUTCOMES.index(before.get(name, "raised")):
                counts[f"{came[name]} by the change"] += 1
            if not case.change:
                self.reasons.update(
                    (name, why) for why in ([reading.raised] if reading.raised else set(gone))
                )
            if self._tell and came[name] != "clean":
                what = case.operation_id or "webhook"
                self._tell(f"{name}\t{kind}\t{what}\t{case.where}\t{reading.raised or gone}")
        return came

    def table(self, title: str, note: str, columns: Sequence[str]) -> Table:
        """Return the counts so far, and begin anew."""
        for name in ("official", "ours"):
            counts = [counted for (_, client), counted in self.counts.items() if client == name]
            self.counts["all", name] = sum(counts, Counter())
        table = Table(title, ["bodies", "client", "read", *columns], note)
        for (kind, name), counted in self.counts.items():
            read = sum(counted[what] for what in OUTCOMES)
            row = [f"{count:,}" for count in (read, *(counted[column] for column in columns))]
            table.rows.append([kind, name, *row])
        self.counts = {}
        return table

    def most_frequent(self, count: int) -> Table:
        """Return the exceptions, and the paths of what was lost, that unchanged bodies met most."""
        table = Table("What they met most, unchanged", ["raised, or lost at", "client", "bodies"])
        for name in ("official", "ours"):
            reasons = Counter({why: n for (who, why), n in self.reasons.items() if who == name})
            table.rows += [[why, name, number] for why, number in reasons.most_common(count)]
        return table


def compare(
    file: File, *, quick: bool, tell: Callable[[str], None] | None = None
) -> tuple[list[Table], str]:
    """Return the tables of what was read, and the versions of the official client."""
    cases = list(documented(file))
    with official_client() as client:
        comparison = Comparison(file, client, tell)
        whole: list[tuple[Case, dict[str, str]]] = [
            (case, comparison.read(case))
            for case in (*(c for c in cases if c.value is not None), *generated(file, cases))
        ]
        plain = comparison.table("Responses of today's API", _WHOLE, _COLUMNS)
        before = {id(case): came for case, came in whole}
        # The bodies that the official client reads come first, so that a change is the one cause.
        whole.sort(key=lambda pair: OUTCOMES.index(pair[1].get("official", "raised")))
        bodies = [
            case
            for case, _ in whole
            if not (quick and case.origin.startswith("full")) and "write-only" not in case.origin
        ]
        for case, mutant in mutants(file, bodies):
            comparison.read(mutant, before[id(case)])
        by_the_change = [f"{what} by the change" for what in ("raised", "lost")]
        mutated = comparison.table(
            "The same after one change each", _CHANGED, [*_COLUMNS, *by_the_change]
        )
        return [plain, comparison.most_frequent(8), mutated], client.versions()


_COLUMNS = ["raised", "lost", "clean", "no class"]
_WHOLE = (
    "Both clients read the same bytes. Raised: any exception. Lost: it did not raise, but a value "
    "under a key that the file knows is not in what was read, or is another one there (numbers and "
    "timestamps compared by meaning; a null holds nothing to lose). No class: the client has no "
    "operation or event class for the body, which is then not read."
)
_CHANGED = (
    "Each kind of change in each place of each schema once, where possible in a body that the "
    "official client read clean. By the change: worse than the same body unchanged. Without "
    "the one object that was asked for, ours raises on purpose, since it has nothing to return; "
    "the official client returns None."
)


# The time it takes.


def message_page(file: File, client: OfficialClient) -> bytes:
    """Return a page of 100 documented messages, of those that the official client can read."""
    cases: defaultdict[str | None, list[Any]] = defaultdict(list)
    for case in documented(file):
        cases[case.operation_id].append(case.value)
    [page] = cases["ListMessages"]
    messages = [
        message
        for response in (page, *cases["PostMessage"])
        for message in response["messages"]
        if not _refused(client, {"messages": [message]})
    ]
    hundred = [messages[number % len(messages)] for number in range(100)]
    return json.dumps({**page, "messages": hundred}, separators=(",", ":")).encode()


def _refused(client: OfficialClient, page: object) -> bool:
    reading = client.read_response("ListMessages", 200, json.dumps(page).encode())
    return reading is None or reading.raised is not None


def decode_times(file: File, *, quick: bool) -> Table:
    """Time the three readers in turn, each time in a new process, and keep each one's best."""
    rounds, times = (1, 5) if quick else (5, 20)
    with official_client() as client:
        body = message_page(file, client)
    best = dict.fromkeys(("official", "json.loads", "ours"), float("inf"))
    spawn = multiprocessing.get_context("spawn")
    for _ in range(rounds):
        with official_client() as client:
            seconds = client.time_response("ListMessages", 200, body, times)
        best["official"] = min(best["official"], seconds)
        for name in ("json.loads", "ours"):
            with ProcessPoolExecutor(1, mp_context=spawn) as pool:
                seconds = pool.submit(least_seconds, name, body, 20 * times).result()
            best[name] = min(best[name], seconds)
    table = Table(
        "Decoding a page of 100 messages",
        ["reader", "ms", "time, ours = 1"],
        f"{len(body) / 1000:.0f} kB of documented messages. The best of {rounds} processes each, "
        f"of {times} readings in the official client and {20 * times} in the others, all in turn.",
    )
    for name, seconds in best.items():
        table.rows.append([name, f"{seconds * 1000:.3f}", f"{seconds / best['ours']:,.1f}"])
    return table


def least_seconds(name: str, body: bytes, times: int) -> float:
    """Return the seconds that one reading of a message page takes, the least of so many."""
    response = Response(200, httpx.Headers(), body)
    least = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        if name == "json.loads":
            json.loads(body)
        else:
            read_page(LIST_MESSAGES, response, backward=True)
        least = min(least, time.perf_counter() - started)
    return least


def load() -> File:
    """Read the OpenAPI file that SUNCO_OPENAPI names; raises FileMissing without it."""
    path = os.environ.get("SUNCO_OPENAPI")
    try:
        import yaml  # noqa: PLC0415 - only this benchmark needs it
    except ImportError:
        raise FileMissing(HOW_TO) from None
    if not path or not Path(path).is_file():
        raise FileMissing(HOW_TO)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return File(yaml.load(Path(path).read_text(encoding="utf-8"), loader))  # noqa: S506 - a safe one


def run(*, quick: bool = False, tell: Callable[[str], None] | None = None) -> list[Table]:
    """Return the tables of this benchmark; raises FileMissing without the OpenAPI file."""
    file = load()
    tables, versions = compare(file, quick=quick, tell=tell)
    version = file.content["info"]["version"]
    tables[0].note = f"OpenAPI file {version}; {versions}. {tables[0].note}"
    return [*tables, decode_times(file, quick=quick)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="change the documented examples only")
    parser.add_argument("--list", action="store_true", help="print every body not read clean")
    arguments = parser.parse_args()
    try:
        found = run(quick=arguments.quick, tell=print if arguments.list else None)
    except FileMissing as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    for table in found:
        print(table.markdown())
