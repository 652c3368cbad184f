"""The errors that a command ends with: one sentence for the user, and an exit code."""

__all__ = ["CommandError", "InterruptedCommandError", "UsageError"]


class CommandError(Exception):
    """The command failed; its text is one sentence that says how."""

    exit_code = 1


class UsageError(CommandError):
    """What the command was given cannot be used: an option, a setting or a file."""

    exit_code = 2


class InterruptedCommandError(CommandError):
    """The user ended the command before its work was done."""

    exit_code = 130
