"""The errors that end a command: one sentence for the user, and an exit code."""

from sunco_async.bulk._errors import InputError, Option

__all__ = [
    "CommandError",
    "InterruptedCommandError",
    "OutageError",
    "UsageError",
    "input_error_text",
]

# Options whose name is not that of the argument.
_OPTIONS = {"row_format": "--format", "target": "--to"}


class CommandError(Exception):
    """The command failed. The text is one sentence for the user."""

    exit_code = 1


class UsageError(CommandError):
    """An option, a setting or a file cannot be used."""

    exit_code = 2


class OutageError(CommandError):
    """Something that passes by itself: the host is down, or another run has the ledger."""

    exit_code = 3


class InterruptedCommandError(CommandError):
    """The user ended the command before it was finished."""

    exit_code = 130


def input_error_text(error: InputError) -> str:
    """Return the text of an error with its setting written as an option.

    Args:
        error: The error of a file, a row or a template.
    """
    return error.text_with(_as_option)


def _as_option(option: Option) -> str:
    name, value = option
    written = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
    return written if value is True else f"{written} {value}"
