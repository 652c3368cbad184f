"""The public names of the package as text, one line for each: kind, name and signature.

Run as a command, it writes the file that `tests/unit/test_public_api.py` compares the package with:

    python tests/support/public_surface.py

Annotations are written by name alone and unions in the order of the alphabet, so that the text is
the same on every Python version.
"""

import functools
import importlib
import inspect
import types
import typing
from pathlib import Path

import msgspec

SNAPSHOT = Path(__file__).parents[1] / "unit" / "public_surface.txt"

# The packages and modules that users import from; CONTRIBUTING.md lists them too. Everything else is
# private, whether or not its name begins with an underscore.
PUBLIC = [
    "sunco_async",
    "sunco_async.bots",
    "sunco_async.bots.shorthand",
    "sunco_async.bulk",
    "sunco_async.cli",
    "sunco_async.errors",
    "sunco_async.hooks",
    "sunco_async.models",
    "sunco_async.oauth",
    "sunco_async.resources",
    "sunco_async.sandbox",
    "sunco_async.testing",
    "sunco_async.webhooks",
]

# Of the methods with two underscores, those that are called for a user's own syntax.
SYNTAX = ("__call__", "__await__", "__aiter__", "__anext__", "__iter__", "__aenter__", "__aexit__")


def type_text(annotation):
    """Return an annotation as it is written in code, without modules."""
    if annotation in (None, types.NoneType):
        return "None"
    if isinstance(annotation, str | typing.ForwardRef):
        return getattr(annotation, "__forward_arg__", annotation)
    if isinstance(annotation, list | tuple):  # the arguments of a callable
        return f"[{', '.join(map(type_text, annotation))}]"
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(
            sorted(map(type_text, arguments), key=lambda text: (text == "None", text))
        )
    if origin is typing.Annotated:
        return type_text(arguments[0])
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if arguments:
        inner = ", ".join("..." if each is Ellipsis else type_text(each) for each in arguments)
        return f"{type_text(origin)}[{inner}]"
    name = getattr(annotation, "__name__", None) or getattr(annotation, "_name", None)
    return name or str(annotation).removeprefix("typing.")


def default_text(value):
    """Return a default value, without what differs from run to run."""
    return "..." if " at 0x" in repr(value) else repr(value)


def signature_text(function):
    """Return the signature of a function or class."""
    parameters = []
    marked = False  # whether the star in front of keyword-only parameters is written
    for each in inspect.signature(function).parameters.values():
        text = each.name
        if each.kind is each.VAR_POSITIONAL:
            text, marked = f"*{text}", True
        elif each.kind is each.VAR_KEYWORD:
            text = f"**{text}"
        elif each.kind is each.KEYWORD_ONLY and not marked:
            parameters.append("*")
            marked = True
        if each.annotation is not each.empty:
            text += f": {type_text(each.annotation)}"
        if each.default is not each.empty:
            text += f" = {default_text(each.default)}"
        parameters.append(text)
    returned = inspect.signature(function).return_annotation
    arrow = "" if returned is inspect.Signature.empty else f" -> {type_text(returned)}"
    return f"({', '.join(parameters)}){arrow}"


def member_line(name, value):
    """Return the line of an attribute of a class."""
    if isinstance(value, property | functools.cached_property):
        getter = value.fget if isinstance(value, property) else value.func
        returned = inspect.signature(getter).return_annotation
        return f"property {name}: {type_text(returned)}"
    if isinstance(value, classmethod):
        return f"classmethod {name}{signature_text(value.__func__)}"
    if isinstance(value, staticmethod):
        return f"staticmethod {name}{signature_text(value.__func__)}"
    if inspect.isfunction(value):
        kind = "async def" if inspect.iscoroutinefunction(inspect.unwrap(value)) else "def"
        return f"{kind} {name}{signature_text(value)}"
    return None


def field_lines(cls, inherited):
    """Return the lines of the fields of a class, by name."""
    if issubclass(cls, msgspec.Struct):
        found = {}
        for field in msgspec.structs.fields(cls):
            text = f"field {field.name}: {type_text(field.type)}"
            if field.default is not msgspec.NODEFAULT:
                text += f" = {default_text(field.default)}"
            elif field.default_factory is not msgspec.NODEFAULT:
                text += f" = {type_text(field.default_factory)}()"
            if field.name not in inherited or field.name in inspect.get_annotations(cls):
                found[field.name] = text
        return found
    return {
        name: f"field {name}: {type_text(annotation)}"
        for name, annotation in inspect.get_annotations(cls).items()
        if not name.startswith("_") and typing.get_origin(annotation) is not typing.ClassVar
    }


def is_protocol(cls):
    """Tell whether a class is a protocol, which has no constructor."""
    return typing.Protocol in cls.__bases__


def class_lines(cls, exported):
    """Yield the lines of a class: its constructor, fields and methods, its private bases' too."""
    bases = [base for base in cls.__mro__[1:] if base in exported]
    names = [
        base.__name__ for base in bases if not any(base in other.__mro__[1:] for other in bases)
    ]
    covered = {each for base in bases for each in base.__mro__}
    plain = type(cls.__init__) in (types.WrapperDescriptorType, types.MethodDescriptorType)
    has_signature = not plain and not issubclass(cls, msgspec.Struct) and not is_protocol(cls)
    takes = signature_text(cls) if has_signature else ""
    yield f"class {cls.__name__}{takes}" + (f" is a {', '.join(names)}" if names else "")
    inherited = {name for base in bases for name in getattr(base, "__struct_fields__", ())}
    members = {}
    for each in reversed(cls.__mro__):
        if each in covered or not each.__module__.startswith("sunco_async"):
            continue
        for name, value in vars(each).items():
            if not name.startswith("_") or name in SYNTAX:
                members[name] = member_line(name, value) or members.get(name)
        members |= field_lines(each, inherited)
    yield from (f"    {line}" for _, line in sorted(members.items()) if line)


def module_lines(name, exported):
    """Yield the lines of a public module."""
    module = importlib.import_module(name)
    yield f"# {name}"
    for listed in sorted(module.__all__):
        value = getattr(module, listed)
        home = getattr(value, "__module__", None)
        is_class = (
            inspect.isclass(value) and not typing.get_origin(value) and value is not typing.Any
        )
        if (is_class or inspect.isfunction(value)) and home in PUBLIC and home != name:
            yield f"{listed} from {home}"
        elif is_class:
            yield from class_lines(value, exported)
        elif inspect.isfunction(value):
            yield member_line(listed, value)
        elif typing.get_origin(value) is not None or value is typing.Any:
            yield f"type {listed} = {type_text(value)}"
        else:
            yield f"constant {listed} = {default_text(value)}"
    yield ""


def surface():
    """Return the text for all public modules."""
    modules = [importlib.import_module(name) for name in PUBLIC]
    values = [getattr(module, name) for module in modules for name in module.__all__]
    exported = {value for value in values if inspect.isclass(value)}
    return "\n".join(line for name in PUBLIC for line in module_lines(name, exported))


if __name__ == "__main__":
    SNAPSHOT.write_text(surface(), "utf-8")
