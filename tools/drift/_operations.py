"""Comparing the declared operations with the file: requests, arguments, responses."""

import importlib
import inspect
import keyword
import pkgutil
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from drift._file import OpenAPIFile, RequestOf, mapping
from drift._shape import At, Shapes
from drift._structs import StructComparison
from sunco_async import resources
from sunco_async._base.operation import Operation
from sunco_async.resources._base import Resource

__all__ = ["compare_operations", "declared_operations"]

_PAGE = {"after": "after", "before": "before", "size": "page_size"}


class Declared(NamedTuple):
    """An operation of the package, and the method that calls it."""

    operation: Operation[Any]
    method: Any

    @property
    def place(self) -> str:
        """The place of its findings."""
        return f"operations.{self.operation.method} {self.operation.path}"


def declared_operations() -> Iterator[Declared]:
    """Yield every operation that a module of `resources` declares."""
    for found in pkgutil.iter_modules(resources.__path__):
        module = importlib.import_module(f"{resources.__name__}.{found.name}")
        groups = [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Resource)
        ]
        for value in vars(module).values():
            if isinstance(value, Operation):
                verb = value.name.rsplit(".", 1)[-1]
                methods = [vars(group)[verb] for group in groups if verb in vars(group)]
                yield Declared(value, methods[0] if methods else None)


def compare_operations(file: OpenAPIFile, shapes: Shapes, structs: StructComparison) -> None:
    """Compare the operations of the package with those of the file, in both directions."""
    comparison = _Comparison(file, shapes, structs)
    stated = {request.place: request for request in file.operations()}
    declared = {found.place: found for found in declared_operations()}
    for place in stated.keys() - declared.keys():
        structs.add("new", "operation", place, "the package")
    for place in declared.keys() - stated.keys():
        structs.add("gone", "operation", place, declared[place].operation.name)
    for place in stated.keys() & declared.keys():
        comparison.body(declared[place].operation, stated[place])
        comparison.response(declared[place].operation, stated[place])
        comparison.arguments(declared[place], stated[place])


class _Comparison:
    def __init__(self, file: OpenAPIFile, shapes: Shapes, structs: StructComparison) -> None:
        self._file = file
        self._shapes = shapes
        self._structs = structs

    def body(self, operation: Operation[Any], stated: RequestOf) -> None:
        """Compare the struct of the body with the schema of each documented body."""
        bodies = list(self._file.media(self._file.child(stated.node, "requestBody")))
        for kind, node in bodies:
            at = At(f"{stated.place}.body.{kind}", node)
            if operation.body is not None:
                self._structs.compare(operation.body, at, operation.name)
            elif kind == "application/json":
                self._structs.add("new", "body", at.place, operation.name)
        if operation.body is not None and not bodies:
            self._structs.add("gone", "body", f"{stated.place}.body", operation.name)

    def response(self, operation: Operation[Any], stated: RequestOf) -> None:
        """Compare the struct of the response with the schema of each documented success."""
        for status, response in self._file.child(stated.node, "responses").items():
            if not str(status).startswith("2"):
                continue
            place = f"{stated.place}.responses.{status}"
            for kind, node in self._file.media(mapping(response, place)):
                at = At(f"{place}.{kind}", node)
                fields = self._shapes.shape(at).properties
                if operation.response is not None:
                    self._structs.compare(operation.response, at, operation.name)
                    if operation.field is not None:
                        self._field(operation, fields, place)
                elif fields:
                    for name in fields:
                        self._structs.add("new", "response", place, operation.name, name)

    def _field(self, operation: Operation[Any], fields: dict[str, list[At]], place: str) -> None:
        wire = {f.name: f.encode_name for f in msgspec.structs.fields(operation.response)}
        if wire.get(operation.field or "") not in fields:
            self._structs.add("gone", "response", place, operation.name, str(operation.field))

    def arguments(self, declared: Declared, stated: RequestOf) -> None:
        """Compare the arguments of the method with the parameters and the fields of the body."""
        owner = declared.operation.name
        if declared.method is None:
            self._structs.add("new", "method", stated.place, "the package", owner)
            return
        parameters = list(inspect.signature(declared.method).parameters.values())[1:]
        takes = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD}
        wants = dict(self._path(stated)) | dict(self._query(stated))
        body = self._body(stated)
        positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        whole = [name for name in positional if name not in wants and name not in body]
        if body and whole and not takes & body.keys():  # the body is one argument
            takes -= set(whole)
        else:
            wants |= body
        for name in wants.keys() - takes:
            self._structs.add("new", "argument", wants[name], owner, name)
        for name in takes - wants.keys():
            self._structs.add("gone", "argument", f"{stated.place}.arguments.{name}", owner)

    def _path(self, stated: RequestOf) -> Iterator[tuple[str, str]]:
        for where, name in stated.parameters:
            if where == "path" and name != "appId":
                yield snake(name), f"{stated.place}.parameters.path.{name}"

    def _query(self, stated: RequestOf) -> Iterator[tuple[str, str]]:
        for (where, name), node in stated.parameters.items():
            if where == "path":
                continue
            place = f"{stated.place}.parameters.{where}.{name}"
            schema = self._file.child(self._file.follow(node), "schema")
            fields = self._shapes.shape(At(place, schema)).properties
            for field in fields:
                if name == "page":
                    yield _PAGE.get(field, snake(field)), place
                else:  # filter[identities.email] is the argument `email`
                    yield snake(field.rsplit(".", 1)[-1]), place
            if not fields:
                yield snake(name), place

    def _body(self, stated: RequestOf) -> dict[str, str]:
        """Return the argument for each field of the body's schema, with its place."""
        found = {}
        for kind, node in self._file.media(self._file.child(stated.node, "requestBody")):
            at = self._shapes.unwrap(At(f"{stated.place}.body.{kind}", node))
            for name, fields in self._shapes.shape(at).properties.items():
                found[snake(name)] = fields[-1].place
        return found


def snake(name: str) -> str:
    """Return the argument for a name of the API: `subscribeSDKClient` → `subscribe_sdk_client`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return f"{words}_" if keyword.iskeyword(words) else words
