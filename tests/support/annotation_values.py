"""What an annotation names: the values of its `Literal`s, the members of its union."""

from typing import Annotated, Literal, get_args, get_origin


def named_values(annotation):
    """Return the strings of every `Literal` in an annotation, at any depth."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return set().union(*map(named_values, get_args(annotation)))


def takes_any_string(annotation):
    """Tell whether `str` itself is among the options, of the items where it is a list."""
    return annotation is str or (
        get_origin(annotation) is not Literal and any(map(takes_any_string, get_args(annotation)))
    )


def members_of(union):
    """Return the structs of a union."""
    return get_args(get_args(union)[0] if get_origin(union) is Annotated else union)
