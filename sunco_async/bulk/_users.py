"""Creating the users of a campaign."""

from collections import OrderedDict
from typing import Any, Final

import msgspec
from msgspec import UNSET

from sunco_async._client import AsyncSunco
from sunco_async.bulk._entry import Entry
from sunco_async.models import Profile

__all__ = ["NAME_COLUMN", "UserCreator", "ensure_user"]

NAME_COLUMN: Final = "name"
"""The column of an input row that holds the given name of its user."""

REMEMBERED: Final = 100_000
"""Users that are remembered, in about 20 MB. A user that was forgotten costs two requests."""


async def ensure_user(sunco: AsyncSunco, external_id: str, name: str) -> bool:
    """Create a user, or change the name of the user that has the external id.

    Args:
        sunco: The client to send with.
        external_id: The external id of the user.
        name: The given name of the user. An empty one leaves the name as it is.

    Returns:
        Whether the user certainly is new, and so has no conversation.

    Raises:
        SuncoError: The user could be neither created nor changed.
    """
    profile = Profile(given_name=name) if name else UNSET
    response = await sunco.raw(sunco.users.upsert, external_id, profile=profile)
    return response.status_code == 201  # of the creation; the change of a user returns 200


class UserCreator:
    """Creates the users with an external id, each once however many messages they get.

    Messages to one user are not delivered at the same time, so no user is created twice.

    Args:
        sunco: The client to send with.
        remembered: Users that are remembered at most.
    """

    def __init__(self, sunco: AsyncSunco, *, remembered: int = REMEMBERED) -> None:
        self._sunco = sunco
        self._remembered = remembered
        self._known: OrderedDict[str, None] = OrderedDict()

    async def ensure(self, entry: Entry) -> bool:
        """Create the user of an item, or change its name to that of the input row.

        Args:
            entry: The item.

        Returns:
            Whether the user certainly is new, and so has no conversation.

        Raises:
            SuncoError: The user could be neither created nor changed.
            ValueError: The external id cannot be in a request.
        """
        kind, external_id = entry.target
        if kind != "user_external_id" or external_id in self._known:
            return False
        is_new = await ensure_user(self._sunco, external_id, _name(entry.row))
        self._known[external_id] = None
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return is_new


def _name(row: bytes | None) -> str:
    values: dict[str, Any] = {} if row is None else msgspec.json.decode(row, type=dict[str, Any])
    name = values.get(NAME_COLUMN)
    return name.strip() if isinstance(name, str) else ""
