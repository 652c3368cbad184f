"""One authorised request, as a handler sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from sunco_async.sandbox._errors import bad_request, unauthorized
from sunco_async.sandbox._json import decode_json
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import Credential
from sunco_async.sandbox._state.state import State

T = TypeVar("T")

_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


def parse_query(query_string: bytes) -> dict[str, str]:
    """Return query parameters; the last of a repeated one counts."""
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(query_string.decode(), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise bad_request("Invalid query parameters") from error
    return dict(pairs)


def _decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.json.Decoder(type_)
    return decoder


@dataclass(frozen=True, slots=True)
class Reply:
    """A response that is not simply JSON with the documented status: a redirect, a file."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose caller may make it.

    Attributes:
        state: Everything that the sandbox holds.
        path: The path parameters, decoded, by their documented names.
        query: The query parameters; all of them are documented for the operation.
        url: The URL without its query string, on which page links are built.
        body: The request body.
        content_type: The Content-Type header.
        current_app: The app of the path, if there is one.
        credential: Who calls, unless the operation takes no credentials.
    """

    state: State
    path: Mapping[str, str]
    query: Mapping[str, str]
    url: str
    body: bytes
    content_type: bytes
    current_app: AppState | None = None
    credential: Credential | None = None

    @property
    def app(self) -> AppState:
        """The app of the path."""
        if self.current_app is None:
            raise LookupError("the path of this operation has no app")
        return self.current_app

    @property
    def caller(self) -> Credential:
        """Who calls."""
        if self.credential is None:
            raise unauthorized()
        return self.credential

    def may_be_removed(self, cursor: str) -> bool:
        """Tell whether an unknown cursor may name a record that was removed: ids only grow."""
        return cursor <= self.state.new_id.last

    def read(self, type_: type[T]) -> T:
        """Return the JSON body as `type_`, or raise a 400."""
        media_type = self.content_type.partition(b";")[0].strip().lower()
        if media_type != b"application/json":
            raise bad_request("Content-Type must be application/json")
        return decode_json(self.body, _decoder(type_))

    def read_optional(self, type_: type[T]) -> T:
        """Return the JSON body as `type_`, where the body may be left out."""
        return self.read(type_) if self.body else type_()


Handler = Callable[[Call], object]
"""What an operation does: a function from a call to the value of its response."""
