"""The clients (channels) of a user: `sunco.clients`."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.paging import Paginator
from sunco_async.models import (
    Client,
    ClientConfirmation,
    ClientCreate,
    ClientListResponse,
    ClientResponse,
    ClientTarget,
    MatchCriteria,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Clients"]

_CLIENTS = "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"

CREATE: Final[Operation[Client]] = Operation(
    name="clients.create",
    method="POST",
    path=_CLIENTS,
    body=ClientCreate,
    response=ClientResponse,
    field="client",
)
LIST: Final[ListOperation[Client]] = ListOperation(
    name="clients.list",
    method="GET",
    path=_CLIENTS,
    response=ClientListResponse,
    field="clients",
    replay="always",
)
REMOVE: Final[Operation[None]] = Operation(
    name="clients.remove",
    method="DELETE",
    path=_CLIENTS + "/{clientId}",
    replay="always",
    missing_is_success=True,
)


class Clients(Resource):
    """The operations on the clients of a user."""

    __slots__ = ()

    async def create(
        self,
        user_id_or_external_id: str,
        *,
        match_criteria: MatchCriteria | Mapping[str, Any],
        confirmation: ClientConfirmation | Mapping[str, Any],
        target: ClientTarget | Mapping[str, Any],
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Client:
        """Link a user to a channel.

        `POST /v2/apps/{appId}/users/{userIdOrExternalId}/clients`

        The client is `"pending"` at first. The webhooks `client:add`, `client:update` and
        `client:remove` report what becomes of it. The confirmation may send a message to the user,
        so the request is sent again automatically only if nothing was sent.

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            match_criteria: How the user is found on the channel, such as
                `MatchCriteriaWhatsapp(…)`, or a dict in camelCase.
            confirmation: Whether and how the user is asked first: a `ClientConfirmation`, or a dict
                in camelCase.
            target: The conversation that the client joins: a `ClientTarget`, or a dict in
                camelCase.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The client.

        Raises:
            ValueError: A phone number does not begin with `+`, or the message of the confirmation
                is neither a text nor an image.
        """
        return await self._pipeline.call(
            CREATE,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            body=ClientCreate(
                match_criteria=match_criteria, confirmation=confirmation, target=target
            ),
            options=options,
        )

    def list(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[Client]:
        """List the clients of a user, including pending ones.

        `GET /v2/apps/{appId}/users/{userIdOrExternalId}/clients`

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            after: A cursor (`page.after`): start with the record that follows it.
            before: A cursor (`page.before`): walk backward, starting with the record that precedes
                it.
            page_size: Records on each page, 1 to 100. The API sends 25 by default.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            A walk over the clients. Nothing is sent until it is used: `await` it for one page, or
            iterate over it with `async for` for all of them.

        Raises:
            BadRequest: A cursor is not valid.
            ValueError: `page_size` is not between 1 and 100, or both `after` and `before` are
                given.
        """
        return self._pipeline.walk(
            LIST,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            after=after,
            before=before,
            page_size=page_size,
            options=options,
        )

    async def remove(
        self,
        user_id_or_external_id: str,
        client_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Remove a client from its user and from all conversations.

        `DELETE /v2/apps/{appId}/users/{userIdOrExternalId}/clients/{clientId}`

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            client_id: The id of the client.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            BadRequest: The client has the type `"sdk"`.
            NotFound: The user or the client does not exist.
        """
        await self._pipeline.call(
            REMOVE,
            {"userIdOrExternalId": user_id_or_external_id, "clientId": client_id},
            query={"brandId": brand_id},
            options=options,
        )
