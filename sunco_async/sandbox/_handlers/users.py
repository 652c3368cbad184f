"""The operations on users.

Identities come from synchronisation with a core Zendesk user alone (`Sandbox.link_zendesk_user`,
then SyncUser): the API documents that `profile.email` is none, and has no call that sets one.
"""

from msgspec import UNSET

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._schemas import (
    Profile,
    UserCreate,
    UserSync,
    UserUpdate,
    changed_metadata,
    check_metadata,
)
from sunco_async.sandbox._store import Store, User, format_timestamp
from sunco_async.sandbox._zendesk import synchronize

_PROFILE_FIELDS = {
    "given_name": "givenName",
    "surname": "surname",
    "email": "email",
    "avatar_url": "avatarUrl",
    "locale": "locale",
}
_PERSONAL_FIELDS = ("givenName", "surname", "email", "avatarUrl")


def create(store: Store, request: Request) -> object:
    """Answer CreateUser."""
    body = request.read(UserCreate)
    user = User(
        id=store.new_id(),
        signed_up_at=format_timestamp(body.signed_up_at) if body.signed_up_at else store.now(),
        external_id=body.external_id,
        brand_id=body.brand_id,
        to_be_retained=body.to_be_retained,
        profile=_changed_profile({}, body.profile),
        metadata=check_metadata(body.metadata or {}),
    )
    store.add_user(user)
    return _answer(user)


def find(store: Store, request: Request) -> object:
    """Answer ListUsers."""
    query = request.query()
    email = query.get("filter[identities.email]")
    if not email:
        raise bad_request("filter[identities.email] is required")
    users = store.users_by_identity(email)
    if "brandId" in query:
        users = [user for user in users if user.brand_id == query["brandId"]]
    return {"users": [user_view(user) for user in users]}


def get(store: Store, request: Request) -> object:
    """Answer GetUser."""
    return _answer(_addressed(store, request))


def update(store: Store, request: Request) -> object:
    """Answer UpdateUser."""
    user = _addressed(store, request)
    body = request.read(UserUpdate)
    if body.metadata is not UNSET:
        user.metadata = changed_metadata(user.metadata, body.metadata)
    user.profile = _changed_profile(user.profile, body.profile)
    if body.signed_up_at is not UNSET:
        user.signed_up_at = format_timestamp(body.signed_up_at)
    if body.to_be_retained is not UNSET:
        user.to_be_retained = body.to_be_retained
    return _answer(user)


def delete(store: Store, request: Request) -> object:
    """Answer DeleteUser."""
    store.remove_user(_addressed(store, request))
    return {}


def delete_personal_information(store: Store, request: Request) -> object:
    """Answer DeleteUserPersonalInformation."""
    user = _addressed(store, request)
    for name in _PERSONAL_FIELDS:
        user.profile.pop(name, None)
    user.metadata = {}
    return _answer(user)


def sync(store: Store, request: Request) -> object:
    """Answer SyncUser."""
    body = request.read(UserSync) if request.body else UserSync()
    return _answer(synchronize(store, request.path_params["zendeskId"], body.surviving_zendesk_id))


def user_view(user: User) -> dict[str, object]:
    """Return a user as the API shows it."""
    view: dict[str, object] = {"id": user.id, "authenticated": user.zendesk_id is not None}
    optional = {
        "externalId": user.external_id,
        "zendeskId": user.zendesk_id,
        "brandId": user.brand_id,
        "toBeRetained": user.to_be_retained,
    }
    view |= {name: value for name, value in optional.items() if value is not None}
    return view | {
        "signedUpAt": user.signed_up_at,
        "profile": user.profile,
        "metadata": user.metadata,
        "identities": user.identities,
    }


def _answer(user: User) -> dict[str, object]:
    return {"user": user_view(user)}


def _addressed(store: Store, request: Request) -> User:
    return store.user(request.path_params["userIdOrExternalId"], request.query().get("brandId"))


def _changed_profile(current: dict[str, str], change: Profile) -> dict[str, str]:
    profile = dict(current)
    for field, name in _PROFILE_FIELDS.items():
        value = getattr(change, field)
        if value is None:
            profile.pop(name, None)
        elif value is not UNSET:
            profile[name] = value
    return profile
