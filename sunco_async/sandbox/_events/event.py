"""One webhook event, in its fullest form and in the forms that a webhook may ask for."""

from msgspec import Struct

Json = dict[str, object]

_USER_KEYS = frozenset({"user", "surviving", "discarded"})
_FULL_USER_FIELDS = frozenset({"signedUpAt", "toBeRetained", "profile", "metadata", "identities"})
_FULL_SOURCE_FIELDS = frozenset({"client", "device"})


class Event(Struct, frozen=True):
    """An event as a webhook reports it.

    Attributes:
        id: The id of the event, the same in every delivery of it.
        type: The trigger.
        created_at: When it happened, as the API writes times.
        app_id: The app it happened in.
        payload: What happened, with full users and sources.
        conversation_id: The conversation it belongs to, if any.
    """

    id: str
    type: str
    created_at: str
    app_id: str
    payload: Json
    conversation_id: str | None = None

    def to_dict(self, *, full_user: bool = False, full_source: bool = False) -> Json:
        """Return the event as a payload's `events` holds it.

        Args:
            full_user: Whether users have their profile, metadata and identities
                (`includeFullUser`).
            full_source: Whether sources have their client and device (`includeFullSource`).

        Returns:
            The event with its `id`, `createdAt`, `type` and `payload`.
        """
        payload = self.payload
        if not (full_user and full_source):
            payload = _reduced(payload, full_user=full_user, full_source=full_source)
        return {"id": self.id, "createdAt": self.created_at, "type": self.type, "payload": payload}


def _reduced(value: Json, *, full_user: bool, full_source: bool) -> Json:
    reduced: Json = {}
    for key, child in value.items():
        if not isinstance(child, dict) or key in ("content", "metadata"):
            reduced[key] = child
        elif key in _USER_KEYS and "authenticated" in child:
            reduced[key] = child if full_user else _without(child, _FULL_USER_FIELDS)
        elif key == "source":
            reduced[key] = child if full_source else _without(child, _FULL_SOURCE_FIELDS)
        else:
            reduced[key] = _reduced(child, full_user=full_user, full_source=full_source)
    return reduced


def _without(value: Json, fields: frozenset[str]) -> Json:
    return {key: child for key, child in value.items() if key not in fields}
