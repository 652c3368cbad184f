"""Every public callable documents its arguments and its result in Google style."""

import collections.abc
import dataclasses
import importlib
import inspect
import pkgutil
import re
import types
import typing

import msgspec
import pytest

import sunco_async
from sunco_async import errors, hooks, models, webhooks
from sunco_async._call.options import SHARED_OPTIONS, RequestOptions
from sunco_async.models._field_types import is_secret, limits_of

MODULES = ["sunco_async"] + [
    module.name
    for module in pkgutil.walk_packages(sunco_async.__path__, "sunco_async.")
    if not any(part.startswith("_") for part in module.name.split(".")[1:])
]
STRUCTS = [
    member
    for module in (models, webhooks)
    for name in module.__all__
    if isinstance(member := getattr(module, name), type) and issubclass(member, models.Model)
]
ERRORS = [
    name
    for name, value in vars(errors).items()
    if name in errors.__all__ and hasattr(value, "outcome")
]
SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises")
NO_RESULT = {None, types.NoneType, typing.Self, typing.NoReturn, inspect.Signature.empty}
ITERATORS = (collections.abc.Iterator, collections.abc.AsyncIterator)


def sections(text):
    """Split a docstring into its sections: the lines below each heading, without indentation."""
    found, current = {}, None
    for line in inspect.cleandoc(text or "").splitlines():
        heading = line.removesuffix(":")
        if line != heading and heading in SECTIONS:
            current = found.setdefault(heading, [])
        elif line and not line.startswith(" "):
            current = None
        elif current is not None:
            current.append(line[4:])
    return found


def entries(lines):
    """Return the names that a section explains."""
    return {
        match[1] for line in lines if (match := re.match(r"(\*{0,2}\w+)(?: \([^)]*\))?: \S", line))
    }


def arguments(function, *, bound):
    """Return the arguments of a callable as its docstring must name them."""
    parameters = list(inspect.signature(function).parameters.values())[bound:]
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return {
        stars.get(each.kind, "") + each.name for each in parameters if not each.name.startswith("_")
    }


def has_result(function):
    result = inspect.signature(function).return_annotation
    if result in NO_RESULT or result in ("None", "Self", "NoReturn"):
        return False
    origin = typing.get_origin(result) or result
    return not (isinstance(origin, type) and issubclass(origin, ITERATORS))


def problems(name, function, text, *, bound, is_class=False):
    """Return what is missing or wrong in the docstring of one callable."""
    written = sections(text)
    due, found = arguments(function, bound=bound), entries(written.get("Args", ()))
    if is_class:
        found |= entries(written.get("Attributes", ())) & due
    problems = [f"{name}: {each} is not explained" for each in sorted(due - found)]
    problems += [f"{name}: there is no argument {each}" for each in sorted(found - due)]
    if not is_class and has_result(function) and not written.get("Returns"):
        problems.append(f"{name}: no Returns")
    return problems


def own_members(cls):
    """Yield the attributes of a class and of its bases in private modules of the root."""
    for base in cls.__mro__:
        if base is cls or base.__module__.startswith("sunco_async._"):
            yield from vars(base).items()


def public_callables(module):
    """Yield name, function, docstring and number of bound arguments of each public callable."""
    for name in module.__all__:
        value = getattr(module, name)
        if not getattr(value, "__module__", "").startswith("sunco_async"):
            continue
        if inspect.isfunction(value):
            yield name, value, value.__doc__, 0, False
        elif inspect.isclass(value):
            constructor = vars(value).get("__init__")
            # Python gives every protocol a constructor, which takes anything and raises.
            own = not dataclasses.is_dataclass(value) and not getattr(value, "_is_protocol", False)
            if inspect.isfunction(constructor) and own:
                yield name, constructor, value.__doc__, 1, True
            for method_name, member in own_members(value):
                method = getattr(member, "__func__", member)
                if inspect.isfunction(method) and not method_name.startswith("_"):
                    bound = 0 if isinstance(member, staticmethod) else 1
                    yield f"{name}.{method_name}", method, method.__doc__, bound, False


def problems_of(module_name):
    return [
        problem
        for name, function, text, bound, is_class in public_callables(
            importlib.import_module(module_name)
        )
        for problem in problems(name, function, text, bound=bound, is_class=is_class)
    ]


@pytest.mark.parametrize("name", MODULES)
def test_every_argument_and_result_is_explained(name):
    assert problems_of(name) == []


def field_problems(cls):
    """Return the fields of a struct that neither its docstring nor one of its bases' explains.

    A docstring that explains something else than a field is a problem too.
    """
    fields = {field.name for field in msgspec.structs.fields(cls)}
    explained = {
        base: entries(sections(vars(base).get("__doc__")).get("Attributes", ()))
        for base in cls.__mro__
    }
    missing = fields - set().union(*explained.values())
    wrong = explained[cls] - fields
    return [f"{cls.__name__}: {name} is not explained" for name in sorted(missing)] + [
        f"{cls.__name__}: there is no field {name}" for name in sorted(wrong)
    ]


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
def test_every_field_of_a_struct_is_explained(cls):
    assert field_problems(cls) == []


def explanations(cls):
    """Return the explanation of each field of a struct, with its bases' fields."""
    found = {}
    for base in reversed(cls.__mro__):
        name = None
        for line in sections(vars(base).get("__doc__")).get("Attributes", ()):
            if match := re.match(r"(\w+): (.*)", line):
                name = match[1]
                found[name] = match[2]
            else:
                found[name] += f" {line.strip()}"
    return found


LIMITED = [
    pytest.param(cls, field.name, limits[1], id=f"{cls.__name__}.{field.name}")
    for cls in STRUCTS
    for field in msgspec.structs.fields(cls)
    if (limits := limits_of(field.type)) and limits[1] not in (None, 1)
]
SECRET = [
    pytest.param(cls, field.name, id=f"{cls.__name__}.{field.name}")
    for cls in STRUCTS
    for field in msgspec.structs.fields(cls)
    if is_secret(field.type)
]


@pytest.mark.parametrize(("cls", "name", "maximum"), LIMITED)
def test_the_maximum_of_a_field_is_in_its_explanation(cls, name, maximum):
    assert f"{maximum:,}" in explanations(cls)[name]


@pytest.mark.parametrize(("cls", "name"), SECRET)
def test_the_explanation_of_a_secret_says_that_it_is_hidden(cls, name):
    assert "hidden in `repr`" in explanations(cls)[name]


def test_the_check_of_fields_finds_what_is_missing():
    class Base(msgspec.Struct):
        """A base.

        Attributes:
            first: The first.
        """

        first: int

    class Derived(Base):
        """A struct.

        Attributes:
            third: It does not exist.
        """

        second: int

    assert field_problems(Base) == []
    assert field_problems(Derived) == [
        "Derived: second is not explained",
        "Derived: there is no field third",
    ]


@pytest.mark.parametrize("name", ERRORS)
def test_every_attribute_of_an_error_is_explained(name):
    cls = getattr(errors, name)
    public = [base for base in cls.__mro__ if base.__name__ in errors.__all__]
    attributes = set(vars(cls("text"))) | {
        key for each in public for key in inspect.get_annotations(each)
    }
    explained = set()
    for base in public:
        written = sections(base.__doc__)
        explained |= entries(written.get("Args", ())) | entries(written.get("Attributes", ()))
    assert attributes <= explained


@pytest.mark.parametrize("name", sorted(set(hooks.__all__) - {"Hooks"}))
def test_every_field_of_an_event_is_explained(name):
    assert field_problems(getattr(hooks, name)) == []


def test_the_options_that_every_operation_takes_are_explained():
    assert entries(sections(RequestOptions.__doc__)["Attributes"]) == set(SHARED_OPTIONS)
    assert set(SHARED_OPTIONS) == {"timeout", "deadline", "retry", "extra_headers"}


def test_operations_refer_to_the_options():
    seen = 0
    for name in MODULES:
        if not name.startswith("sunco_async.resources."):
            continue
        for called, function, text, _, _ in public_callables(importlib.import_module(name)):
            if "**options" in arguments(function, bound=1):
                assert "see `RequestOptions`" in " ".join(text.split()), called
                seen += 1
    assert seen >= 67


def test_operations_begin_with_a_sentence_and_the_request():
    seen = 0
    for name in MODULES:
        if not name.startswith("sunco_async.resources."):
            continue
        for called, function, text, _, is_class in public_callables(importlib.import_module(name)):
            if "." not in called or is_class:
                continue
            sentence, blank, request = inspect.cleandoc(text).splitlines()[:3]
            assert sentence.endswith("."), called
            assert blank == "", called
            assert re.fullmatch(r"`(GET|POST|PATCH|DELETE) [/{].*`", request), called
            assert function.__doc__
            seen += 1
    assert seen >= 69


def documented(first: int, *rest: int, last: str = "", **options: object) -> int:
    """Do something.

    Args:
        first: The first.
        *rest: The others.
        last: The last,
            over two lines.
        **options: The rest.

    Returns:
        A number.
    """
    return first


def undocumented(first: int, second: int) -> int:
    """Do something.

    Args:
        first: The first.
        third: It does not exist.
    """
    return first


def test_the_check_finds_what_is_missing():
    assert problems("f", documented, documented.__doc__, bound=0) == []
    assert problems("f", undocumented, undocumented.__doc__, bound=0) == [
        "f: second is not explained",
        "f: there is no argument third",
        "f: no Returns",
    ]
    assert problems("f", documented, None, bound=0)[-1] == "f: no Returns"
