"""The calls of a client: the groups of operations, `request` and `raw`.

A group is constructed when it is first used.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property, partial
from typing import Any, ParamSpec, TypeVar, Unpack, overload

from msgspec import UNSET

from sunco_async import resources
from sunco_async._base.keywords import checks_keywords
from sunco_async._base.operation import Operation
from sunco_async._base.url import checked_method, free_path
from sunco_async._call.options import SHARED_OPTIONS, RequestOptions
from sunco_async._call.pipeline import Pipeline
from sunco_async._call.raw import RawResponse, call_raw
from sunco_async._call.response import is_blank, read_json
from sunco_async.middleware import Response

__all__ = ["Groups"]

P = ParamSpec("P")
T = TypeVar("T")


class Groups:
    """The operations of a client: an attribute for each group, and `request` for all others."""

    _pipeline: Pipeline

    @cached_property
    def apps(self) -> resources.Apps:
        """The apps of an account. `create`, `list` and `delete` need an account key."""
        return resources.Apps(self._pipeline)

    @cached_property
    def app_keys(self) -> resources.AppKeys:
        """The keys of an app."""
        return resources.AppKeys(self._pipeline)

    @cached_property
    def attachments(self) -> resources.Attachments:
        """Uploads and downloads of files."""
        return resources.Attachments(self._pipeline)

    @cached_property
    def conversations(self) -> resources.Conversations:
        """The conversations of an app."""
        return resources.Conversations(self._pipeline)

    @cached_property
    def participants(self) -> resources.Participants:
        """The participants of a conversation."""
        return resources.Participants(self._pipeline)

    @cached_property
    def messages(self) -> resources.Messages:
        """The messages of a conversation."""
        return resources.Messages(self._pipeline)

    @cached_property
    def activities(self) -> resources.Activities:
        """Typing indicators and read receipts."""
        return resources.Activities(self._pipeline)

    @cached_property
    def switchboard_actions(self) -> resources.SwitchboardActions:
        """Which integration has control of a conversation."""
        return resources.SwitchboardActions(self._pipeline)

    @cached_property
    def integrations(self) -> resources.Integrations:
        """The channels of an app, and its custom integrations."""
        return resources.Integrations(self._pipeline)

    @cached_property
    def custom_integration_keys(self) -> resources.CustomIntegrationKeys:
        """The keys of a custom integration."""
        return resources.CustomIntegrationKeys(self._pipeline)

    @cached_property
    def webhooks(self) -> resources.Webhooks:
        """The webhooks of an integration."""
        return resources.Webhooks(self._pipeline)

    @cached_property
    def switchboards(self) -> resources.Switchboards:
        """The switchboards of an app."""
        return resources.Switchboards(self._pipeline)

    @cached_property
    def switchboard_integrations(self) -> resources.SwitchboardIntegrations:
        """The integrations of a switchboard."""
        return resources.SwitchboardIntegrations(self._pipeline)

    @cached_property
    def users(self) -> resources.Users:
        """The users of an app."""
        return resources.Users(self._pipeline)

    @cached_property
    def clients(self) -> resources.Clients:
        """The clients (channels) of a user."""
        return resources.Clients(self._pipeline)

    @cached_property
    def devices(self) -> resources.Devices:
        """The devices of a user."""
        return resources.Devices(self._pipeline)

    @cached_property
    def notifications(self) -> resources.Notifications:
        """Messages to people who have not written yet (version 1.1 of the API)."""
        return resources.Notifications(self._pipeline)

    @cached_property
    def oauth(self) -> resources.OAuth:
        """The OAuth flow for integrations of technology partners."""
        return resources.OAuth(self._pipeline)

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = ...,
        json: Any = ...,
        files: Mapping[str, Any] | None = ...,
        response_type: type[T],
        idempotent: bool = ...,
        **options: Unpack[RequestOptions],
    ) -> T: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = ...,
        json: Any = ...,
        files: Mapping[str, Any] | None = ...,
        response_type: None = ...,
        idempotent: bool = ...,
        **options: Unpack[RequestOptions],
    ) -> Any: ...

    @partial(checks_keywords, name="request", options=SHARED_OPTIONS)
    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = UNSET,
        files: Mapping[str, Any] | None = None,
        response_type: Any = None,
        idempotent: bool = False,
        **options: Unpack[RequestOptions],
    ) -> Any:
        """Send any other request of the API, such as `POST /v1.1/apps/{app}/notifications`.

        Args:
            method: The HTTP method.
            path: The path, appended to the base URL unchanged: quote the values in it. A full URL
                raises `ConfigurationError`, because the credentials belong to one host.
            params: The query parameters, unquoted.
            json: The body, encoded as JSON. `UNSET` (the default) and None send no body.
            files: The files of a multipart body, as the argument `files` of httpx.
            response_type: The type to decode the JSON into. None returns plain Python values.
            idempotent: Whether sending the request twice has the same effect as sending it once;
                this is assumed for GET and HEAD. It decides which failures are retried.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The decoded JSON, or None for an empty or blank body.

        Raises:
            SuncoError: The request failed, as for every operation.
        """
        method = checked_method(method)
        safe = idempotent or method in ("GET", "HEAD")
        operation: Operation[Any] = Operation(
            name="request",
            method=method,
            path=free_path(path),
            replay="always" if safe else "never" if files else "not_sent",
        )

        def decode(response: Response) -> Any:
            if response_type is None:
                return None if is_blank(response.body) else read_json(response, Any)
            return read_json(response, response_type)

        return await self._pipeline.send(
            operation,
            operation.path,
            decode,
            query=params or {},
            json=json,
            files=files,
            options=options,
        )

    async def raw(
        self, operation: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T]:
        """Call an operation and return its raw response beside its result.

        `await sunco.raw(sunco.users.get, "jane")` sends the same request as
        `sunco.users.get("jane")`, and raises the same errors.

        Args:
            operation: The operation, such as `sunco.users.get`.
            *args: Its positional arguments.
            **kwargs: Its keyword arguments.

        Returns:
            Status, headers and body of the last response, and the result of the operation.

        Raises:
            TypeError: The operation sent no request.
        """
        return await call_raw(operation, *args, **kwargs)
