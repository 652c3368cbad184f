"""The errors of a campaign: of its input (a file, a row, a template, a setting), and of its run."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sunco_async.errors import SuncoError

__all__ = ["InputError", "InputErrors", "Option", "TooManyFailures"]

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
        super().__init__(self.text_with(_as_argument))

    def text_with(self, name: Callable[[Option], str]) -> str:
        """Return the text of the error, with the setting written in another way.

        Args:
            name: Returns how a setting is written, such as `--allow-odd-ids`.
        """
        advice = self.advice_with(name)
        return f"{self.problem}; {advice}" if advice else self.problem

    def advice_with(self, name: Callable[[Option], str]) -> str:
        """Return the advice, with the setting written in another way.

        Args:
            name: Returns how a setting is written, such as `--allow-odd-ids`.
        """
        if self.option is None:
            return self.advice
        return self.advice.replace("{option}", name(self.option))


class InputErrors(InputError):
    """Several rows of a file cannot be used.

    Args:
        problem: What is wrong with the file, such as the number of its bad rows.
        first: The errors of the first of these rows.
        count: How many there are.
    """

    def __init__(self, problem: str, first: Sequence[InputError], count: int) -> None:
        self.first = tuple(first)
        self.count = count
        super().__init__(problem)

    def __reduce__(self) -> tuple[type["InputErrors"], tuple[str, tuple[InputError, ...], int]]:
        return type(self), (self.problem, self.first, self.count)

    def text_with(self, name: Callable[[Option], str]) -> str:
        """Return a list of the rows, followed by the advice, each once.

        Args:
            name: Returns how a setting is written, such as `--allow-odd-ids`.
        """
        lines = [self.problem, *(f"  {error.problem}" for error in self.first)]
        if self.count > len(self.first):
            lines.append(f"  and {self.count - len(self.first):,} more")
        advice = dict.fromkeys(error.advice_with(name) for error in self.first)
        lines += [f"{each[0].upper()}{each[1:]}" for each in advice if each]
        return "\n".join(lines)


def _as_argument(option: Option) -> str:
    return f"{option[0]}={option[1]!r}"


class TooManyFailures(SuncoError):
    """A run has ended because `max_failures` items failed."""
