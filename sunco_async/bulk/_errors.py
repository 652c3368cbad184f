"""The errors of a campaign: of its input (a file, a row, a template, a setting), and of its run."""

from typing import TypeAlias

from sunco_async.errors import SuncoError

__all__ = ["InputError", "Option", "TooManyFailures"]

Option: TypeAlias = tuple[str, str | bool]
"""The name and the value of a setting, such as `("allow_odd_ids", True)`."""


class InputError(Exception):
    """A file, a row or a template cannot be used.

    A command line writes a setting in another way than Python code does, so the setting that the
    advice mentions is kept apart from the text.

    Args:
        problem: What is wrong. It begins with the file and the line, where there are any.
        advice: What to do about it. `{option}` in it is replaced by `option`.
        option: The setting that the advice mentions.
    """

    def __init__(self, problem: str, *, advice: str = "", option: Option | None = None) -> None:
        self.problem = problem
        self.advice = advice
        self.option = option
        super().__init__(self.text_with(_as_argument(option)))

    def text_with(self, option: str) -> str:
        """Return the text of the error, with the setting written in another way.

        Args:
            option: The setting, such as `--allow-odd-ids`.
        """
        if not self.advice:
            return self.problem
        advice = self.advice.replace("{option}", option)
        if "\n" in self.problem:  # a list, below which the advice is a line of its own
            return f"{self.problem}\n{advice[0].upper()}{advice[1:]}"
        return f"{self.problem}; {advice}"


def _as_argument(option: Option | None) -> str:
    return "" if option is None else f"{option[0]}={option[1]!r}"


class TooManyFailures(SuncoError):
    """A run has ended because `max_failures` items failed."""
