"""Checking the arguments of a sender, and making the rules of its runs from them."""

from typing import Final

from sunco_async._base.option_checks import check_count, check_integer, check_number, refuse
from sunco_async._client import AsyncSunco
from sunco_async.bulk._delivery import OnLost, Settling
from sunco_async.bulk._failures import Rules
from sunco_async.errors import ConfigurationError

__all__ = ["check_key_field", "make_rules", "make_settling"]

WINDOW: Final = 4
"""Items in memory for each item under way, so that items of a slow target can wait without
blocking the others."""


MARGIN: Final = 30.0
"""Seconds before an intent from which messages are searched, on the server's clock.

A `Date` header has a resolution of one second, and several servers need not agree on the time."""

NO_TIMEOUT: Final = 300.0
"""Seconds after which a lost request is taken to have ended, where the client has no timeout."""


def make_rules(
    *, concurrency: int, on_failure: str, pace: float, max_failures: int | None
) -> Rules:
    """Check the arguments of a sender that rule its runs.

    Args:
        concurrency: Items under way at once.
        on_failure: `"stop"` or `"continue"`.
        pace: Seconds between two messages to one target.
        max_failures: Failed items after which the run ends; None for any number.

    Raises:
        ConfigurationError: An argument has the wrong type or value.
        ValueError: `concurrency` is below 1.
    """
    check_integer("concurrency", concurrency)
    if concurrency < 1:
        raise ValueError(f"concurrency must be at least 1, not {concurrency}")
    _check_seconds("pace", pace)
    _check_choice("on_failure", on_failure, ("stop", "continue"))
    if max_failures is not None:
        check_count("max_failures", max_failures)
    return Rules(
        concurrency=concurrency,
        window=WINDOW * concurrency,
        hold_after_failure=on_failure == "stop",
        pace=pace,
        max_failures=max_failures,
    )


def make_settling(
    sunco: AsyncSunco, *, key_field: str, grace: float, lost_notifications: OnLost
) -> Settling:
    """Check the arguments of a sender that decide how lost requests are settled.

    Args:
        sunco: The client whose timeout is waited for.
        key_field: The metadata field that holds the key of a message.
        grace: Seconds that are added to the timeout of the client.
        lost_notifications: `"report"` or `"resend"`.

    Raises:
        ConfigurationError: An argument has the wrong type or value.
    """
    if not key_field or not isinstance(key_field, str):
        refuse("key_field", "the name of a metadata field", key_field)
    _check_seconds("grace", grace)
    _check_choice("lost_notifications", lost_notifications, ("report", "resend"))
    timeout = sunco.messages._pipeline.options.timeouts.read  # noqa: SLF001 - no public attribute has it
    return Settling(
        key_field=key_field,
        wait=(NO_TIMEOUT if timeout is None else timeout) + grace,
        margin=MARGIN,
        notifications=lost_notifications,
    )


def check_key_field(recorded: str, passed: str) -> None:
    """Refuse another key field than that of the ledger.

    A lost message of an earlier run would be searched by the wrong field, and sent twice.

    Args:
        recorded: The field of the ledger.
        passed: The field of this sender.

    Raises:
        ConfigurationError: They differ.
    """
    if recorded != passed:
        raise ConfigurationError(
            f"the ledger has the keys of its messages in the metadata field {recorded!r}, and "
            f"key_field is {passed!r}; pass key_field={recorded!r}"
        )


def _check_seconds(name: str, seconds: float) -> None:
    check_number(name, seconds)
    if not 0 <= seconds < float("inf"):
        raise ConfigurationError(f"{name} must be seconds, at least 0, not {seconds!r}")


def _check_choice(name: str, value: object, choices: tuple[str, str]) -> None:
    if value not in choices:
        raise ConfigurationError(f"{name} must be {choices[0]!r} or {choices[1]!r}, not {value!r}")
